"""BorderlineSMOTE: SMOTE from the rows of a class near other classes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.utils import check_random_state

from smotefast._row_files import RowFile
from smotefast._typing import Label, Matrix, Rows
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import StrOptions
from smotefast.engine.recipes import NumberRecipe
from smotefast.engine.rows import CrossClassRows
from smotefast.engine.user_estimators import check_n_rows, neighbor_estimator
from smotefast.over_sampling._shorter_steps import (
    InterpolateShortened,
    OtherClassFactors,
    ShortenedOrigins,
)
from smotefast.over_sampling.border import (
    BorderSampler,
    are_other_class,
    is_in_danger,
    other_class_counts,
)
from smotefast.over_sampling.call import Call, drawn_rows, neighbors_of_all, selected_rows
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass


class BorderlineSMOTE(BorderSampler):
    """Over-sample by interpolation from the borderline rows of a class.

    A row is in danger if at least half of its ``m_neighbors`` nearest rows, but not all, are of
    other classes; if all are, it is noise. Samples lie between a row in danger and one of its
    neighbors.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class, as in imbalanced-learn.
    k_neighbors : int or object, default=5
        Number of nearest neighbors to choose from; as for :class:`SMOTE`.
    m_neighbors : int or object, default=10
        Number of nearest rows of any class that decide whether a row is in danger. An object is
        cloned and fitted on all rows.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Whether neighbors are rows of the class, or rows of any class. Samples towards another
        class stay in the half next to the base row.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE`. Among all rows "auto" is exact for up to
        40,000 rows of the classes to over-sample.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Requested number of samples to generate, by class.
    in_danger_indices : dict
        Positions in X of the rows in danger, by class; a class without any is absent.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the last class that got samples, or on all rows for "borderline-2".
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
        If a class has no row in danger, so that it gets no samples.

    Raises
    ------
    ValueError
        If X has no more than ``m_neighbors`` rows, or a class has fewer than ``k_neighbors +
        1`` rows, or X is not finite and numeric.

    See Also
    --------
    SVMSMOTE : From the support vectors of a class.
    ADASYN : From all rows, with more samples where other classes are near.

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

    _needs = BorderSampler._needs._replace(
        reads="neighbors", exact_counts=False, searches_all=("m_neighbors",), takes_files=True
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BorderSampler._parameter_constraints,
        "kind": [StrOptions({"borderline-1", "borderline-2"})],
    }

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        m_neighbors: NeighborCount = 10,
        kind: Literal["borderline-1", "borderline-2"] = "borderline-1",
        search: Search = "auto",
        small_class: SmallClass = "error",
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
    ) -> list[NumberRecipe]:
        self._m_estimator, m = neighbor_estimator("m_neighbors", self.m_neighbors)
        self.in_danger_indices: dict[Any, np.ndarray] = {}
        queries = {label: rows.positions(label) for label in n_to_generate}
        self._check_small_classes(rows, queries, m, call)
        by_class = call.search.by_class(rows, queries, m, self._m_estimator)
        recipes: list[NumberRecipe] = []
        for label, n_new in n_to_generate.items():
            positions, neighbors = queries[label], by_class[label].indices
            n_others = other_class_counts(neighbors, positions, rows.n_samples)
            danger = np.flatnonzero(is_in_danger(n_others, m))
            if not len(danger):
                call.messages.append(_no_danger_message(label, len(positions), n_new, m))
                continue
            self.in_danger_indices[label] = positions[danger]
            if self.kind == "borderline-1":
                recipes.append(call.interpolation(rows, label, n_new, base_rows=danger))
            else:
                first = selected_rows(neighbors, danger, min(call.k, m))
                recipes.append(self._towards_all(rows, label, n_new, danger, first, call))
        return recipes

    def _check_small_classes(
        self, rows: CrossClassRows, queries: dict[Label, np.ndarray], m: int, call: Call
    ) -> None:
        """Search small classes before the others, which may take long."""
        small = {label: queries[label] for label in queries if len(queries[label]) <= call.k}
        if self.kind != "borderline-1" or not small:
            return
        by_class = call.search.by_class(rows, small, m, self._m_estimator)
        for label, positions in small.items():
            n_others = other_class_counts(by_class[label].indices, positions, rows.n_samples)
            if is_in_danger(n_others, m).any():
                self.check_class_size(label, len(positions), call.k)

    def _towards_all(
        self,
        rows: CrossClassRows,
        label: Label,
        n_new: int,
        base_rows: np.ndarray,
        neighbors: Rows,
        call: Call,
    ) -> InterpolateShortened:
        """Interpolate from rows in danger towards their neighbors of any class.

        ``base_rows`` are their indices in the class, and ``neighbors`` the k nearest rows of
        each, or fewer if m is less than k.
        """
        k, danger = call.k, self.in_danger_indices[label]
        draws = call.draws(n_new, len(danger) * k)
        positions, in_file = rows.positions(label), isinstance(neighbors, RowFile)
        has_estimator = call.estimator is not None or self._m_estimator is not None
        if has_estimator or k > neighbors.shape[1]:
            neighbors = self._nearest_of_any_class(rows, label, draws, call)
        are_others = are_other_class(neighbors, positions, rows.n_samples)
        factors = OtherClassFactors(
            check_random_state(self.random_state),
            draws,
            are_others.reshape(-1),
            advance=call.generator_continues,
        )
        pool, pool_positions, indices = rows.pool_of(neighbors)
        origins = ShortenedOrigins(
            label,
            danger,
            pool_positions,
            indices,
            draws,
            base_indices=base_rows if in_file else None,
            factors=factors,
        )
        return InterpolateShortened.between(origins, rows.rows_at(danger), pool)

    def _nearest_of_any_class(
        self, rows: CrossClassRows, label: Label, draws: Draws, call: Call
    ) -> np.ndarray:
        """Return the k nearest rows of each row in danger; zeros if it is not drawn."""
        k, danger = call.k, self.in_danger_indices[label]
        drawn = drawn_rows(draws, len(danger), k)
        queries = {label: danger if drawn is None else danger[drawn]}
        found = call.search.by_class(rows, queries, k, call.estimator)[label].indices
        return neighbors_of_all(found[:], drawn, len(danger))

    def _last_pool(self) -> Matrix:
        return self._last_matrix() if self.kind == "borderline-2" else super()._last_pool()


def _no_danger_message(label: Label, n_rows: int, n_new: int, m: int) -> str:
    return (
        f"BorderlineSMOTE generated no samples for class {label!r}, which stays at {n_rows} "
        f"rows instead of {n_rows + n_new}: none of its rows is in danger, with at least half "
        f"but not all of its m_neighbors={m} nearest rows in other classes."
    )
