"""Number of examples of property tests; ``conftest.py`` has the profiles."""

from __future__ import annotations

from hypothesis import settings

# Number of examples of a test without its own number, in the two profiles.
USUAL, FRESH = 60, 1_000


def examples(n: int, **more: object) -> settings:
    """Draw n percent of the profile: 0.6 n examples in a usual run, 10 n with fresh ones."""
    return settings(max_examples=max(1, n * settings().max_examples // 100), **more)
