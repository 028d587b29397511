"""Checks of ``sampling_strategy``: ratios, mappings, labels and callables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any

import numpy as np

from smotefast._messages import MAX_NAMES, did_you_mean, list_names, quote_name
from smotefast.engine.class_counts import Counts


def check_two_classes(counts: Counts) -> None:
    """Raise an error for a target with a single class, which cannot be imbalanced."""
    if len(counts) <= 1:
        raise ValueError(
            f"The target 'y' needs to have more than 1 class. Got {len(counts)} class instead"
        )


def check_ratio(ratio: float, counts: Counts) -> None:
    """Raise an error for a ratio outside (0, 1], or for more than two classes."""
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


def check_mapping(mapping: Mapping[Any, Any], counts: Counts) -> None:
    """Raise an error for classes that do not occur, or values that are no counts."""
    check_labels(mapping, counts)
    for label, n in mapping.items():
        if not isinstance(n, Integral):
            raise TypeError(
                f"sampling_strategy asks for {n!r} rows of class {label!r}; "
                "the number of rows after resampling must be an integer."
            )
    negative = [f"{quote_name(label)}: {n}" for label, n in mapping.items() if n < 0]
    if negative:
        raise ValueError(
            "The number of samples in a class cannot be negative. 'sampling_strategy' contains "
            f"some negative value: {', '.join(negative[:MAX_NAMES])}."
        )


def check_labels(labels: Iterable[Any], counts: Counts) -> None:
    """Raise an error for classes that do not occur."""
    unknown = [label for label in dict.fromkeys(labels) if label not in counts]
    if unknown:
        raise ValueError(
            f"The {{{list_names(unknown)}}} target class is/are not present in the data."
            f"{did_you_mean(unknown[0], counts)} The classes are {list_names(counts)}."
        )


def mapping_of_callable(strategy: Callable[..., Any], y: np.ndarray) -> Mapping[Any, Any]:
    """Call a strategy with ``y``; raise an error if the result is no mapping."""
    mapping = strategy(y)
    if not isinstance(mapping, Mapping):
        raise TypeError(
            "sampling_strategy was called with y and must return a dict {class: number of "
            f"rows after resampling}}; it returned {quote_name(mapping)}."
        )
    return mapping
