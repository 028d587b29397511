"""Keep modules that scikit-learn imports at its start, and no command uses, out of memory.

This file imports nothing of the package: it has to run before scikit-learn is imported.
"""

from __future__ import annotations

import importlib
import sys
import threading
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec

_lock = threading.Lock()
# Imported for one function that only old versions of scipy need: 37 MiB.
_DEFERRED = "scipy.stats"
# Imported for the number of its version, and by Arrow for the type of an argument: 30 MiB.
_HIDDEN = "pandas"


def defer_imports() -> None:
    """Import scipy.stats when it is used, and never pandas, which no command needs.

    Only the command line calls this, because the choice holds for the whole process. A process
    that has loaded numba and the kernels takes 236 MiB instead of 298, and starts 0.4 s sooner.
    """
    if "sklearn" in sys.modules or _HIDDEN in sys.modules or _DEFERRED in sys.modules:
        return
    sys.modules[_DEFERRED] = _Deferred(_DEFERRED)
    sys.meta_path.insert(0, _Hidden())


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
