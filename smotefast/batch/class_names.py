"""Class labels for the keys of a ``sampling_strategy``: keys of JSON are always strings.

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
    """Replace keys by labels in the parameters of a job's own copy of a sampler.

    Parameters
    ----------
    sampler
        A copy, or None. Its ``sampling_strategy`` and ``shrinkage``, and those of its steps,
        are replaced if they name classes.
    labels
        The classes of the data.
    """
    if sampler is None:
        return
    for parameter in ("sampling_strategy", "shrinkage"):
        value = getattr(sampler, parameter, None)
        if isinstance(value, Mapping):
            setattr(sampler, parameter, labels_for_keys(value, labels, parameter))
        elif isinstance(value, list):
            named = labels_for_keys(dict.fromkeys(value), labels, parameter)
            setattr(sampler, parameter, list(named))
    for step in list(vars(sampler).values()):
        if hasattr(step, "fit_resample") and not isinstance(step, type):
            name_classes(step, labels)


def labels_for_keys(
    by_key: Mapping[Any, Any], labels: Iterable[Any], parameter: str = "sampling_strategy"
) -> dict[Any, Any]:
    """Return a mapping with labels of the data instead of the keys that name them.

    A label of the same type and value comes first, then one that is printed like the key, then
    one of the same value: of the strings "1" and "1.0" each names itself, and 1 names "1". A
    key that names no label, or several, stays as it is.

    Raises
    ------
    ValueError
        If two keys name the same class.

    Examples
    --------
    >>> labels_for_keys({"1.0": 100, "yes": 5}, [0, 1])
    {1: 100, 'yes': 5}
    >>> labels_for_keys({"true": 100}, [False, True])
    {True: 100}
    >>> labels_for_keys({"1.0": 100, "1.00": 5}, ["1", "1.0"])
    {'1.0': 100, '1.00': 5}
    """
    index = _LabelIndex(labels)
    by_label: dict[Any, Any] = {}
    key_of: dict[Any, Any] = {}
    for key, value in by_key.items():
        label = index.label_for(key)
        if label in by_label:
            raise ValueError(
                f"{parameter} names class {label!r} twice: as {key_of[label]!r} and as "
                f"{key!r}. Name it once."
            )
        by_label[label], key_of[label] = value, key
    return by_label


class _LabelIndex:
    """Labels by type and value, by printed form, and by value."""

    def __init__(self, labels: Iterable[Any]) -> None:
        self._by_name: tuple[dict[Any, list[Any]], ...] = ({}, {}, {})
        for label in labels:
            for by_name, names in zip(self._by_name, _names(label), strict=True):
                for name in names:
                    by_name.setdefault(name, []).append(label)

    def label_for(self, key: Any) -> Any:
        """Return the label that a key names; the key itself if it names none, or several."""
        for by_name, names in zip(self._by_name, _names(key), strict=True):
            matches = {id(label): label for name in names for label in by_name.get(name, [])}
            if matches:
                return next(iter(matches.values())) if len(matches) == 1 else key
        return key


def _names(label: Any) -> tuple[set[Any], set[str], set[Any]]:
    value = _value(label)
    return {(type(label), label)}, _printed_forms(label), set() if value is None else {value}


def _printed_forms(label: Any) -> set[str]:
    """Return how a label is printed in Python and in JSON."""
    text = str(label)
    forms = {text}
    if isinstance(label, bool | np.bool_):
        forms.add(text.lower())
    if isinstance(label, date):
        forms.add(label.isoformat())
    return forms


def _value(label: Any) -> Decimal | datetime | None:
    """Return the number or time that a label is or that its text represents, or None."""
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
    return _parsed(label) if isinstance(label, str) else None


def _parsed(text: str) -> Decimal | datetime | None:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if text.lower() in ("true", "false"):
        return Decimal(text.lower() == "true")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
