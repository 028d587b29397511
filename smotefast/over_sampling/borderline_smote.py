"""BorderlineSMOTE: SMOTE from the rows that lie near other classes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.draw_forms import ForeignFactors
from smotefast.engine.job import Job
from smotefast.engine.param_constraints import BORDER_KIND, NEIGHBOR_COUNT
from smotefast.engine.recipes import Interpolate, Origins
from smotefast.engine.rows import ClassRows
from smotefast.engine.sampling_strategy import Counts
from smotefast.engine.user_estimators import (
    neighbor_estimator,
    refuse_few_rows,
)
from smotefast.neighbors import Neighbors
from smotefast.over_sampling.base import (
    NeighborSampler,
    drawn_neighbors,
    wanted,
)
from smotefast.over_sampling.border import is_in_danger, other_class_counts


class BorderlineSMOTE(NeighborSampler):
    """Over-sample from the rows of a class that are in danger of being taken for another.

    A row is in danger if at least half of its ``m_neighbors`` nearest rows, but not all of
    them, are of other classes; if all are, it is taken for noise. New rows lie between a row
    in danger and one of its neighbours.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int is used anew for each class, as imbalanced-learn does.
    k_neighbors : int or object, default=5
        How many nearest neighbours of a row to choose from; as for :class:`SMOTE`.
    m_neighbors : int or object, default=10
        How many nearest rows of any class say whether a row is in danger. An object is
        cloned and fitted on all rows.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Whether neighbours are rows of the class, or rows of any class; towards another class
        new rows keep to the nearer half of the way.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`SMOTE`. Among all rows "auto" is exact for
        up to 40,000 rows of the classes that get new ones.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        What becomes of a class with fewer than ``k_neighbors + 1`` rows; as for
        :class:`SMOTE`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows that were asked for, by class.
    in_danger_indices : dict
        Positions in X of the rows in danger, by class; a class without any is left out.
    nn_k_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted on the
        class that came last, or on all rows for "borderline-2"; made when asked for.
    nn_m_ : estimator
        The same for ``m_neighbors``, fitted on all rows; X is kept for it, not copied.
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
        If a class has no row in danger: it stays as it was.

    Raises
    ------
    ValueError
        If there are no more than ``m_neighbors`` rows, or a class is smaller than
        ``k_neighbors + 1`` rows, or X is not finite and numeric.

    References
    ----------
    H. Han, W.-Y. Wang, B.-H. Mao, "Borderline-SMOTE: A New Over-Sampling Method in
    Imbalanced Data Sets Learning", International Conference on Intelligent Computing, 2005.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import BorderlineSMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = BorderlineSMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _reads = "neighbors"
    _keeps_data = True
    _makes_exactly = False
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        "m_neighbors": NEIGHBOR_COUNT,
        "kind": BORDER_KIND,
    }
    _made_by_resampling = (
        *NeighborSampler._made_by_resampling,
        "_m_estimator",
        "in_danger_indices",
    )

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        kind: str = "borderline-1",
        search: str = "auto",
        small_class: str = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.kind = kind
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def _refuse_by_counts(self, counts: Counts, quota: Counts) -> None:
        """Refuse too few rows; a small class may stand as long as no row of it is in danger."""
        m = neighbor_estimator("m_neighbors", self.m_neighbors)[1]
        k = neighbor_estimator("k_neighbors", self.k_neighbors)[1]
        n_samples = sum(counts.values())
        refuse_few_rows("m_neighbors", m, n_samples)
        if self.kind == "borderline-2" and any(quota.values()):
            refuse_few_rows("k_neighbors", k, n_samples)

    def _searches_all(self) -> list[Any]:
        is_first = self.kind == "borderline-1"
        return [self.m_neighbors] if is_first else [self.m_neighbors, self.k_neighbors]

    def _refuse_danger_in_small(
        self, rows: ClassRows, asked: dict[Any, np.ndarray], m: int
    ) -> None:
        """Look at classes that are too small before the others, which may take long."""
        small = {label: own for label, own in asked.items() if len(own) <= self._k}
        if self.kind != "borderline-1" or not small:
            return
        found = self._searches.nearest(rows, small, m, self._m_estimator)
        for label, own in small.items():
            if is_in_danger(other_class_counts(found[label].indices, own), m).any():
                self._refuse_small(label, len(own), self._k)

    def _prepare(self, rows: ClassRows, quota: Counts) -> Job:
        self._begin()
        self._m_estimator, m = neighbor_estimator("m_neighbors", self.m_neighbors)
        self.in_danger_indices: dict[Any, np.ndarray] = {}
        asked = {label: rows.positions(label) for label, _ in wanted(quota)}
        self._refuse_danger_in_small(rows, asked, m)
        found = self._searches.nearest(rows, asked, m, self._m_estimator)
        recipes = []
        for label, n_new in wanted(quota):
            positions, nearest = asked[label], found[label].indices
            danger = is_in_danger(other_class_counts(nearest, positions), m)
            chosen = np.flatnonzero(danger)
            if not len(chosen):
                self._notes.append(
                    f"Class {label!r} has no rows in danger and stays at {len(positions)} rows "
                    f"instead of {len(positions) + n_new}: none has other classes for at least "
                    f"half, but not all, of its m_neighbors={m} nearest rows."
                )
                continue
            self.in_danger_indices[label] = positions[chosen]
            if self.kind == "borderline-1":
                recipes.append(self._interpolation(rows, label, n_new, chosen=chosen))
            else:
                near = nearest[chosen]
                recipes.append(self._towards_any(rows, label, n_new, positions[chosen], near))
        return self._job(recipes)

    def _towards_any(
        self, rows: ClassRows, label: Any, n_new: int, danger: np.ndarray, near: np.ndarray
    ) -> Interpolate:
        """Declare rows between rows in danger and their neighbours of any class.

        ``near`` are the m nearest of each, which begin with the k nearest.
        """
        k = self._k
        draws = self._draws(n_new, len(danger) * k)

        def search(some: np.ndarray | None, k: int) -> Neighbors:
            asked = {label: danger if some is None else danger[some]}
            return self._searches.nearest(rows, asked, k, self._estimator)[label]

        is_known = k <= near.shape[1] and self._estimator is None and self._m_estimator is None
        neighbors = near[:, :k] if is_known else drawn_neighbors(draws, k, len(danger), search)
        pool_positions, places = np.unique(neighbors, return_inverse=True)
        places = places.reshape(neighbors.shape).astype(neighbors.dtype)
        own = np.isin(pool_positions, rows.positions(label), assume_unique=True)
        factors = ForeignFactors(
            check_random_state(self.random_state),
            draws,
            ~own[places].reshape(-1),
            advance=self._seed_goes_on,
        )
        origins = Origins(label, danger, pool_positions, places, draws, factors=factors)
        base, pool = rows.matrix_at(danger), rows.matrix_at(pool_positions)
        return Interpolate.between(origins, base, pool)

    def _last_rows(self) -> Any:
        return self._rows_given() if self.kind == "borderline-2" else super()._last_rows()

    @property
    def nn_m_(self) -> Any:
        """The estimator that looks for rows of any class, fitted on all rows."""
        self._refuse_early("nn_m_", "_last")
        how = self._m_estimator, self.m_neighbors
        return self._once("nn_m_", lambda: self._fitted_in_all(*how))
