"""A scikit-learn classifier that resamples the rows it is fitted on, and no others."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from smotefast._typing import Container


def _has(name: str) -> Any:
    """Return a test: whether the classifier has a method."""
    return lambda self: hasattr(getattr(self, "classifier_", self.classifier), name)


class ResampledClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fit a classifier on resampled rows; predictions are for rows as they are.

    It makes a sampler part of a scikit-learn pipeline, a grid search or a cross-validation: in
    each fold only the training rows are resampled.

    Parameters
    ----------
    sampler : sampler of this package
        Resamples the training rows; a clone is used.
    classifier : classifier of scikit-learn
        A clone is fitted on the resampled rows.
    use_weights : bool, default=False
        Whether to pass ``sample_weight_`` of the sampler to the classifier, which restores the
        class sizes before under-sampling. Only RandomUnderSampler has these weights.

    Attributes
    ----------
    sampler_ : sampler
        The sampler after resampling.
    classifier_ : classifier
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        The classes.

    See Also
    --------
    smotefast.compare : Finds out whether resampling helps.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from smotefast import SMOTE
    >>> from smotefast.evaluation import ResampledClassifier
    >>> X, y = make_classification(500, weights=[0.9], random_state=0)
    >>> model = ResampledClassifier(SMOTE(random_state=0), LogisticRegression())
    >>> cross_val_score(model, X, y, scoring="recall").mean() > 0.5
    np.True_
    """

    def __init__(self, sampler: Any, classifier: Any, use_weights: bool = False) -> None:
        self.sampler = sampler
        self.classifier = classifier
        self.use_weights = use_weights

    def fit(self, X: Container, y: Container) -> Self:
        """Resample the rows and fit the classifier on them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,)
            The class of each row.

        Returns
        -------
        ResampledClassifier
            The classifier itself.
        """
        self.sampler_ = clone(self.sampler)
        X_new, y_new = self.sampler_.fit_resample(X, y)
        weights = self.sampler_.sample_weight_ if self.use_weights else None
        self.classifier_ = fit_with_weights(clone(self.classifier), X_new, y_new, weights)
        self.classes_ = self.classifier_.classes_
        return self

    @property
    def n_features_in_(self) -> int:
        """Number of columns of X."""
        n_features: int = self.sampler_.n_features_in_
        return n_features

    def predict(self, X: Container) -> np.ndarray:
        """Return the predicted class of each row."""
        check_is_fitted(self)
        return np.asarray(self.classifier_.predict(X))

    @available_if(_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Container) -> np.ndarray:
        """Return the probability of each class, of shape (n_samples, n_classes)."""
        check_is_fitted(self)
        return np.asarray(self.classifier_.predict_proba(X))

    @available_if(_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Container) -> np.ndarray:
        """Return the scores of the classifier."""
        check_is_fitted(self)
        return np.asarray(self.classifier_.decision_function(X))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "classifier_")


def takes_weights(classifier: Any) -> bool:
    """Tell whether ``fit`` takes weights of rows, in a pipeline that of the last step."""
    from sklearn.utils.validation import has_fit_parameter

    steps = getattr(classifier, "steps", None)
    return bool(has_fit_parameter(steps[-1][1] if steps else classifier, "sample_weight"))


def fit_with_weights(classifier: Any, X: Any, y: Any, weights: np.ndarray | None) -> Any:
    """Fit a classifier or a pipeline, with weights of rows or without."""
    if weights is None:
        return classifier.fit(X, y)
    steps = getattr(classifier, "steps", None)
    name = f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"
    return classifier.fit(X, y, **{name: weights})
