"""From ``sampling_strategy`` to rows per class.

A parameter and a target flow in; a dict ``{label: count}`` in label order flows out.
For over-samplers a count is the number of rows to create.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from smotefast._messages import MOST_LISTED, did_you_mean, listed, shown_name
from smotefast.tables.labels import label_keys

Counts = dict[Any, int]
Strategy = float | str | Mapping[Any, int] | Callable[..., Mapping[Any, int]]


def class_counts(y: np.ndarray) -> Counts:
    """Count the rows of each class, in label order."""
    if y.dtype.kind == "O":  # 33,000 texts: sorting takes 8 ms, this 1 ms
        counted = Counter(y.tolist())
        return {label: counted[label] for label in sorted(counted)}
    labels, counts = np.unique(y, return_counts=True)
    return dict(zip(label_keys(labels), counts.tolist(), strict=True))


def sampling_quota(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Resolve an over-sampler's ``sampling_strategy``.

    Parameters
    ----------
    sampling_strategy
        Any form that imbalanced-learn takes: a str, a float ratio, a mapping from label
        to final count, or a callable from ``y`` to such a mapping.
    counts
        Rows per class in label order, as ``class_counts`` gives them.
    y
        The target; handed to a callable, looked at by nothing else.
    allow_reached
        Whether a class that has more rows than are asked for stays as it is.

    Returns
    -------
    OrderedDict
        Rows to create per class, in label order.

    Raises
    ------
    ValueError
        If there are fewer than two classes or the request cannot be met.
    """
    refuse_one_class(counts)
    if isinstance(sampling_strategy, str):
        quota = _from_word(sampling_strategy, counts)
    elif isinstance(sampling_strategy, Mapping):
        quota = _from_mapping(sampling_strategy, counts, allow_reached)
    elif isinstance(sampling_strategy, list):
        raise ValueError(
            "'sampling_strategy' cannot be a list for samplers which are not cleaning "
            "methods. Give a dict {class: number of rows after resampling}."
        )
    elif isinstance(sampling_strategy, Real):
        quota = _from_ratio(float(sampling_strategy), counts, allow_reached)
    elif callable(sampling_strategy):
        quota = _from_mapping(mapping_from(sampling_strategy, y), counts, allow_reached)
    else:
        raise strange_strategy(sampling_strategy)
    return in_label_order(quota, counts)


def refuse_one_class(counts: Counts) -> None:
    """Refuse a target with a single class, which cannot be imbalanced."""
    if len(counts) <= 1:
        raise ValueError(
            f"The target 'y' needs to have more than 1 class. Got {len(counts)} class instead"
        )


def in_label_order(quota: Counts, counts: Counts) -> Counts:
    """Return a quota in the order of the classes."""
    order = {label: place for place, label in enumerate(counts)}
    return OrderedDict(sorted(quota.items(), key=lambda item: order[item[0]]))


def smallest_class(counts: Counts) -> Any:
    """Return the label of the smallest class; of several the lowest."""
    return min(counts, key=counts.__getitem__)


def largest_class(counts: Counts) -> Any:
    """Return the label of the largest class; of several the lowest."""
    return max(counts, key=counts.__getitem__)


def _from_word(word: str, counts: Counts) -> Counts:
    most = max(counts.values())
    majority, minority = largest_class(counts), smallest_class(counts)
    chosen: dict[str, Callable[[Any], bool]] = {
        "auto": lambda label: label != majority,
        "not majority": lambda label: label != majority,
        "not minority": lambda label: label != minority,
        "minority": lambda label: label == minority,
        "all": lambda label: True,
    }
    if word == "majority":
        raise ValueError("'sampling_strategy'='majority' cannot be used with over-sampler.")
    if word not in chosen:
        raise unknown_word(word, chosen)
    return {label: most - n for label, n in counts.items() if chosen[word](label)}


