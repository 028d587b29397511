"""Correct predicted probabilities of models that were fitted on resampled rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smotefast._messages import list_names

# Counts that differ by more than this between classes could overflow float64.
_MAX_RATIO = 1e300


def prior_correction(
    probability: ArrayLike,
    counts_before: ArrayLike | Mapping[Any, float],
    counts_after: ArrayLike | Mapping[Any, float],
    inverse: bool = False,
) -> np.ndarray:
    r"""Correct the probabilities of a model that was fitted on resampled rows.

    Resampling changes the prior: the share of each class among the rows. By Bayes' theorem, the
    probability of class c for the original prior is

    .. math:: p'_c = \frac{p_c \, b_c / a_c}{\sum_k p_k \, b_k / a_k}

    with the rows of each class before resampling, b, and after it, a. This holds if the rows of
    a class in the result were drawn at random from its rows, as RandomUnderSampler and
    RandomOverSampler draw them. For other samplers it is an approximation. Do not correct the
    probabilities of a model that was fitted with ``sample_weight_`` of RandomUnderSampler:
    these weights have restored the prior.

    Parameters
    ----------
    probability : array-like of shape (n_samples,) or (n_samples, n_classes)
        Predicted probabilities: of the second of two classes, or of all classes, in label
        order, which is the order of ``classes_`` of the model. The rows of the second form need
        not sum to exactly 1; those of the result do, up to rounding.
    counts_before : array-like of shape (n_classes,) or mapping
        Rows of each class before resampling, in label order; or a mapping from labels to rows,
        which is sorted by label. A pandas Series is read as a mapping from its index, so the
        result of ``value_counts`` can be used. Only the ratios between classes matter: shares
        work as well.
    counts_after : array-like of shape (n_classes,) or mapping
        The same after resampling. If one is a mapping, both are, with the same labels.
    inverse : bool, default=False
        Whether to convert from the original prior to that of the resampled rows instead.

    Returns
    -------
    corrected : ndarray of the shape of ``probability``
        In float64; in float32 if ``probability`` is float32. Probabilities of 0 stay 0, and
        those of 1 stay 1 if the others of the row are 0. With two classes, the second form also
        keeps the relative precision of a small probability of the first class.

    Raises
    ------
    ValueError
        If ``probability`` has the wrong shape, another number of classes than the counts, a
        value that is missing or outside of [0, 1], or a row of zeros; or if the counts are not
        positive and finite, or not of the same classes.
    TypeError
        If ``probability`` or the counts cannot be read as numbers, or only one of the counts is
        a mapping.

    See Also
    --------
    smotefast.RandomUnderSampler : Its ``sample_weight_`` restores the prior while fitting.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    M. Saerens, P. Latinne, C. Decaestecker, "Adjusting the outputs of a classifier to new a
    priori probabilities: a simple procedure", Neural Computation 14(1), 2002.

    A. Dal Pozzolo, O. Caelen, R. A. Johnson, G. Bontempi, "Calibrating probability with
    undersampling for unbalanced classification", IEEE SSCI 2015.

    Examples
    --------
    A model that was fitted on 100 of 900 rows of class 0, and on all 100 rows of class 1:

    >>> from smotefast import prior_correction
    >>> prior_correction([0.0, 0.5, 0.9, 1.0], [900, 100], [100, 100])
    array([0. , 0.1, 0.5, 1. ])
    >>> prior_correction([[0.5, 0.5]], {"no": 900, "yes": 100}, {"no": 100, "yes": 100})
    array([[0.9, 0.1]])
    >>> prior_correction([0.1, 0.5], [900, 100], [100, 100], inverse=True)
    array([0.5, 0.9])
    """
    before, after = _class_counts(counts_before, counts_after)
    values = _numbers(probability, "probability")
    _check_shape(values.shape, len(before))
    _check_range(values)
    ratios = _ratios(after, before) if inverse else _ratios(before, after)
    wide = values.astype(np.float64, copy=False)
    corrected = _of_two(wide, *ratios) if wide.ndim == 1 else _of_all(wide, ratios)
    return corrected.astype(np.float32) if values.dtype == np.float32 else corrected


def _ratios(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        ratios = numerator / denominator
        if ratios.max() / ratios.min() < _MAX_RATIO:
            return np.asarray(ratios)
    raise ValueError(
        f"The ratios of counts_before and counts_after are {list_names(ratios.tolist())}. They "
        f"must not differ by a factor of {_MAX_RATIO:g} or more. Check the counts."
    )


def _of_two(probability: np.ndarray, ratio_first: float, ratio_second: float) -> np.ndarray:
    """Correct the probabilities of the second of two classes."""
    # The sum is exactly 1 if the ratios are equal, and never 0.
    total = probability + (1 - probability) * (ratio_first / ratio_second)
    return np.asarray(probability / total)


def _of_all(probability: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Correct the probabilities of all classes, by row.

    Each row is divided by its largest probability, and the ratios by that of the same class.
    The largest value is then 1, so neither a sum is 0 nor does a product underflow that the
    result could express.
    """
    if not len(probability):
        return probability.copy()
    largest = probability.argmax(axis=1)
    scaled = probability / np.take_along_axis(probability, largest[:, np.newaxis], axis=1)
    scaled *= ratios / ratios[largest][:, np.newaxis]
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def _numbers(values: Any, name: str) -> np.ndarray:
    """Return an array of floats; float32 stays as it is."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # astype would convert texts and dates
            raise TypeError(f"they have dtype {array.dtype}")
        return array if array.dtype == np.float32 else array.astype(np.float64)
    except (TypeError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise TypeError(
            f"{name} cannot be read as numbers: {reason}. Pass an array, a list or a Series of "
            "numbers."
        ) from error


def _check_shape(shape: tuple[int, ...], n_classes: int) -> None:
    if len(shape) not in (1, 2):
        raise ValueError(
            f"probability has {len(shape)} dimensions. Pass an array of shape (n_samples,), "
            "with the probabilities of the second of two classes, or (n_samples, n_classes)."
        )
    if len(shape) == 1 and n_classes != 2:
        raise ValueError(
            f"probability has shape {shape}, which is for two classes, and counts_before has "
            f"{n_classes}. Pass all columns of predict_proba, of shape (n_samples, n_classes)."
        )
    if len(shape) == 2 and shape[1] != n_classes:
        advice = "Pass one column for each class, and one count for each class."
        if shape[1] == 1 and n_classes == 2:
            advice = "Pass a single column as probability[:, 0]."
        raise ValueError(
            f"probability has shape {shape}, and counts_before has {n_classes} classes. "
            + advice
        )


def _check_range(probability: np.ndarray) -> None:
    """Raise an error for values that are no probabilities, and for rows without any."""
    if not probability.size:
        return
    if not (probability.min() >= 0 and probability.max() <= 1):  # also false for NaN
        wrong = np.argwhere(~((probability >= 0) & (probability <= 1)))[0]
        value, row = float(probability[tuple(wrong)]), int(wrong[0])
        what = "a missing value" if np.isnan(value) else repr(value)
        raise ValueError(
            f"probability has {what} in row {row}. Pass probabilities between 0 and 1, such as "
            "predict_proba returns them, not scores or log odds."
        )
    if probability.ndim == 2 and not (has_any := probability.any(axis=1)).all():
        raise ValueError(
            f"probability has only zeros in row {int(np.argmin(has_any))}. Pass rows in which "
            "a class has a probability above 0."
        )


def _class_counts(before: Any, after: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of each class as floats, in label order."""
    before, after = _as_mapping(before), _as_mapping(after)
    if isinstance(before, Mapping) != isinstance(after, Mapping):
        raise TypeError(
            "Only one of counts_before and counts_after has labels. Pass two mappings from "
            "labels to counts, or two sequences in label order."
        )
    if isinstance(before, Mapping):
        before, after = _sorted_by_label(before, after)
    arrays = _checked(before, "counts_before"), _checked(after, "counts_after")
    if len(arrays[0]) != len(arrays[1]):
        raise ValueError(
            f"counts_before has {len(arrays[0])} classes and counts_after has "
            f"{len(arrays[1])}. Pass one count for each class in both, in label order."
        )
    return arrays


