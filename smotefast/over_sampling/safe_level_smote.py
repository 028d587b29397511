"""SafeLevelSMOTE: SMOTE with samples near the row that has more rows of its class around it."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import CrossClassRows
from smotefast.engine.user_estimators import check_n_rows, neighbor_estimator
from smotefast.over_sampling.border import BorderSampler, other_class_counts
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass


class SafeLevelSMOTE(BorderSampler):
    """Over-sample by interpolation, nearer to the row with more rows of its class around it.

    The safe level of a row is the number of rows of its class among its ``m_neighbors`` nearest
    rows of any class. For a base row of level a and a neighbor of level b, the step from the
    base row towards the neighbor is uniform

    - in [0, b / a] if a >= b, so 0, a copy of the base row, if b is 0;
    - in [1 - a / b, 1] if a < b, so 1, a copy of the neighbor, if a is 0.

    Between two rows of level 0, which are noise, no samples are generated.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class.
    k_neighbors : int or object, default=5
        Number of nearest neighbors in the class to choose from; as for :class:`SMOTE`.
    m_neighbors : int or object, default=5
        Number of nearest rows of any class that give the safe level. An object is cloned and
        fitted on all rows.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`BorderlineSMOTE`.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Requested number of samples to generate, by class.
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
        If all rows of a class are noise, so that it gets no samples.

    Raises
    ------
    ValueError
        If X has no more than ``m_neighbors`` rows, or a class has fewer than ``k_neighbors +
        1`` rows and ``small_class`` does not allow it, or X is not finite and numeric.

    See Also
    --------
    BorderlineSMOTE : The opposite: samples near the class border.
    SMOTE : Steps that do not depend on other classes.

    Notes
    -----
    The pseudocode of the paper draws a step for each column, its text places samples on the
    line between the two rows. Here each sample has one step, as in the R package smotefamily
    of one of the authors. smote-variants draws a step for each column, and neighbors of any
    class.

    References
    ----------
    C. Bunkhumpornpat, K. Sinapiromsaran, C. Lursinsap, "Safe-Level-SMOTE: Safe-Level-Synthetic
    Minority Over-Sampling TEchnique for Handling the Class Imbalanced Problem", Pacific-Asia
    Conference on Knowledge Discovery and Data Mining, 475-482, 2009.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import SafeLevelSMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = SafeLevelSMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _needs = BorderSampler._needs._replace(
        reads="neighbors", exact_counts=False, searches_all=("m_neighbors",)
    )

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        m_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for too few rows, in all classes or in one that gets samples."""
        m = neighbor_estimator("m_neighbors", self.m_neighbors)[1]
        check_n_rows("m_neighbors", m, sum(counts.values()))
        super().check_counts(counts, target_counts)

    def _recipes(
        self, rows: CrossClassRows, n_to_generate: Counts, call: Call
    ) -> list[Interpolate]:
        self._m_estimator, m = neighbor_estimator("m_neighbors", self.m_neighbors)
        queries = {label: rows.positions(label) for label in n_to_generate}
        by_class = call.search.by_class(rows, queries, m, self._m_estimator)
        recipes = []
        for label, n_new in n_to_generate.items():
            n_others = other_class_counts(
                by_class[label].indices, queries[label], rows.n_samples
            )
            safe_levels = (m - n_others).astype(np.int32)
            recipe = self._recipe(rows, label, n_new, safe_levels, call)
            if recipe is None:
                call.messages.append(_only_noise_message(label, len(n_others), n_new, m))
            else:
                recipes.append(recipe)
        return recipes

    def _recipe(
        self,
        rows: CrossClassRows,
        label: Label,
        n_new: int,
        safe_levels: np.ndarray,
        call: Call,
    ) -> Interpolate | None:
        """Return the recipe of a class; None if all of its rows are noise."""
        matrix, positions = rows.matrix(label), rows.positions(label)
        if not safe_levels.any():
            return None
        k = call.class_k(label, len(positions))
        neighbors = call.find_neighbors(matrix, k, None).indices
        draws = SafeLevelDraws(
            check_random_state(self.random_state),
            n_new,
            neighbors,
            safe_levels,
            advance=call.generator_continues,
        )
        origins = Origins(label, positions, positions, neighbors, draws)
        return Interpolate.between(origins, matrix, matrix)


class SafeLevelDraws(Draws):
    """Draws of a base row, a neighbor and a step that depends on the safe levels of both.

    Of all pairs of a row and one of its neighbors that are not both of level 0, each has the
    same probability.

    Parameters
    ----------
    random_state
        The generator where this class begins. It may be moved.
    n
        Number of samples.
    neighbors, safe_levels
        Table of neighbors, shape (n_rows, k), and safe level of each row of the class; not all
        are 0.
    advance
        As for ``Draws``.
    """

    def __init__(
        self,
        random_state: np.random.RandomState,
        n: int,
        neighbors: np.ndarray,
        safe_levels: np.ndarray,
        *,
        advance: bool,
    ) -> None:
        self._neighbors, self._safe_levels = neighbors, safe_levels
        n_pairs = np.count_nonzero(self._is_usable(np.arange(len(neighbors))), axis=1)
        self._ends = np.cumsum(n_pairs, dtype=np.int64)
        super().__init__(random_state, n, int(self._ends[-1]), advance=advance)

    def choices(self, start: int, stop: int) -> np.ndarray:
        """Return ``base row * k + neighbor`` of the samples ``start..stop``."""
        return self._usable_pairs(super().choices(start, stop))

    def read(self, start: int, stop: int) -> tuple[np.ndarray, ...]:
        """Return choices and steps of the samples ``start..stop``."""
        drawn, uniforms = super().read(start, stop)
        choices = self._usable_pairs(drawn)
        base = self._safe_levels[choices // self._neighbors.shape[1]]
        neighbor = self._safe_levels[self._neighbors.reshape(-1)[choices]]
        return choices, safe_steps(base, neighbor, uniforms)

    def _is_usable(self, rows: np.ndarray) -> np.ndarray:
        """Return which neighbors of some rows may be drawn, shape (n, k)."""
        levels = self._safe_levels[rows, np.newaxis]
        return np.asarray((levels > 0) | (self._safe_levels[self._neighbors[rows]] > 0))

    def _usable_pairs(self, drawn: np.ndarray) -> np.ndarray:
        """Return ``base row * k + neighbor`` of usable pairs, which are numbered by row."""
        k = self._neighbors.shape[1]
        if self._ends[-1] == self._neighbors.size:
            return drawn
        base = np.searchsorted(self._ends, drawn, side="right")
        before = np.where(base > 0, self._ends[base - 1], 0)
        is_reached = np.cumsum(self._is_usable(base), axis=1) > (drawn - before)[:, np.newaxis]
        return np.asarray(base * k + np.argmax(is_reached, axis=1))


def safe_steps(base: np.ndarray, neighbor: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Return steps from base rows to neighbors of these safe levels, not both 0."""
    ratio = np.minimum(base, neighbor) / np.maximum(base, neighbor)
    lowest = np.where(base >= neighbor, 0, 1 - ratio)
    return np.asarray(lowest + uniforms * ratio)


def _only_noise_message(label: Label, n_rows: int, n_new: int, m: int) -> str:
    return (
        f"SafeLevelSMOTE generated no samples for class {label!r}, which stays at {n_rows} "
        f"rows instead of {n_rows + n_new}: no row of the class is among the m_neighbors={m} "
        "nearest rows of another one. Raise m_neighbors, or use SMOTE."
    )
