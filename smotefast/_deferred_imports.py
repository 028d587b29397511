"""How a command imports: without modules of scikit-learn's start that it does not use.

This file imports nothing of the package: it has to run before scikit-learn is imported.
"""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec

_lock = threading.Lock()
# Imported for one function that only old versions of scipy need: 37 MiB. The other for
# functions of array libraries: 7 MiB and 0.05 s.
_DEFERRED = ("scipy.stats", "scipy.special")
# Imported for the number of its version, and by Arrow for the type of an argument: 30 MiB.
_HIDDEN = "pandas"


def defer_imports() -> None:
    """Import two parts of scipy when they are used, and never pandas, which no command needs.

    Only the command line calls this, because the choice holds for the whole process. A process
    that has loaded numba and the kernels takes 236 MiB instead of 298, and starts 0.4 s sooner.
    """
    if not sys.modules.keys().isdisjoint(("sklearn", _HIDDEN, *_DEFERRED)):
        return
    for name in _DEFERRED:
        sys.modules[name] = _Deferred(name)
    sys.meta_path.insert(0, _Hidden())


def import_uncollected(name: str) -> None:
    """Import a module and keep what it defines from the garbage collector, which runs later.

    Only the command line calls this, because the choice holds for the whole process. The
    collector looked through all modules again and again while they were imported: of 3.4 s of
    processor time of a job of 1,000,000 x 20, this takes 0.25, and leaves less to look through
    afterwards.
    """
    if name in sys.modules:
        return
    gc.disable()
    try:
        importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


class _Deferred(types.ModuleType):
    """Stands for a module until one of its attributes is used."""

    def __getattr__(self, name: str) -> object:
        # Code that looks at every module must not load this one; __path__ is for submodules.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _Hidden:
    """Finder that refuses a module: importing it, or looking for it, raises an error."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for the module; leave all others to the next finder."""
        if name == _HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None
