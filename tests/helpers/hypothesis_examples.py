"""How many examples a property test draws; the profiles are in ``conftest.py``."""

from __future__ import annotations

from hypothesis import settings

# What a profile draws for a test without a number of its own. Others grow in proportion.
USUAL, FRESH = 60, 1_000


def examples(n: int, **more: object) -> settings:
    """Draw n examples where a profile draws 100: 0.6 n in a usual run, 10 n of fresh ones."""
    return settings(max_examples=max(1, n * settings().max_examples // 100), **more)
