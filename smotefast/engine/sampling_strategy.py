"""Resolve ``sampling_strategy``: the number of samples to generate or to keep, by class.

The classes to over-sample, to under-sample or to clean are given by a word, a ratio, a mapping,
a list or a callable, as in imbalanced-learn.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast.engine.class_counts import Counts, largest_class, smallest_class
from smotefast.engine.strategy_checks import (
    check_labels,
    check_mapping,
    check_ratio,
    check_two_classes,
    mapping_of_callable,
)


class _Words(NamedTuple):
    """Words of one type of sampler: what "auto" means, and the word that is refused."""

    auto: str
    refused: str
    message: str


_OVER = _Words(
    "not majority",
    "majority",
    "'sampling_strategy'='majority' cannot be used with over-sampler.",
)
_UNDER = _Words(
    "not minority",
    "minority",
    "'sampling_strategy'='minority' cannot be used with under-sampler and clean-sampler.",
)
_WORDS = ("all", "majority", "minority", "not majority", "not minority")


def counts_to_generate(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Return the number of samples to generate for an over-sampler.

    Parameters
    ----------
    sampling_strategy
        A str, a float ratio, a mapping from label to the number of rows after resampling, or a
        callable from ``y`` to such a mapping.
    counts
        Rows per class in label order, as ``class_counts`` returns them.
    y
        The target; only a callable reads it.
    allow_reached
        Whether a class that has more rows than requested stays as it is.

    Returns
    -------
    OrderedDict
        Samples to generate per class, in label order.

    Raises
    ------
    ValueError
        If there are fewer than two classes or the request cannot be met.
    """
    if isinstance(sampling_strategy, str):
        labels = _labels_of_word(sampling_strategy, counts, _OVER)
        most = max(counts.values())
        return _ordered({label: most - counts[label] for label in labels}, counts)
    return _resolved(
        sampling_strategy, counts, y, allow_reached, _generate_by_mapping, _generate_by_ratio
    )


