"""InstanceHardnessThreshold: remove the rows with a low cross-validated class probability."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import check_random_state

from smotefast._phases import phase
from smotefast.engine.class_counts import Counts
from smotefast.engine.param_constraints import HARDNESS, RANDOM_STATE, THREADS, UNDER_SAMPLER
from smotefast.engine.rows import MatrixRows
from smotefast.typing import Seed, UnderSamplingStrategy
from smotefast.under_sampling.base import BaseUnderSampler


class InstanceHardnessThreshold(BaseUnderSampler):
    """Under-sample by the cross-validated probability of each row's class.

    Each class keeps the rows with the highest probabilities. Rows that share the lowest kept
    probability are all kept, so a class often keeps more rows than requested.

    Parameters
    ----------
    estimator : classifier or None, default=None
        A classifier with ``predict_proba``; None means ``RandomForestClassifier`` with 100
        trees.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes to under-sample, and to what size; as for :class:`RandomUnderSampler`.
    random_state : int, RandomState instance or None, default=None
        Seed of the classifier and of the folds.
    cv : int, cross-validator or iterable, default=5
        Number of shuffled stratified folds, or any splitter that scikit-learn's ``check_cv``
        accepts.
    n_jobs : int or None, default=None
        Processes of the cross-validation and threads of the forest, as in scikit-learn: None
        means 1.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of rows to keep, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, each ascending.
    estimator_ : classifier
        The classifier that was cross-validated, not fitted.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If X is not finite and numeric, or the cross-validation fails.
    TypeError
        If ``estimator`` is not a classifier.

    References
    ----------
    M. R. Smith, T. Martinez, C. Giraud-Carrier, "An instance level analysis of data
    complexity", Machine Learning 95(2), 2014.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from smotefast.under_sampling import InstanceHardnessThreshold
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> machine = LogisticRegression()
    >>> sampler = InstanceHardnessThreshold(estimator=machine, random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 99), (1, 99)]
    """

    _needs = BaseUnderSampler._needs._replace(
        measures_distance=False,
        why_everything="cross-validates a classifier on all rows",
        alternative="random-under",
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **UNDER_SAMPLER,
        **RANDOM_STATE,
        **HARDNESS,
        **THREADS,
    }

    def __init__(
        self,
        *,
        estimator: Any = None,
        sampling_strategy: UnderSamplingStrategy = "auto",
        random_state: Seed = None,
        cv: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.cv = cv
        self.n_jobs = n_jobs

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        probabilities = self._class_probabilities(rows)
        kept = []
        for label, n_rows in rows.sizes.items():
            positions = rows.positions(label)
            if label in target_counts:
                percent = (1.0 - target_counts[label] / n_rows) * 100.0
                threshold = np.percentile(probabilities[positions], percent)
                positions = positions[probabilities[positions] >= threshold]
            kept.append(positions)
        return np.concatenate(kept)

    def _class_probabilities(self, rows: MatrixRows) -> np.ndarray:
        """Return the cross-validated probability of each row's class."""
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        random_state = check_random_state(self.random_state)
        self.estimator_ = self._classifier(random_state)
        cv = self.cv
        if isinstance(cv, Integral):
            cv = StratifiedKFold(n_splits=cv, shuffle=True, random_state=random_state)
        with phase("fitting classifiers"):
            probabilities = cross_val_predict(
                self.estimator_,
                rows.all_rows()[0],
                rows.codes,  # 0, 1, ...: the columns of the probabilities
                cv=cv,
                n_jobs=self.n_jobs,
                method="predict_proba",
            )
        return np.asarray(probabilities[np.arange(rows.n_samples), rows.codes])

    def _classifier(self, random_state: np.random.RandomState) -> Any:
        if self.estimator is None:
            from sklearn.ensemble import RandomForestClassifier

            return RandomForestClassifier(
                n_estimators=100, random_state=self.random_state, n_jobs=self.n_jobs
            )
        if not is_classifier(self.estimator):
            raise TypeError(
                f"estimator={self.estimator!r} is not a classifier. Give one with "
                "predict_proba."
            )
        estimator = clone(self.estimator)
        seeds = {
            name: random_state.randint(np.iinfo(np.int32).max)
            for name in sorted(estimator.get_params(deep=True))
            if name == "random_state" or name.endswith("__random_state")
        }
        return estimator.set_params(**seeds) if seeds else estimator
