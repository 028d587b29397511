"""Subclasses that users derive from replaced classes.

A subclass that overrides or calls a method which only imbalanced-learn's class has (a hook) is
built on that class, the original, and a warning says so.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator
from typing import Any

from smotefast._messages import list_names
from smotefast.engine.base import SamplerType
from smotefast.engine.hooks import HOOKS, hooks_of
from smotefast.exceptions import PatchWarning, warn_at_caller

_HOOKS = {name for names in HOOKS.values() for name in names}
_LIBRARIES = {"smotefast", "imblearn", "sklearn", "abc", "builtins"}


class ReplacementType(SamplerType):
    """Type of the classes that replace imbalanced-learn's.

    A replacement has the attributes ``_original`` and ``_ours``, the class of this package.
    """

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> Any:
        """Create a subclass, on the original if it has or calls hooks."""
        replacement = _replacement_in(bases)
        hooks = replacement and sorted(_hooks_used(replacement, bases, namespace))
        if not hooks:
            return super().__new__(mcls, name, bases, namespace, **kwargs)
        for base in bases:
            _derive_from_originals(base)
        bases = tuple(map(_original_of, bases))
        _warn(name, replacement, hooks)
        return types.prepare_class(name, bases)[0](name, bases, namespace, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        """Return a hook of the original, as in ``SMOTE._fit_resample(self, X, y)``."""
        if name in hooks_of(cls):
            return getattr(cls._original, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    def __setattr__(cls, name: str, value: object) -> None:
        warn_of_hook(cls, name)
        super().__setattr__(name, value)

    def __subclasscheck__(cls, subclass: type) -> bool:
        """Count subclasses of the original, and of the sampler of this package, as its own."""
        if super().__subclasscheck__(subclass):
            return True
        stands_for = {vars(cls).get("_original"), vars(cls).get("_ours")} - {None}
        return not stands_for.isdisjoint(subclass.__mro__)

    def __instancecheck__(cls, instance: Any) -> bool:
        return super().__instancecheck__(instance) or cls.__subclasscheck__(type(instance))


def warn_of_hook(cls: type, name: str) -> None:
    """Warn if a program sets a hook, of a class or an instance: it would not be called."""
    if name in _HOOKS and name in hooks_of(cls):
        warn_at_caller(
            f"{name} of {cls.__name__} is set, but smotefast's {cls.__name__} does not call "
            f"it. Override it in a subclass, or do not patch {cls.__name__}: "
            "patch_imblearn(samplers=[...]) names the classes to patch.",
            PatchWarning,
        )


def _is_replacement(cls: type) -> bool:
    return isinstance(cls, ReplacementType) and "_original" in vars(cls)


def _original_of(cls: Any) -> Any:
    return cls._original if _is_replacement(cls) else cls


def _replacement_in(bases: Iterable[type]) -> Any:
    """Return the first replaced class among the bases and their bases."""
    return next((cls for base in bases for cls in base.__mro__ if _is_replacement(cls)), None)


def _derive_from_originals(cls: Any) -> None:
    """Derive a user's class between a replacement and a subclass from the original instead."""
    for between in cls.__mro__:
        if not _is_replacement(between) and any(map(_is_replacement, between.__bases__)):
            between.__bases__ = tuple(map(_original_of, between.__bases__))
            if "__new__" not in vars(between):
                between.__new__ = _new  # Python keeps the one of the former base


def _new(cls: type, *args: Any, **params: Any) -> Any:
    return object.__new__(cls)


def _hooks_used(
    replacement: type, bases: tuple[type, ...], namespace: dict[str, Any]
) -> set[str]:
    """Return the hooks that a new class, or a user's class it derives from, has or calls."""
    hooks = set(hooks_of(replacement))
    users = (
        cls for base in bases for cls in base.__mro__
        if cls.__module__.partition(".")[0] not in _LIBRARIES
    )  # fmt: skip
    used: set[str] = set()
    for attributes in (namespace, *map(vars, users)):
        used |= hooks & attributes.keys()
        used |= hooks & {name for value in attributes.values() for name in _names_in(value)}
    return used


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names of attributes that a method, also a property, reads."""
    if isinstance(value, property):
        for function in (value.fget, value.fset, value.fdel):
            yield from _names_in(function)
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, types.FunctionType):
        yield from _names_in_code(inspect.unwrap(value).__code__)


def _names_in_code(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):  # of a function inside
            yield from _names_in_code(constant)


def _warn(name: str, replacement: type, hooks: list[str]) -> None:
    warn_at_caller(
        f"{name} overrides or calls {list_names(hooks)}: imbalanced-learn's "
        f"{replacement.__name__} has it, smotefast's has not. {name} is built on "
        "imbalanced-learn's class, as without the patch, and runs at its speed.",
        PatchWarning,
    )
