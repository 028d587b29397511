"""Geometric SMOTE: samples in a truncated and deformed ball around a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from smotefast._typing import Label, Matrix
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import Interval, StrOptions
from smotefast.engine.recipes import NumberRecipe, Origins, dense_rows
from smotefast.engine.rows import AllRows
from smotefast.neighbors import find_neighbors_in_pool
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.call import Call


class GeometricSMOTE(NeighborSampler):
    """Over-sample inside a ball around a row, whose radius is the distance to a neighbor.

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
        Number of nearest neighbors to choose from; as for :class:`SMOTE`.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE`.
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
        ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use on the pool of the last
        class that got samples.
    provenance_ : Provenance
        Base row and neighbor of each synthetic sample; the step is NaN.
    search_ : str or None
        How neighbors were found: "exact", "approximate", "estimator", or None if no class got
        samples.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
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
    SMOTE", Information Sciences 501, 2019.
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
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        truncation_factor: float = 1.0,
        deformation_factor: float = 0.0,
        selection_strategy: str = "combined",
        k_neighbors: Any = 5,
        search: str = "auto",
        small_class: str = "error",
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
        return self._needs._replace(reads="everything")

    def _recipes(self, rows: AllRows, n_to_generate: Counts, call: Call) -> list[BallRecipe]:
        return [self._recipe(rows, label, n, call) for label, n in n_to_generate.items()]

    def _recipe(self, rows: AllRows, label: Label, n_new: int, call: Call) -> BallRecipe:
        matrix, positions = rows.matrix(label), rows.positions(label)
        drawn = ("normal", matrix.shape[1]), "uniform"
        origins = call.origins(label, matrix, positions, n_new, then=drawn, step_size=None)
        pool = matrix
        if self.selection_strategy != "minority":
            pool = rows.all_rows()[0]
            origins = self._towards_other_classes(origins, rows, label, matrix, call)
        return BallRecipe.between(
            origins,
            matrix,
            pool,
            truncation_factor=self.truncation_factor,
            deformation_factor=self.deformation_factor,
        )

    def _towards_other_classes(
        self, origins: Origins, rows: AllRows, label: Label, matrix: Matrix, call: Call
    ) -> Origins:
        """Replace neighbors by the nearest row of another class: all, or those farther away."""
        other_positions = np.flatnonzero(rows.all_rows()[1] != label)
        others, n_threads = rows.rows_at(other_positions), call.search.n_threads
        nearest = find_neighbors_in_pool(others, 1, queries=matrix, n_threads=n_threads)
        neighbors = origins.pool_positions[origins.neighbors]
        is_replaced = np.ones(neighbors.shape, dtype=bool)
        if self.selection_strategy == "combined":
            for j, column in enumerate(origins.neighbors.T):
                difference = dense_rows(matrix[column]) - dense_rows(matrix)
                is_replaced[:, j] = np.linalg.norm(difference, axis=1) > nearest.distances[:, 0]
        neighbors = np.where(is_replaced, other_positions[nearest.indices], neighbors)
        return replace(origins, neighbors=neighbors, pool_positions=np.arange(rows.n_samples))


@dataclass(frozen=True)
class BallRecipe(NumberRecipe):
    """Samples in a ball around a base row, whose radius is the distance to the neighbor."""

    truncation_factor: float
    deformation_factor: float

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return samples for pairs of rows; values are normals (n, n_features) and uniforms."""
        normals, uniforms = values
        base, neighbor = self.pairs(choices)
        direction = neighbor - base
        radius = np.linalg.norm(direction, axis=1, keepdims=True)
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
        return base + radius * (along * direction + (1 - self.deformation_factor) * across)
