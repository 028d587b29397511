"""Which code numba compiles in this process, instead of loading it from its cache.

numba reports each compilation as an event. The first one of this package is announced by
the logger ``smotefast``, because it takes long and happens once per machine.
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

_KEPT = "smotefast: compiling kernels, once per machine, up to about 40 s"
_NOT_KEPT = (
    "smotefast: compiling kernels, in each process, up to about 40 s: numba can write its "
    "cache nowhere; set NUMBA_CACHE_DIR to a folder that can be written"
)


class _Compilations(event.Listener):  # type: ignore[misc]  # numba ships no types
    """Counts compilations that the cache keeps, and announces the first one of ours."""

    def __init__(self) -> None:
        self.n_kept = 0
        self.is_announced = False
        self.by_us = threading.local()

    def on_start(self, started: Any) -> None:
        """Take note before numba compiles."""
        dispatcher = started.data["dispatcher"]
        # Other packages' dispatchers come here, too, and need not have these attributes.
        stats = getattr(dispatcher, "stats", None)
        module = getattr(getattr(dispatcher, "py_func", None), "__module__", None)
        is_kept = getattr(stats, "cache_path", None) is not None
        self.n_kept += is_kept
        is_ours = str(module).startswith("smotefast.")
        if not self.is_announced and (is_ours or getattr(self.by_us, "depth", 0) > 0):
            self.is_announced = True
            _announce(_KEPT if is_kept else _NOT_KEPT)

    def on_end(self, ended: Any) -> None:
        """Do nothing: the start of a compilation is all that counts."""


def _announce(text: str) -> None:
    # Where no logging is set up, Python writes warnings to standard error.
    if os.environ.get(QUIET, "0") in ("", "0"):
        logging.getLogger("smotefast").warning(text)


compilations = _Compilations()
event.register("numba:compile", compilations)


@contextlib.contextmanager
def compiling_for_us() -> Iterator[None]:
    """Announce what another package's functions compile in this block, too."""
    by_us = compilations.by_us
    by_us.depth = getattr(by_us, "depth", 0) + 1
    try:
        yield
    finally:
        by_us.depth -= 1
