"""Make samplers virtual subclasses of imbalanced-learn's, so that isinstance checks hold.

imbalanced-learn is not imported for this. If it is loaded, before or after this package, its
base classes and its samplers get the classes of this package as virtual subclasses (see
``abc.ABCMeta.register``). The environment variable ``SMOTEFAST_REGISTER=0`` turns this off.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_NAME = "imblearn"
_IS_ON = os.environ.get("SMOTEFAST_REGISTER") != "0"
# The base classes that have other names or modules than the samplers, which are public.
_BASES = {
    "BaseSampler": ("base", "BaseSampler"),
    "BaseOverSampler": ("over_sampling.base", "BaseOverSampler"),
    "BaseUnderSampler": ("under_sampling.base", "BaseUnderSampler"),
    "BaseCleaner": ("under_sampling.base", "BaseCleaningSampler"),
}

_classes: list[type] = []  # of this package, as far as they have been defined


class _Finder:
    """Waits in ``sys.meta_path`` for imbalanced-learn, registers the classes and leaves."""

    waits_for_imblearn = True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find; its loader also registers the classes."""
        if name != _NAME:
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
        """Let this loader register the classes when it has executed the module."""
        execute = loader.exec_module

        def execute_and_register(module: ModuleType) -> None:
            execute(module)
            if module.__name__ == _NAME:  # a loader may load other modules as well
                vars(loader).pop("exec_module", None)  # the loader is as it was
                _remove_finders()
                for cls in _classes:
                    _register(cls)

        with suppress(AttributeError):  # a loader whose attributes cannot be set
            loader.exec_module = execute_and_register  # type: ignore[method-assign]


def add_class(cls: type) -> None:
    """Remember a class of this package, and register it if imbalanced-learn is loaded."""
    if _IS_ON and cls.__module__.startswith("smotefast."):
        _classes.append(cls)
        _register(cls)


def start() -> None:
    """Register the classes now or when imbalanced-learn is imported."""
    if not _IS_ON:
        return
    if sys.modules.get(_NAME) is not None:
        import_module(_NAME)  # another thread may still be importing it
    else:
        _remove_finders()
        sys.meta_path.insert(0, _Finder())


def _remove_finders() -> None:
    for finder in list(sys.meta_path):
        if hasattr(finder, "waits_for_imblearn"):
            sys.meta_path.remove(finder)


def _register(cls: type) -> None:
    """Register a class with the class of imbalanced-learn that corresponds to it, if any."""
    subpackage = cls.__module__.split(".")[1]
    module, name = _BASES.get(cls.__name__, (subpackage, cls.__name__))
    theirs = getattr(sys.modules.get(f"{_NAME}.{module}"), name, None)
    if isinstance(theirs, ABCMeta):
        theirs.register(cls)
