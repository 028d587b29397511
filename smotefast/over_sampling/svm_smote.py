"""SVMSMOTE: SMOTE from the support vectors of a class."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from smotefast._phases import phase
from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.param_constraints import HasMethods, Interval
from smotefast.engine.rows import AllRows
from smotefast.engine.user_estimators import check_n_rows, is_deterministic, neighbor_estimator
from smotefast.over_sampling.border import (
    BorderSampler,
    has_hinge_loss,
    is_in_danger,
    is_noise,
    other_class_counts,
    rows_inside_margin,
    support_vectors,
)
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass


class SVMSMOTE(BorderSampler):
    """Over-sample from the support vectors of a class.

    A support vector whose ``m_neighbors`` nearest rows are all of other classes is noise and
    left out. If at least half of them are, it is in danger: samples lie between it and its
    neighbors in the class. The others are safe: samples lie on the opposite side of the row,
    up to ``out_step`` of the distance to a neighbor, beyond the class border. The shares of
    both are drawn at random.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws, and of the support vector machine unless one is passed. An int starts
        again for each class, and for the rows in danger and the safe ones, as in
        imbalanced-learn; the shares of both are drawn from one generator for all classes.
    k_neighbors : int or object, default=5
        Number of nearest neighbors to choose from; as for :class:`SMOTE`.
    m_neighbors : int or object, default=10
        Number of nearest rows of any class that decide whether a row is in danger; as for
        :class:`BorderlineSMOTE`.
    svm_estimator : object, default=None
        A classifier; it is cloned. None means ``SVC(gamma="scale")``. It has either support
        vectors (``support_``, as ``SVC`` and ``NuSVC``), or a hinge loss and a
        ``decision_function`` (as ``LinearSVC`` and ``SGDClassifier(loss="hinge")``): then the
        rows of a class on or inside the margin are used. It may be the last step of a
        ``Pipeline``. Those with a hinge loss are faster than ``SVC`` on many rows.
    out_step : float, default=0.5
        Largest step beyond a safe row, as a share of the distance to a neighbor.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`BorderlineSMOTE`.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads of the searches. None means all cores that the process may use. The
        samples do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Requested number of samples to generate, by class.
    svm_estimator_ : estimator
        The support vector machine of the last fit.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the last class that got samples.
    nn_m_ : estimator
        The same for ``m_neighbors``, fitted on all rows; X is kept for it, not copied.
    provenance_ : Provenance
        Base row, neighbor and step of each synthetic sample, computed at each access.
    search_ : str or None
        How neighbors were found: "exact", "approximate", "estimator", or None if no class got
        samples.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If no support vector of a class is in danger, or none is safe: the samples that such
        rows would have generated are missing.

    Raises
    ------
    ValueError
        If all support vectors of a class are noise, or there are none, or the class has fewer
        than ``k_neighbors + 1`` rows, or X has no more than ``m_neighbors`` rows, or X is not
        finite and numeric.
    RuntimeError
        If ``svm_estimator`` has neither support vectors nor a hinge loss.

    See Also
    --------
    BorderlineSMOTE : From rows near other classes, without a classifier.

    References
    ----------
    H. M. Nguyen, E. W. Cooper, K. Kamei, "Borderline Over-sampling for Imbalanced Data
    Classification", International Journal of Knowledge Engineering and Soft Data Paradigms
    3(1), 2011.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import SVMSMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = SVMSMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]

    A linear classifier on scaled columns:

    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import LinearSVC
    >>> linear = make_pipeline(StandardScaler(), LinearSVC(C=0.01, random_state=0))
    >>> X_new, y_new = SVMSMOTE(random_state=0, svm_estimator=linear).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _needs = BorderSampler._needs._replace(reads="everything", exact_counts=False)
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BorderSampler._parameter_constraints,
        "svm_estimator": [HasMethods(["fit", "predict"]), None],
        "out_step": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        m_neighbors: NeighborCount = 10,
        svm_estimator: Any = None,
        out_step: float = 0.5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.svm_estimator = svm_estimator
        self.out_step = out_step
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for too few rows, in all classes or in one that gets samples."""
        m = neighbor_estimator("m_neighbors", self.m_neighbors)[1]
        check_n_rows("m_neighbors", m, sum(counts.values()))
        super().check_counts(counts, target_counts)

    def _recipes(self, rows: AllRows, n_to_generate: Counts, call: Call) -> list[Interpolate]:
        self._m_estimator, m = neighbor_estimator("m_neighbors", self.m_neighbors)
        random_state = check_random_state(self.random_state)
        self.svm_estimator_ = self._classifier()
        fit_again = True
        recipes: list[Interpolate] = []
        for label, n_new in n_to_generate.items():
            if fit_again:
                with phase("fitting the classifier"):
                    self.svm_estimator_.fit(*rows.all_rows())
                has_support = support_vectors(self.svm_estimator_) is not None
                fit_again = has_support and not is_deterministic(self.svm_estimator_)
            danger, safe = self._split_support(rows, label, m, call)
            n_danger = int(random_state.beta(10, 10) * (n_new + 1))
            recipes += _recipe(rows, label, n_danger, danger, 1.0, call)
            recipes += _recipe(rows, label, n_new - n_danger, safe, -self.out_step, call)
            _report_missing(call, label, n_new, n_danger, danger, safe)
        call.messages[:] = dict.fromkeys(call.messages)  # a small class is reported twice
        return recipes

    def _classifier(self) -> Any:
        if self.svm_estimator is not None:
            return clone(self.svm_estimator)
        from sklearn.svm import SVC

        return SVC(gamma="scale", random_state=self.random_state)

    def _split_support(
        self, rows: AllRows, label: Label, m: int, call: Call
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the support vectors in danger and the safe ones, by index in the class."""
        support = self._support_in_class(rows, label)
        positions = rows.positions(label)
        queries = {label: positions[support]}
        neighbors = call.search.by_class(rows, queries, m, self._m_estimator)[label]
        n_others = other_class_counts(neighbors.indices, positions, rows.n_samples)
        noise, danger = is_noise(n_others, m), is_in_danger(n_others, m)
        if noise.all():
            raise ValueError(
                "All support vectors are considered as noise. SVM-SMOTE is not adapted to your "
                f"dataset. Try another SMOTE variant. (Each of the {len(support)} support "
                f"vectors of class {label!r} has only other classes among its m_neighbors="
                f"{m} nearest rows; a higher m_neighbors considers more rows.)"
            )
        return support[danger], support[~noise & ~danger]

    def _support_in_class(self, rows: AllRows, label: Label) -> np.ndarray:
        """Return the support vectors of a class, by index in the class, ascending."""
        classifier = self.svm_estimator_
        support = support_vectors(classifier)
        if support is not None:
            in_class = np.flatnonzero(np.isin(rows.positions(label), support))
        elif has_hinge_loss(classifier):
            in_class = rows_inside_margin(classifier, rows.matrix(label), label)
        else:
            raise RuntimeError(
                "`svm_estimator` is required to exposed a `support_` fitted attribute. Such "
                "estimator belongs to the familly of Support Vector Machine. "
                f"({type(classifier).__name__} has neither that nor a hinge loss. Give SVC, "
                "NuSVC, LinearSVC, SGDClassifier(loss='hinge') or a Pipeline of transformers "
                "that ends in one of them.)"
            )
        if not len(in_class):
            raise ValueError(
                f"svm_estimator={classifier!r} has no support vector in class {label!r}. Lower "
                "its C (or raise its alpha), which widens the margin, or scale the columns."
            )
        return in_class


def _recipe(
    rows: AllRows,
    label: Label,
    n_new: int,
    base_rows: np.ndarray,
    step_size: float,
    call: Call,
) -> list[Interpolate]:
    if not n_new or not len(base_rows):
        return []
    return [call.interpolation(rows, label, n_new, base_rows=base_rows, step_size=step_size)]


def _report_missing(
    call: Call, label: Label, n_new: int, n_danger: int, danger: np.ndarray, safe: np.ndarray
) -> None:
    n_generated, missing = n_new, ""
    if not len(danger):
        n_generated, missing = n_new - n_danger, "in danger"
    elif not len(safe):
        n_generated, missing = n_danger, "safe"
    if n_generated != n_new:
        call.messages.append(
            f"Class {label!r} gets {n_generated} synthetic samples instead of {n_new}: none of "
            f"its {len(danger) + len(safe)} support vectors is {missing}, so the samples that "
            "such vectors would have generated are missing."
        )
