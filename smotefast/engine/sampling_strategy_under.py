"""From ``sampling_strategy`` to the classes that lose rows.

A parameter and a target flow in; a dict ``{label: count}`` in label order flows out. For
under-samplers a count is the number of rows to keep. Cleaning samplers remove what they find
in the classes of the dict, whatever the count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from smotefast._messages import listed, shown_name
from smotefast.engine.sampling_strategy import (
    Counts,
    check_mapping,
    check_ratio,
    in_label_order,
    largest_class,
    mapping_from,
    refuse_one_class,
    refuse_unknown,
    smallest_class,
    strange_strategy,
    unknown_word,
)


def keep_quota(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Resolve an under-sampler's ``sampling_strategy``.

    Parameters
    ----------
    sampling_strategy
        A str, a float ratio, a mapping from label to final count, or a callable from ``y``
        to such a mapping.
    counts
        Rows per class in label order, as ``class_counts`` gives them.
    y
        The target; handed to a callable, looked at by nothing else.
    allow_reached
        Whether a class that has fewer rows than are asked for stays as it is.

    Returns
    -------
    OrderedDict
        Rows to keep per class, in label order.

    Raises
    ------
    ValueError
        If there are fewer than two classes or the request cannot be met.
    """
    refuse_one_class(counts)
    if isinstance(sampling_strategy, str):
        return _from_word(sampling_strategy, counts)
    if isinstance(sampling_strategy, Mapping):
        return _from_mapping(sampling_strategy, counts, allow_reached)
    if isinstance(sampling_strategy, list):
        raise ValueError(
            "'sampling_strategy' cannot be a list for samplers which are not cleaning "
            "methods. Give a dict {class: number of rows after resampling}."
        )
    if isinstance(sampling_strategy, Real):
        return _from_ratio(float(sampling_strategy), counts, allow_reached)
    if callable(sampling_strategy):
        return _from_mapping(mapping_from(sampling_strategy, y), counts, allow_reached)
    raise strange_strategy(sampling_strategy)


def cleaning_quota(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Resolve a cleaning sampler's ``sampling_strategy``: a str, a list, or a callable.

    A callable takes ``y`` and returns a list of labels, or a mapping whose keys count. No
    number of rows is asked for, and ``allow_reached`` changes nothing.

    Returns
    -------
    OrderedDict
        The classes that may lose rows, in label order, each with the size of the smallest
        class, as imbalanced-learn has it.
    """
    refuse_one_class(counts)
    if isinstance(sampling_strategy, str):
        return _from_word(sampling_strategy, counts)
    if isinstance(sampling_strategy, Real):
        raise ValueError(
            "'clean-sampling' methods do not let the user specify the sampling ratio: they "
            "remove what they find. Name the classes, as a str or a list."
        )
    if isinstance(sampling_strategy, Mapping):
        raise ValueError(
            "'sampling_strategy' as a dict for cleaning methods is not supported. Please give "
            "a list of the classes to be targeted by the sampling: "
            f"{listed(sampling_strategy)}."
        )
    if isinstance(sampling_strategy, list):
        return _of_classes(sampling_strategy, counts)
    if callable(sampling_strategy):
        return _of_classes(list(sampling_strategy(y)), counts)
    raise TypeError(
        f"sampling_strategy must be a str, a list or a callable; got "
        f"{shown_name(sampling_strategy)}."
    )


def _from_word(word: str, counts: Counts) -> Counts:
    majority, minority = largest_class(counts), smallest_class(counts)
    chosen: dict[str, Callable[[Any], bool]] = {
        "auto": lambda label: label != minority,
        "not minority": lambda label: label != minority,
        "not majority": lambda label: label != majority,
        "majority": lambda label: label == majority,
        "all": lambda label: True,
    }
    if word == "minority":
        raise ValueError(
            "'sampling_strategy'='minority' cannot be used with under-sampler and "
            "clean-sampler."
        )
    if word not in chosen:
        raise unknown_word(word, chosen)
    return _of_classes([label for label in counts if chosen[word](label)], counts)


def _of_classes(labels: list[Any], counts: Counts) -> Counts:
    refuse_unknown(labels, counts)
    return in_label_order(dict.fromkeys(labels, min(counts.values())), counts)


def _from_mapping(wanted: Mapping[Any, Any], counts: Counts, allow_reached: bool) -> Counts:
    check_mapping(wanted, counts)
    for label, n in wanted.items():
        if n > counts[label] and not allow_reached:
            raise ValueError(
                "With under-sampling methods, the number of samples in a class should be less "
                "or equal to the original number of samples. Originally, there is "
                f"{counts[label]} samples and {n} samples are asked for class {label!r}."
            )
    kept = {label: int(n) for label, n in wanted.items() if n <= counts[label]}
    return in_label_order(kept, counts)


def _from_ratio(ratio: float, counts: Counts, allow_reached: bool) -> Counts:
    check_ratio(ratio, counts)
    fewest, minority = min(counts.values()), smallest_class(counts)
    # int() truncates as imbalanced-learn does, so that the counts agree.
    quota = {label: int(fewest / ratio) for label in counts if label != minority}
    for label, n in quota.items():
        if n > counts[label] and not allow_reached:
            raise ValueError(
                "The specified ratio required to generate new sample in the majority class "
                f"while trying to remove samples. Please increase the ratio: {fewest} rows / "
                f"{ratio} are more than the {counts[label]} rows of class {label!r}."
            )
    kept = {label: n for label, n in quota.items() if n <= counts[label]}
    return in_label_order(kept, counts)
