"""Call functions as soon as imbalanced-learn is imported, without importing it.

A finder waits in ``sys.meta_path`` for the import and leaves when it has happened.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

NAME = "imblearn"


class _Finder:
    """Finds imbalanced-learn by the other finders and extends its loader."""

    waits_for_imblearn = True

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find; its loader also calls the callbacks."""
        if name != NAME:
            return None
        for finder in sys.meta_path:
            if not hasattr(finder, "waits_for_imblearn"):  # also not one of a reloaded package
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    if spec.loader is not None:
                        self._extend(spec.loader)
                    return spec
        return None

    def _extend(self, loader: Loader) -> None:
        """Let this loader call the callbacks when it has executed the module."""
        execute = loader.exec_module

        def execute_and_call(module: ModuleType) -> None:
            execute(module)
            if module.__name__ == NAME:  # a loader may load other modules as well
                vars(loader).pop("exec_module", None)  # the loader is as it was
                _remove_finders()
                for callback in self.callbacks:
                    callback()

        with suppress(AttributeError):  # a loader whose attributes cannot be set
            loader.exec_module = execute_and_call  # type: ignore[method-assign]


_finder = _Finder()


def when_imported(callback: Callable[[], None]) -> None:
    """Call a function now, if imbalanced-learn is loaded, or as soon as it is imported."""
    if sys.modules.get(NAME) is not None:
        import_module(NAME)  # another thread may still be importing it
        callback()
        return
    _finder.callbacks.append(callback)
    if _finder not in sys.meta_path:
        _remove_finders()
        sys.meta_path.insert(0, _finder)


def _remove_finders() -> None:
    for finder in list(sys.meta_path):
        if hasattr(finder, "waits_for_imblearn"):
            sys.meta_path.remove(finder)
