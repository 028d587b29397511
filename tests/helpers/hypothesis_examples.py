"""Number of examples of property tests; ``conftest.py`` has the profiles."""

from __future__ import annotations

import os

from hypothesis import settings

# Without a compiler a kernel takes a hundred times as long, and that run is for its lines.
_USUAL = 60 if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0") else 20
# Number of examples of a test without its own number, in the two profiles.
USUAL, FRESH = _USUAL, 1_000


def examples(n: int, **more: object) -> settings:
    """Draw n percent of the profile: 0.6 n examples in a usual run, 10 n with fresh ones.

    Without a compiler a usual run draws 0.2 n.
    """
    return settings(max_examples=max(1, n * settings().max_examples // 100), **more)
