"""GeometricSMOTE: samples in a truncated and deformed ball around a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, ClassVar, Literal

import numpy as np

from smotefast._typing import Label, Matrix
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Values
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import Interval, StrOptions
from smotefast.engine.recipes import NumberRecipe, Origins
from smotefast.engine.rows import AllRows
from smotefast.neighbors import find_neighbors_in_pool, squared_distances_to
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass

# Values of rows of other classes that are copied and searched at a time, 128 MB of float64.
_VALUES_PER_SEARCH = 1 << 24
# Squares of smaller numbers lose digits to underflow.
_SMALLEST_LENGTH = 1e-150


class GeometricSMOTE(NeighborSampler):
    """Over-sample inside a ball around a row, whose radius is the distance to a neighbor.

    A sample is uniform in the ball. ``truncation_factor`` cuts a part of the ball off, and
    ``deformation_factor`` flattens it towards the line through the row and the neighbor.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class.
    truncation_factor : float in [-1, 1], default=1.0
        Part of the ball that is cut off: 1 keeps the half towards the neighbor, -1 the half
        away from it, 0 all of the ball.
    deformation_factor : float in [0, 1], default=0.0
        How flat the ball is: 1 shrinks it to the line through the row and the neighbor.
    selection_strategy : {"combined", "majority", "minority"}, default="combined"
        The neighbor: a drawn one of the ``k_neighbors`` nearest rows of the class ("minority"),
        the nearest row of another class ("majority"), or the nearer of the two.
    k_neighbors : int or object, default=5
        Number of nearest neighbors in the class to choose from; as for :class:`SMOTE`. Not used
        for "majority".
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors in the class; as for :class:`SMOTE`. The nearest row of another
        class is always found by exact search.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the last class that got samples.
    provenance_ : Provenance
        Base row and neighbor of each synthetic sample, computed at each access. The step is
        NaN, because samples do not lie between the two.
    search_ : str or None
        How neighbors in the class were found: "exact", "approximate", "estimator", or None if
        none were searched.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a class has fewer than ``k_neighbors + 1`` rows and ``small_class`` does not allow
        it, or X is not finite and numeric.

    See Also
    --------
    SMOTE : Samples on the line between a row and a neighbor.

    References
    ----------
    G. Douzas, F. Bacao, "Geometric SMOTE: a geometrically enhanced drop-in replacement for
    SMOTE", Information Sciences 501, 118-135, 2019.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import GeometricSMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = GeometricSMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        "truncation_factor": [Interval(Real, -1, 1, closed="both")],
        "deformation_factor": [Interval(Real, 0, 1, closed="both")],
        "selection_strategy": [StrOptions({"combined", "majority", "minority"})],
    }

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        truncation_factor: float = 1.0,
        deformation_factor: float = 0.0,
        selection_strategy: Literal["combined", "majority", "minority"] = "combined",
        k_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.truncation_factor = truncation_factor
        self.deformation_factor = deformation_factor
        self.selection_strategy = selection_strategy
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        if self.selection_strategy == "minority":
            return self._needs  # the rows of the classes that get samples
        alternative = "GeometricSMOTE with selection_strategy='minority'"
        return self._needs._replace(reads="everything", alternative=alternative)

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class that gets samples has too few rows to search in."""
        if self.selection_strategy != "majority":
            super().check_counts(counts, target_counts)

    def _recipes(self, rows: AllRows, n_to_generate: Counts, call: Call) -> list[BallRecipe]:
        return [self._recipe(rows, label, n, call) for label, n in n_to_generate.items()]

    def _recipe(self, rows: AllRows, label: Label, n_new: int, call: Call) -> BallRecipe:
        matrix, positions = rows.matrix(label), rows.positions(label)
        drawn: list[Values] = [("normal", matrix.shape[1]), "uniform"]
        if self.selection_strategy == "majority":
            draws = call.draws(n_new, len(positions), drawn)
            each = np.arange(len(positions))[:, np.newaxis]
            origins = Origins(label, positions, positions, each, draws, step_size=None)
        else:
            origins = call.origins(label, matrix, positions, n_new, then=drawn, step_size=None)
        pool = matrix
        if self.selection_strategy != "minority":
            origins, pool = self._towards_other_classes(origins, rows, label, matrix, call)
        return BallRecipe.between(
            origins,
            matrix,
            pool,
            truncation_factor=self.truncation_factor,
            deformation_factor=self.deformation_factor,
        )

    def _towards_other_classes(
        self, origins: Origins, rows: AllRows, label: Label, matrix: Matrix, call: Call
    ) -> tuple[Origins, Matrix]:
        """Replace neighbors by the nearest row of another class: all, or those farther away.

        Return the origins and the rows that are neighbors then.
        """
        assert isinstance(origins.neighbors, np.ndarray)
        nearest, distances = _nearest_of_other_classes(rows, label, matrix, call)
        neighbors = origins.pool_positions[origins.neighbors]
        is_replaced = np.ones(neighbors.shape, dtype=bool)
        if self.selection_strategy == "combined":
            squared = squared_distances_to(matrix, matrix, origins.neighbors)
            is_replaced = np.sqrt(squared) > distances[:, np.newaxis]
        neighbors = np.where(is_replaced, nearest[:, np.newaxis], neighbors)
        pool_positions, indices = np.unique(neighbors, return_inverse=True)
        indices = indices.reshape(neighbors.shape).astype(np.int32)
        origins = replace(origins, neighbors=indices, pool_positions=pool_positions)
        return origins, rows.rows_at(pool_positions)

    def _last_pool(self) -> Matrix:
        base: Matrix = self._last_recipe.base
        return base


@dataclass(frozen=True)
class BallRecipe(NumberRecipe):
    """Samples in a ball around a base row, whose radius is the distance to the neighbor."""

    truncation_factor: float
    deformation_factor: float

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return samples for pairs of rows; values are normals (n, n_features) and uniforms."""
        normals, uniforms = values
        base, neighbor = self.pairs(choices)
        direction = (neighbor - base).astype(np.float64)
        radius = _lengths(direction)
        direction = direction / np.where(radius > 0, radius, 1)
        # A point in the unit ball, and its part along the direction.
        point = normals / np.linalg.norm(normals, axis=1, keepdims=True)
        point *= uniforms[:, np.newaxis] ** (1 / base.shape[1])
        along = np.sum(point * direction, axis=1, keepdims=True)
        across = point - along * direction
        # A point in the part that is cut off is mirrored.
        factor = self.truncation_factor
        is_cut = along < factor - 1 if factor > 0 else along > factor + 1
        along = np.where(is_cut, -along, along)
        moved = along * direction + (1 - self.deformation_factor) * across
        return np.asarray(base + radius * moved)


