"""Which class a key of ``sampling_strategy`` names: JSON keys are always texts.

A key names the class whose value it equals, or whose printed form it is. So ``1``, ``1.0``,
``"1"`` and ``"1.0"`` all name the class 1, be it an integer, a float, a decimal or True.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def name_classes(sampler: Any, labels: Collection[Any]) -> None:
    """Let the parameters of a job's own sampler name classes by their labels.

    Parameters
    ----------
    sampler
        A copy, or None: its ``sampling_strategy`` and ``shrinkage``, and those of its steps,
        are replaced where they name classes.
    labels
        The classes of the data.
    """
    if sampler is None:
        return
    for parameter in ("sampling_strategy", "shrinkage"):
        given = getattr(sampler, parameter, None)
        if isinstance(given, Mapping):
            setattr(sampler, parameter, with_own_labels(given, labels, parameter))
        elif isinstance(given, list):
            named = with_own_labels(dict.fromkeys(given), labels, parameter)
            setattr(sampler, parameter, list(named))
    for step in list(vars(sampler).values()):
        if hasattr(step, "fit_resample") and not isinstance(step, type):
            name_classes(step, labels)


def with_own_labels(
    given: Mapping[Any, Any], labels: Iterable[Any], parameter: str = "sampling_strategy"
) -> dict[Any, Any]:
    """Return a mapping whose keys are labels of the data, where they name any.

    A label of the same type and value comes first, then one that is printed so, then one of
    the same value: of the texts "1" and "1.0" each names itself, and 1 names "1". A key that
    could be several stays as it is.

    Raises
    ------
    ValueError
        If two keys name the same class.

    Examples
    --------
    >>> with_own_labels({"1.0": 100, "yes": 5}, [0, 1])
    {1: 100, 'yes': 5}
    >>> with_own_labels({"true": 100}, [False, True])
    {True: 100}
    >>> with_own_labels({"1.0": 100, "1.00": 5}, ["1", "1.0"])
    {'1.0': 100, '1.00': 5}
    """
    known = _Known(labels)
    named: dict[Any, Any] = {}
    first: dict[Any, Any] = {}
    for key, value in given.items():
        label = known.named(key)
        if label in named:
            raise ValueError(
                f"{parameter} names class {label!r} twice: as {first[label]!r} and as "
                f"{key!r}. Name it once."
            )
        named[label], first[label] = value, key
    return named


class _Known:
    """Labels by type and value, by printed form, and by value."""

    def __init__(self, labels: Iterable[Any]) -> None:
        self._by: tuple[dict[Any, list[Any]], ...] = ({}, {}, {})
        for label in labels:
            for by, names in zip(self._by, _names(label), strict=True):
                for name in names:
                    by.setdefault(name, []).append(label)

    def named(self, key: Any) -> Any:
        """Return the label that a key names; the key itself if it names none, or several."""
        for by, names in zip(self._by, _names(key), strict=True):
            found = {id(label): label for name in names for label in by.get(name, [])}
            if found:
                return next(iter(found.values())) if len(found) == 1 else key
        return key


def _names(label: Any) -> tuple[set[Any], set[str], set[Any]]:
    value = _value(label)
    return {(type(label), label)}, _forms(label), set() if value is None else {value}


def _forms(label: Any) -> set[str]:
    """Return how a label is printed, in Python and in JSON."""
    text = str(label)
    forms = {text}
    if isinstance(label, bool | np.bool_):
        forms.add(text.lower())
    if isinstance(label, date):
        forms.add(label.isoformat())
    return forms


def _value(label: Any) -> Any:
    """Return the number or time that a label is, or that its text says; None for others."""
    if isinstance(label, np.datetime64 | np.timedelta64):
        label = str(label)
    if isinstance(label, np.generic):
        label = label.item()
    if isinstance(label, Real | Decimal):  # booleans too
        number = Decimal(label) if isinstance(label, int | float | Decimal) else None
        return number if number is not None and number.is_finite() else None
    if isinstance(label, datetime):
        return label
    if isinstance(label, date):
        return datetime(label.year, label.month, label.day)
    return _read(label) if isinstance(label, str) else None


def _read(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if text.lower() in ("true", "false"):
        return Decimal(text.lower() == "true")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
