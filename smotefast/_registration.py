"""Make samplers virtual subclasses of imbalanced-learn's, so that isinstance checks hold.

imbalanced-learn is not imported for this. If it is loaded, before or after this package, its
base classes and its samplers get the classes of this package as virtual subclasses (see
``abc.ABCMeta.register``). The environment variable ``SMOTEFAST_REGISTER=0`` turns this off.
``is_on`` reads the words that such variables may have.
"""

from __future__ import annotations

import os
import sys
import warnings
from abc import ABCMeta

from smotefast._imblearn_import import NAME, when_imported

_ENVIRONMENT = "SMOTEFAST_REGISTER"
_ON, _OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
SWITCH_WORDS = ", ".join((*_ON, *_OFF))
# The base classes that have other names or modules than the samplers, which are public.
_BASES = {
    "BaseSampler": ("base", "BaseSampler"),
    "BaseOverSampler": ("over_sampling.base", "BaseOverSampler"),
    "BaseUnderSampler": ("under_sampling.base", "BaseUnderSampler"),
    "BaseCleaner": ("under_sampling.base", "BaseCleaningSampler"),
}


def is_on(word: str) -> bool | None:
    """Return whether a word turns something on; None if it is not one of ``SWITCH_WORDS``."""
    word = word.strip().lower()
    return word in _ON if word in (*_ON, *_OFF) else None


_IS_ON = is_on(os.environ.get(_ENVIRONMENT) or "1")
_classes: list[type] = []  # of this package, as far as they have been defined


def add_class(cls: type) -> None:
    """Remember a class of this package, and register it if imbalanced-learn is loaded."""
    if _IS_ON and cls.__module__.startswith("smotefast."):
        _classes.append(cls)
        _register(cls)


def start() -> None:
    """Register the classes now or when imbalanced-learn is imported."""
    if _IS_ON is None:
        warnings.warn(
            f"{_ENVIRONMENT}={os.environ[_ENVIRONMENT]!r} is not one of {SWITCH_WORDS}. "
            "The samplers are not registered.",
            stacklevel=2,
        )
    elif _IS_ON:
        when_imported(_register_all)


def _register_all() -> None:
    for cls in _classes:
        _register(cls)


def _register(cls: type) -> None:
    """Register a class with the class of imbalanced-learn that corresponds to it, if any."""
    subpackage = cls.__module__.split(".")[1]
    module, name = _BASES.get(cls.__name__, (subpackage, cls.__name__))
    theirs = getattr(sys.modules.get(f"{NAME}.{module}"), name, None)
    if isinstance(theirs, ABCMeta):
        theirs.register(cls)