def _lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the lengths of rows, shape (n_rows, 1), also where squares over- or underflow."""
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    is_lost = ~((lengths[:, 0] > _SMALLEST_LENGTH) & np.isfinite(lengths[:, 0]))
    if is_lost.any():
        largest = np.abs(vectors[is_lost]).max(axis=1, keepdims=True)
        scaled = vectors[is_lost] / np.where(largest > 0, largest, 1)
        lengths[is_lost] = largest * np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.asarray(lengths)


def _nearest_of_other_classes(
    rows: AllRows, label: Label, matrix: Matrix, call: Call
) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each row's nearest row of another class, and the distance."""
    others = np.flatnonzero(rows.all_rows()[1] != label)
    positions = np.full(matrix.shape[0], others[0])
    distances = np.full(matrix.shape[0], np.inf)
    step = max(1, _VALUES_PER_SEARCH // matrix.shape[1])
    for start in range(0, len(others), step):
        block = others[start : start + step]
        nearest = find_neighbors_in_pool(
            rows.rows_at(block),
            1,
            queries=matrix,
            n_threads=call.search.n_threads,
            allow_far=True,  # _lengths() measures what has no square
        )
        assert nearest.distances is not None
        found = nearest.distances[:, 0]
        is_nearer = found < distances
        positions[is_nearer] = block[nearest.indices[is_nearer, 0]]
        distances[is_nearer] = found[is_nearer]
    return positions, distances
