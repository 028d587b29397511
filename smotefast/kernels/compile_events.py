"""Count and announce what numba compiles in this process instead of loading it from its cache.

numba reports each compilation as an event. The logger ``smotefast`` announces the first one of
this package, because it takes long.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

from numba.core import event

QUIET = "SMOTEFAST_QUIET"  # an environment variable: any value but "" and "0" silences

_KEPT = "compiling kernels that are not in numba's cache yet, up to about 40 s"
_NOT_KEPT = (
    "compiling kernels, in each process, up to about 40 s: numba can write its cache nowhere; "
    "set NUMBA_CACHE_DIR to a folder that can be written"
)


class _Compilations(event.Listener):  # type: ignore[misc]  # numba ships no types
    """Counts compilations that the cache keeps, and announces the first one of this package."""

    def __init__(self) -> None:
        self.n_kept = 0
        self.is_announced = False
        self.by_us = threading.local()

    def on_start(self, started: Any) -> None:
        """Count a compilation before it starts."""
        dispatcher = started.data["dispatcher"]
        # Dispatchers of other packages are reported, too, and may lack these attributes.
        stats = getattr(dispatcher, "stats", None)
        module = getattr(getattr(dispatcher, "py_func", None), "__module__", None)
        is_kept = getattr(stats, "cache_path", None) is not None
        self.n_kept += is_kept
        is_ours = str(module).startswith("smotefast.")
        if not self.is_announced and (is_ours or getattr(self.by_us, "depth", 0) > 0):
            self.is_announced = True
            _announce(_KEPT if is_kept else _NOT_KEPT)

    def on_end(self, ended: Any) -> None:
        """Do nothing: compilations are counted when they start."""


def _announce(text: str) -> None:
    if os.environ.get(QUIET, "0") in ("", "0"):
        logger = logging.getLogger("smotefast")
        # If no logging is set up, Python writes the message alone to standard error.
        logger.warning("%s%s", "" if logger.hasHandlers() else "smotefast: ", text)


compilations = _Compilations()
event.register("numba:compile", compilations)


@contextlib.contextmanager
def compiling_for_us() -> Iterator[None]:
    """Also announce compilations of other packages in this block."""
    by_us = compilations.by_us
    by_us.depth = getattr(by_us, "depth", 0) + 1
    try:
        yield
    finally:
        by_us.depth -= 1