def counts_to_keep(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Return the number of samples to keep for an under-sampler.

    The parameters are those of ``counts_to_generate``. With ``allow_reached`` a class that has
    fewer rows than requested stays as it is.

    Returns
    -------
    OrderedDict
        Samples to keep per class, in label order; classes that stay as they are, are absent.

    Raises
    ------
    ValueError
        If there are fewer than two classes or the request cannot be met.
    """
    if isinstance(sampling_strategy, str):
        return _clean(_labels_of_word(sampling_strategy, counts, _UNDER), counts)
    return _resolved(
        sampling_strategy, counts, y, allow_reached, _keep_by_mapping, _keep_by_ratio
    )


def classes_to_clean(
    sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
) -> Counts:
    """Return the classes that a cleaning sampler may remove rows of.

    ``sampling_strategy`` is a str, a list of labels, or a callable from ``y`` to labels or to a
    mapping whose keys count. No number of rows is requested; ``allow_reached`` has no effect.

    Returns
    -------
    OrderedDict
        The classes in label order, each with the size of the smallest class, as in
        imbalanced-learn.
    """
    check_two_classes(counts)
    if isinstance(sampling_strategy, str):
        return _clean(_labels_of_word(sampling_strategy, counts, _UNDER), counts)
    if isinstance(sampling_strategy, Real):
        raise ValueError(
            "'clean-sampling' methods do not let the user specify the sampling ratio: they "
            "remove what they find. Name the classes, as a str or a list."
        )
    if isinstance(sampling_strategy, Mapping):
        raise ValueError(
            "'sampling_strategy' as a dict for cleaning methods is not supported. Please give "
            "a list of the classes to be targeted by the sampling: "
            f"{list_names(sampling_strategy)}."
        )
    if isinstance(sampling_strategy, list):
        return _clean(sampling_strategy, counts)
    if callable(sampling_strategy):
        return _clean(list(sampling_strategy(y)), counts)
    raise TypeError(
        "sampling_strategy must be a str, a list or a callable; got "
        f"{quote_name(sampling_strategy)}."
    )


_ByMapping = Callable[[Mapping[Any, Any], Counts, bool], Counts]
_ByRatio = Callable[[float, Counts, bool], Counts]


def _resolved(
    strategy: Any,
    counts: Counts,
    y: np.ndarray,
    allow_reached: bool,
    by_mapping: _ByMapping,
    by_ratio: _ByRatio,
) -> Counts:
    """Resolve a strategy that is no word."""
    check_two_classes(counts)
    if isinstance(strategy, Mapping):
        return by_mapping(strategy, counts, allow_reached)
    if isinstance(strategy, list):
        raise ValueError(
            "'sampling_strategy' cannot be a list for samplers which are not cleaning "
            "methods. Give a dict {class: number of rows after resampling}."
        )
    if isinstance(strategy, Real):
        return by_ratio(float(strategy), counts, allow_reached)
    if callable(strategy):
        return by_mapping(mapping_of_callable(strategy, y), counts, allow_reached)
    raise TypeError(
        "sampling_strategy must be a str, a float in (0, 1], a dict or a callable; "
        f"got {quote_name(strategy)}."
    )


def _labels_of_word(word: str, counts: Counts, words: _Words) -> list[Any]:
    check_two_classes(counts)
    known = {"auto", *_WORDS} - {words.refused}
    if word == words.refused:
        raise ValueError(words.message)
    if word not in known:
        raise ValueError(
            f"When 'sampling_strategy' is a string, it needs to be one of {sorted(known)}. "
            f"Got {word!r} instead.{did_you_mean(word, known)}"
        )
    word = words.auto if word == "auto" else word
    if word == "all":
        return list(counts)
    is_majority = word.endswith("majority")
    extreme = largest_class(counts) if is_majority else smallest_class(counts)
    is_excluded = word.startswith("not ")
    return [label for label in counts if (label == extreme) != is_excluded]


def _clean(labels: list[Any], counts: Counts) -> Counts:
    check_labels(labels, counts)
    return _ordered(dict.fromkeys(labels, min(counts.values())), counts)


def _ordered(target_counts: Counts, counts: Counts) -> Counts:
    """Return target counts in the order of the classes."""
    order = {label: index for index, label in enumerate(counts)}
    return OrderedDict(sorted(target_counts.items(), key=lambda item: order[item[0]]))


def _generate_by_mapping(
    mapping: Mapping[Any, Any], counts: Counts, allow_reached: bool
) -> Counts:
    check_mapping(mapping, counts)
    for label, n in mapping.items():
        if n < counts[label] and not allow_reached:
            raise ValueError(
                "With over-sampling methods, the number of samples in a class should be "
                "greater or equal to the original number of samples. Originally, there is "
                f"{counts[label]} samples and {n} samples are asked for class {label!r}."
            )
    present = [label for label in counts if label in mapping]
    return OrderedDict((of, max(0, int(mapping[of]) - counts[of])) for of in present)


def _keep_by_mapping(mapping: Mapping[Any, Any], counts: Counts, allow_reached: bool) -> Counts:
    check_mapping(mapping, counts)
    for label, n in mapping.items():
        if n > counts[label] and not allow_reached:
            raise ValueError(
                "With under-sampling methods, the number of samples in a class should be less "
                "or equal to the original number of samples. Originally, there is "
                f"{counts[label]} samples and {n} samples are asked for class {label!r}."
            )
    kept = {label: int(n) for label, n in mapping.items() if n <= counts[label]}
    return _ordered(kept, counts)


def _generate_by_ratio(ratio: float, counts: Counts, allow_reached: bool) -> Counts:
    check_ratio(ratio, counts)
    most, majority = max(counts.values()), largest_class(counts)
    # int() truncates as imbalanced-learn does, so that the counts agree.
    missing = {label: int(most * ratio - n) for label, n in counts.items() if label != majority}
    if allow_reached:
        missing = {label: max(0, n) for label, n in missing.items()}
    elif any(n <= 0 for n in missing.values()):
        raise ValueError(
            "The specified ratio required to remove samples from the minority class while "
            f"trying to generate new samples. Please increase the ratio: {ratio} of "
            f"{most} rows is not more than the {min(counts.values())} rows there are."
        )
    return _ordered(missing, counts)


def _keep_by_ratio(ratio: float, counts: Counts, allow_reached: bool) -> Counts:
    check_ratio(ratio, counts)
    fewest, minority = min(counts.values()), smallest_class(counts)
    # int() truncates as imbalanced-learn does, so that the counts agree.
    n_kept = {label: int(fewest / ratio) for label in counts if label != minority}
    for label, n in n_kept.items():
        if n > counts[label] and not allow_reached:
            raise ValueError(
                "The specified ratio required to generate new sample in the majority class "
                f"while trying to remove samples. Please increase the ratio: {fewest} rows / "
                f"{ratio} are more than the {counts[label]} rows of class {label!r}."
            )
    return _ordered({of: n for of, n in n_kept.items() if n <= counts[of]}, counts)