def _from_mapping(wanted: Mapping[Any, Any], counts: Counts, allow_reached: bool) -> Counts:
    check_mapping(wanted, counts)
    for label, n in wanted.items():
        if n < counts[label] and not allow_reached:
            raise ValueError(
                "With over-sampling methods, the number of samples in a class should be "
                "greater or equal to the original number of samples. Originally, there is "
                f"{counts[label]} samples and {n} samples are asked for class {label!r}."
            )
    return {
        label: max(0, int(wanted[label]) - counts[label]) for label in counts if label in wanted
    }


def _from_ratio(ratio: float, counts: Counts, allow_reached: bool) -> Counts:
    check_ratio(ratio, counts)
    most, majority = max(counts.values()), largest_class(counts)
    # int() truncates as imbalanced-learn does, so that the counts agree.
    quota = {label: int(most * ratio - n) for label, n in counts.items() if label != majority}
    if allow_reached:
        return {label: max(0, n) for label, n in quota.items()}
    if any(n <= 0 for n in quota.values()):
        raise ValueError(
            "The specified ratio required to remove samples from the minority class while "
            f"trying to generate new samples. Please increase the ratio: {ratio} of "
            f"{most} rows is not more than the {min(counts.values())} rows there are."
        )
    return quota


def check_ratio(ratio: float, counts: Counts) -> None:
    """Refuse a ratio that is none, or of more than two classes."""
    if not 0 < ratio <= 1:
        raise ValueError(
            "When 'sampling_strategy' is a float, it should be in the range (0, 1]. "
            f"Got {ratio} instead."
        )
    if len(counts) != 2:
        raise ValueError(
            '"sampling_strategy" can be a float only when the type of target is binary. '
            f"For multi-class, use a dict. There are {len(counts)} classes."
        )


def check_mapping(wanted: Mapping[Any, Any], counts: Counts) -> None:
    """Refuse a mapping with classes that there are not, or numbers that are no counts."""
    refuse_unknown(wanted, counts)
    for label, n in wanted.items():
        if not isinstance(n, Integral):
            raise TypeError(
                f"sampling_strategy asks for {n!r} rows of class {label!r}; "
                "the number of rows after resampling must be an integer."
            )
    if any(n < 0 for n in wanted.values()):
        raise ValueError(
            "The number of samples in a class cannot be negative. "
            f"'sampling_strategy' contains some negative value: {_negative(wanted)}"
        )


def _negative(wanted: Mapping[Any, Any]) -> str:
    few = [f"{shown_name(label)}: {n}" for label, n in wanted.items() if n < 0]
    return f"{', '.join(few[:MOST_LISTED])}."


def refuse_unknown(labels: Iterable[Any], counts: Counts) -> None:
    """Refuse classes that do not occur."""
    unknown = [label for label in dict.fromkeys(labels) if label not in counts]
    if unknown:
        raise ValueError(
            f"The {{{listed(unknown)}}} target class is/are not present in the data."
            f"{did_you_mean(unknown[0], counts)} The classes are {listed(counts)}."
        )


def unknown_word(word: str, known: Iterable[str]) -> ValueError:
    """Say which words there are."""
    return ValueError(
        f"When 'sampling_strategy' is a string, it needs to be one of {sorted(known)}. "
        f"Got {word!r} instead.{did_you_mean(word, known)}"
    )


def strange_strategy(given: Any) -> TypeError:
    """Say what a strategy may be."""
    return TypeError(
        "sampling_strategy must be a str, a float in (0, 1], a dict or a callable; "
        f"got {shown_name(given)}."
    )


def mapping_from(strategy: Callable[..., Any], y: np.ndarray) -> Mapping[Any, Any]:
    """Call a strategy."""
    wanted = strategy(y)
    if not isinstance(wanted, Mapping):
        raise TypeError(
            "sampling_strategy was called with y and must return a dict {class: number of "
            f"rows after resampling}}; it returned {shown_name(wanted)}."
        )
    return wanted


def class_codes(y: np.ndarray, counts: Counts) -> np.ndarray:
    """Return the place of each label among the classes, which are in label order."""
    if y.dtype.kind == "O":
        place = {label: code for code, label in enumerate(counts)}
        return np.fromiter((place[label] for label in y.tolist()), np.int32, len(y))
    return np.searchsorted(np.array(list(counts), dtype=y.dtype), y).astype(np.int32)