def _as_mapping(counts: Any) -> Any:
    """Return a pandas Series as a dict: that of ``value_counts`` is not in label order."""
    is_series = hasattr(counts, "index") and hasattr(counts, "to_dict")
    return counts.to_dict() if is_series else counts


def _sorted_by_label(
    before: Mapping[Any, float], after: Mapping[Any, float]
) -> tuple[list[float], list[float]]:
    for one, other, name in (before, after, "counts_after"), (after, before, "counts_before"):
        if missing := [label for label in one if label not in other]:
            raise ValueError(
                f"{name} has no count for class {list_names(missing)}. Pass the counts of the "
                "same classes in counts_before and counts_after."
            )
    try:
        labels = sorted(before)
    except TypeError as error:
        raise TypeError(
            f"The labels of counts_before cannot be sorted: {error}. Pass sequences of counts "
            "in the order of the columns of probability."
        ) from error
    return [before[label] for label in labels], [after[label] for label in labels]


def _checked(counts: Any, name: str) -> np.ndarray:
    array = _numbers(counts, name).astype(np.float64, copy=False)
    if array.ndim != 1 or len(array) < 2:
        raise ValueError(
            f"{name} has shape {array.shape}. Pass one count for each class, of two or more."
        )
    if not ((array > 0) & np.isfinite(array)).all():
        raise ValueError(
            f"{name} is {list_names(array.tolist())}. Pass positive, finite counts; leave out "
            "classes without rows, and their columns of probability."
        )
    return array
