"""Make samplers virtual subclasses of imbalanced-learn's, so that isinstance checks hold.

imbalanced-learn is not imported for this. If it is loaded, before or after this package, its
base classes and its samplers get the classes of this package as virtual subclasses (see
``abc.ABCMeta.register``). The environment variable ``SMOTEFAST_REGISTER=0`` turns this off.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_NAME = "imblearn"
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

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find; its loader also registers the classes."""
        if name != _NAME:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None and spec.loader is not None:
            self._extend(spec.loader)
        return spec

    def _extend(self, loader: Loader) -> None:
        """Let this loader register the classes when it has executed the module."""
        execute = loader.exec_module

        def execute_and_register(module: ModuleType) -> None:
            del loader.exec_module  # the loader is as it was
            execute(module)
            sys.meta_path.remove(self)
            for cls in _classes:
                _register(cls)

        loader.exec_module = execute_and_register  # type: ignore[method-assign]


def add_class(cls: type) -> None:
    """Remember a class of this package, and register it if imbalanced-learn is loaded."""
    if cls.__module__.startswith("smotefast."):
        _classes.append(cls)
        if _NAME in sys.modules:
            _register(cls)


def start() -> None:
    """Register the classes now or when imbalanced-learn is imported."""
    if _NAME in sys.modules:
        import_module(_NAME)  # another thread may still be importing it
    else:
        sys.meta_path.insert(0, _Finder())


def _register(cls: type) -> None:
    """Register a class with the class of imbalanced-learn that corresponds to it, if any."""
    if os.environ.get("SMOTEFAST_REGISTER") == "0":
        return
    subpackage = cls.__module__.split(".")[1]
    module, name = _BASES.get(cls.__name__, (subpackage, cls.__name__))
    theirs = getattr(sys.modules.get(f"{_NAME}.{module}"), name, None)
    if isinstance(theirs, ABCMeta):
        theirs.register(cls)
