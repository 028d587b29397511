"""How many examples a property test draws; the profiles are in ``conftest.py``."""

from __future__ import annotations

from hypothesis import settings

# What a profile states for a test without a number of its own. Others grow in proportion.
USUAL, FRESH = 100, 1_000


def examples(n: int, **more: object) -> settings:
    """Draw n examples in a usual run, ten times as many in one with fresh examples."""
    return settings(max_examples=n * settings().max_examples // USUAL, **more)
