"""ADASYN: more new rows where a class is surrounded by others."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import NEIGHBOR_COUNT, OVER_SAMPLER, SEARCH, SMALL_CLASS
from smotefast.engine.recipes import Interpolate, Origins
from smotefast.engine.rows import ClassRows, CrossClassRows
from smotefast.engine.user_estimators import check_n_rows, neighbor_estimator
from smotefast.over_sampling._draws import AllottedDraws
from smotefast.over_sampling.base import NeighborSampler, positive
from smotefast.over_sampling.border import other_class_counts
from smotefast.over_sampling.call import Call, drawn_neighbors

# Rounding makes classes of a thousand rows 2 to 10% smaller or larger than asked for; more
# than that is worth a warning.
_MISSED = 0.1


class ADASYN(NeighborSampler):
    """Over-sample by interpolation, with more rows where other classes are near.

    Each row of a class gets new rows in proportion to the share of other classes among its
    ``n_neighbors`` nearest rows; they lie between it and its neighbours in the class.
    Because these numbers are rounded, a class may get a few rows more or less than asked
    for.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream serves all classes.
    n_neighbors : int or object, default=5
        How many nearest rows of any class tell how many rows are made, and how many nearest
        neighbours in the class there are to choose from. An object is cloned and fitted, as
        for :class:`SMOTE`.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`BorderlineSMOTE`.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        What becomes of a class with fewer than ``n_neighbors + 1`` rows; as for
        :class:`SMOTE`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows that were asked for, by class.
    nn_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(n_neighbors + 1)``, fitted on the
        class that came last; made when asked for.
    nn_k_ : estimator
        The same as ``nn_``.
    provenance_ : Provenance
        Base row, neighbour row and step of each new row, recomputed when asked for.
    search_ : str or None
        How neighbours were found: "exact", "approximate", "estimator", or None.
    recall_ : float or None
        Where the search was approximate, the lowest share of true neighbours that it found.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If a class misses the number of rows asked for by more than 10%.

    Raises
    ------
    ValueError
        If a class is smaller than ``n_neighbors + 1`` rows, or no row of it gets any, or X is
        not finite and numeric.
    RuntimeError
        If no row of a class has a neighbour of another class.

    References
    ----------
    H. He, Y. Bai, E. A. Garcia, S. Li, "ADASYN: Adaptive Synthetic Sampling Approach for
    Imbalanced Learning", IEEE International Joint Conference on Neural Networks, 2008.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import ADASYN
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = ADASYN(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 900)]
    """

    _needs = Needs(
        reads="neighbors",
        exact_counts=False,
        neighbors_parameter="n_neighbors",
        searches_all=("n_neighbors",),
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "n_neighbors": NEIGHBOR_COUNT,
        **SEARCH,
        **SMALL_CLASS,
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: Any = 5,
        search: str = "auto",
        small_class: str = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for too few rows, in all classes or in one that gets samples."""
        k = neighbor_estimator("n_neighbors", self.n_neighbors)[1]
        check_n_rows("n_neighbors", k, sum(counts.values()))
        super().check_counts(counts, target_counts)

    def _recipes(
        self, rows: CrossClassRows, n_to_generate: Counts, call: Call
    ) -> list[Interpolate]:
        random_state = check_random_state(self.random_state)
        queries = {label: rows.positions(label) for label, _ in positive(n_to_generate)}
        found = call.search.by_class(rows, queries, call.k, call.estimator_for(call.k))
        recipes = []
        for label, n_new in positive(n_to_generate):
            n_others = other_class_counts(found[label].indices, queries[label])
            allotted = self._allotted(label, n_new, n_others / call.k, call)
            _report_rounding(call, label, len(allotted), n_new, int(allotted.sum()))
            recipes.append(_allotted_recipe(rows, label, allotted, random_state, call))
        return recipes

    def _allotted(self, label: Any, n_new: int, shares: np.ndarray, call: Call) -> np.ndarray:
        """Return the number of samples to generate from each row of a class.

        ``shares`` are the shares of other classes among the neighbors of each row.
        """
        if not np.sum(shares):
            raise RuntimeError(
                "Not any neigbours belong to the majority class. This case will induce a NaN "
                "case with a division by zero. ADASYN is not suited for this specific dataset. "
                f"Use SMOTE instead. (No row of class {label!r} has one of another class among "
                f"its n_neighbors={call.k} nearest.)"
            )
        shares = shares / np.sum(shares)
        allotted: np.ndarray = np.rint(shares * n_new).astype(int)
        if not allotted.any():
            raise ValueError(
                "No samples will be generated with the provided ratio settings. "
                f"({n_new} rows over {np.count_nonzero(shares)} rows of class {label!r}: each "
                "share rounds to 0. Ask for more rows, or use SMOTE.)"
            )
        return allotted

    @property
    def nn_(self) -> Any:
        """The neighbor estimator, fitted on the last class that got samples."""
        self._check_fitted("nn_", "_last_recipe")
        return self.nn_k_


def _allotted_recipe(
    rows: ClassRows,
    label: Any,
    allotted: np.ndarray,
    random_state: np.random.RandomState,
    call: Call,
) -> Interpolate:
    matrix, positions = rows.matrix(label), rows.positions(label)
    k = call.class_k(label, matrix.shape[0])
    draws = AllottedDraws(random_state, allotted, k)
    neighbors = drawn_neighbors(draws, k, matrix.shape[0], call.search_class(matrix))
    origins = Origins(label, positions, positions, neighbors, draws)
    return Interpolate.between(origins, matrix, matrix)


def _report_rounding(call: Call, label: Any, n_rows: int, n_new: int, n_rounded: int) -> None:
    if abs(n_rounded - n_new) > _MISSED * n_new:
        call.messages.append(
            f"Class {label!r} gets {n_rounded} synthetic samples instead of {n_new}: the "
            f"number for each of its {n_rows} rows is rounded."
        )
