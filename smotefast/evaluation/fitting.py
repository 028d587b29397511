"""One split of the rows: prepare them, resample them by each option, fit classifiers.

Rows are prepared once for all options, and resampled once for all classifiers. The result is
that of ``pipeline_of``, which the tests compare it with.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.models import balanced_weights, class_weight_parameter
from smotefast.evaluation.options import (
    CLASS_WEIGHT,
    Option,
    make_option_sampler,
    takes_codes,
)
from smotefast.evaluation.preprocessing import to_numbers_and_codes, to_one_hot
from smotefast.evaluation.resampled_classifier import (
    ResampledClassifier,
    fit_with_weights,
    takes_weights,
)


@dataclass(frozen=True)
class Resampled:
    """Rows to fit on, and rows to predict.

    Attributes
    ----------
    X, y
        The training rows after resampling.
    weights
        Weights of these rows; None without weights.
    X_test
        The test rows.
    counts
        Rows of each class (or their weights) in ``y``.
    """

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    X_test: np.ndarray
    counts: np.ndarray


class PreparedSplit:
    """Training rows and test rows, prepared by what is learned from the training rows.

    Parameters
    ----------
    data
        All rows.
    train, test
        Positions of the rows.
    seed
        Seed of the samplers.
    """

    def __init__(
        self, data: EvaluationData, train: np.ndarray, test: np.ndarray, seed: int
    ) -> None:
        self.data, self.seed = data, seed
        self.y, self.y_test = data.y[train], data.y[test]
        prepare = to_numbers_and_codes(data)
        self._coded = prepare.fit_transform(data.matrix[train])
        self._coded_test = prepare.transform(data.matrix[test])

    @property
    def counts(self) -> np.ndarray:
        """Training rows of each class."""
        return np.bincount(self.y, minlength=len(self.data.labels))

    @cached_property
    def _encoded(self) -> tuple[np.ndarray, np.ndarray]:
        return self._encode(self._coded)

    def _encode(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Encode rows to fit on and the test rows, as learned from the former."""
        encode = to_one_hot(self.data)
        if encode == "passthrough":
            return rows, self._coded_test
        return encode.fit_transform(rows), encode.transform(self._coded_test)

    def resample(self, option: Option) -> Resampled:
        """Resample the training rows by an option.

        Raises
        ------
        ValueError, RuntimeError
            If the sampler cannot resample these rows.
        """
        sampler = make_option_sampler(option, self.data, self.seed)
        if sampler is None:
            X, X_test = self._encoded
            return Resampled(X, self.y, None, X_test, self.counts)
        if takes_codes(option):
            rows, y = sampler.fit_resample(self._coded, self.y)
            X, X_test = self._encode(rows)
        else:
            rows, X_test = self._encoded
            X, y = sampler.fit_resample(rows, self.y)
        weights = sampler.sample_weight_ if option.use_weights else None
        counts = np.bincount(y, weights, minlength=len(self.data.labels))
        if not counts.all():
            raise ValueError("it removes all rows of a class")
        return Resampled(X, y, weights, X_test, counts)


def fit_predict(model: Any, option: Option, rows: Resampled) -> tuple[np.ndarray, np.ndarray]:
    """Fit a clone of a classifier and return probabilities of the test rows.

    Returns
    -------
    probability
        Shape (n_test, n_classes).
    counts
        Weight of each class in the fit.
    """
    classifier, weights, counts = clone(model), rows.weights, rows.counts
    if option.name == CLASS_WEIGHT:
        parameter = class_weight_parameter(model)
        if parameter is not None:
            classifier.set_params(**{parameter: "balanced"})
        else:
            weights = balanced_weights(rows.y, len(counts))
        counts = np.full(len(counts), len(rows.y) / len(counts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged, in some of very many fits
        fitted = fit_with_weights(classifier, rows.X, rows.y, weights)
        probability = np.asarray(fitted.predict_proba(rows.X_test), dtype=np.float64)
    return probability, counts


def can_fit(model: Any, option: Option) -> bool:
    """Tell whether a classifier takes the weights that an option needs."""
    if option.name == CLASS_WEIGHT and class_weight_parameter(model) is not None:
        return True
    return takes_weights(model) or not (option.use_weights or option.name == CLASS_WEIGHT)


def pipeline_of(data: EvaluationData, option: Option, model: Any, seed: int) -> Any:
    """Return an option as a scikit-learn pipeline for rows of ``data.matrix``."""
    from sklearn.pipeline import make_pipeline

    sampler = make_option_sampler(option, data, seed)
    classifier = clone(model)
    parameter = class_weight_parameter(model)
    if option.name == CLASS_WEIGHT and parameter is not None:
        classifier.set_params(**{parameter: "balanced"})
    prepare, encode = to_numbers_and_codes(data), to_one_hot(data)
    if sampler is None:
        return make_pipeline(prepare, encode, classifier)
    if takes_codes(option):
        inner = make_pipeline(encode, classifier)
        return make_pipeline(prepare, ResampledClassifier(sampler, inner, option.use_weights))
    return make_pipeline(
        prepare, encode, ResampledClassifier(sampler, classifier, option.use_weights)
    )
