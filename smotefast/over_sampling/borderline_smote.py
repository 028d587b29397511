"""BorderlineSMOTE: SMOTE from the rows that lie near other classes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import BORDER_KIND, NEIGHBOR_COUNT
from smotefast.engine.recipes import Interpolate, Origins
from smotefast.engine.rows import CrossClassRows
from smotefast.engine.user_estimators import (
    check_n_rows,
    neighbor_estimator,
)
from smotefast.neighbors import Neighbors
from smotefast.over_sampling._draws import OtherClassFactors
from smotefast.over_sampling.base import NeighborSampler, positive
from smotefast.over_sampling.border import is_in_danger, other_class_counts
from smotefast.over_sampling.call import Call, drawn_neighbors


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

    _needs = NeighborSampler._needs._replace(
        reads="neighbors", exact_counts=False, searches_all=("m_neighbors",)
    )
    _keeps_data = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        "m_neighbors": NEIGHBOR_COUNT,
        "kind": BORDER_KIND,
    }

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

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        if self.kind == "borderline-1":
            return self._needs
        return self._needs._replace(searches_all=("m_neighbors", "k_neighbors"))

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for too few rows in all classes.

        A small class is an error only if one of its rows is in danger.
        """
        m = neighbor_estimator("m_neighbors", self.m_neighbors)[1]
        k = neighbor_estimator("k_neighbors", self.k_neighbors)[1]
        n_samples = sum(counts.values())
        check_n_rows("m_neighbors", m, n_samples)
        if self.kind == "borderline-2" and any(target_counts.values()):
            check_n_rows("k_neighbors", k, n_samples)

    def _recipes(
        self, rows: CrossClassRows, n_to_generate: Counts, call: Call
    ) -> list[Interpolate]:
        self._m_estimator, m = neighbor_estimator("m_neighbors", self.m_neighbors)
        self.in_danger_indices: dict[Any, np.ndarray] = {}
        queries = {label: rows.positions(label) for label, _ in positive(n_to_generate)}
        self._check_small_classes(rows, queries, m, call)
        found = call.search.by_class(rows, queries, m, self._m_estimator)
        recipes = []
        for label, n_new in positive(n_to_generate):
            positions, neighbors = queries[label], found[label].indices
            danger = np.flatnonzero(is_in_danger(other_class_counts(neighbors, positions), m))
            if not len(danger):
                call.messages.append(_no_danger_message(label, len(positions), n_new, m))
                continue
            self.in_danger_indices[label] = positions[danger]
            if self.kind == "borderline-1":
                recipes.append(call.interpolation(rows, label, n_new, base_rows=danger))
            else:
                known = neighbors[danger]
                recipes.append(
                    self._towards_all(rows, label, n_new, positions[danger], known, call)
                )
        return recipes

    def _check_small_classes(
        self, rows: CrossClassRows, queries: dict[Any, np.ndarray], m: int, call: Call
    ) -> None:
        """Search small classes before the others, which may take long."""
        small = {label: queries[label] for label in queries if len(queries[label]) <= call.k}
        if self.kind != "borderline-1" or not small:
            return
        found = call.search.by_class(rows, small, m, self._m_estimator)
        for label, positions in small.items():
            n_others = other_class_counts(found[label].indices, positions)
            if is_in_danger(n_others, m).any():
                self.check_class_size(label, len(positions), call.k)

    def _towards_all(
        self,
        rows: CrossClassRows,
        label: Any,
        n_new: int,
        danger: np.ndarray,
        m_neighbors: np.ndarray,
        call: Call,
    ) -> Interpolate:
        """Interpolate from rows in danger towards their neighbors of any class.

        The first k columns of ``m_neighbors`` are the k nearest neighbors.
        """
        k = call.k
        draws = call.draws(n_new, len(danger) * k)

        def search(subset: np.ndarray | None, k: int) -> Neighbors:
            queries = {label: danger if subset is None else danger[subset]}
            return call.search.by_class(rows, queries, k, call.estimator)[label]

        is_number = call.estimator is None and self._m_estimator is None
        if is_number and k <= m_neighbors.shape[1]:
            neighbors = m_neighbors[:, :k]
        else:
            neighbors = drawn_neighbors(draws, k, len(danger), search)
        pool_positions, indices = np.unique(neighbors, return_inverse=True)
        indices = indices.reshape(neighbors.shape).astype(neighbors.dtype)
        same_class = np.isin(pool_positions, rows.positions(label), assume_unique=True)
        factors = OtherClassFactors(
            check_random_state(self.random_state),
            draws,
            ~same_class[indices].reshape(-1),
            advance=call.generator_continues,
        )
        origins = Origins(label, danger, pool_positions, indices, draws, factors=factors)
        return Interpolate.between(origins, rows.rows_at(danger), rows.rows_at(pool_positions))

    def _last_pool(self) -> Any:
        return self._last_matrix() if self.kind == "borderline-2" else super()._last_pool()

    @property
    def nn_m_(self) -> Any:
        """The estimator for neighbors of any class, fitted on all rows."""
        self._check_fitted("nn_m_", "_last_recipe")
        given = self._m_estimator, self.m_neighbors
        return self._cached("nn_m_", lambda: self._fitted_in_all(*given))


def _no_danger_message(label: Any, n_rows: int, n_new: int, m: int) -> str:
    return (
        f"BorderlineSMOTE generated no samples for class {label!r}, which stays at {n_rows} "
        f"rows instead of {n_rows + n_new}: none of its rows is in danger, with at least half "
        f"but not all of its m_neighbors={m} nearest rows in other classes."
    )
