"""ADASYN: more samples from rows that have neighbors of other classes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import NEIGHBOR_COUNT, OVER_SAMPLER, SEARCH, SMALL_CLASS
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import ClassRows, CrossClassRows
from smotefast.engine.user_estimators import check_n_rows, neighbor_estimator
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.border import other_class_counts
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass

# Rounding changes the number of samples of a class of a thousand rows by 2 to 10%; the warning
# is about more than that.
_ROUNDING = 0.1


class ADASYN(NeighborSampler):
    """Over-sample by interpolation, with more samples where other classes are near.

    Each row of a class generates samples in proportion to the share of other classes among its
    ``n_neighbors`` nearest rows. The samples lie between the row and its nearest neighbors in
    the class. The number for each row is rounded, so a class may get a few samples more or
    fewer than requested.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. All classes draw from one generator.
    n_neighbors : int or object, default=5
        Number of nearest rows of any class that decide how many samples a row generates, and
        number of nearest neighbors in the class to choose from. An object is cloned and fitted,
        as for :class:`SMOTE`.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`BorderlineSMOTE`.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``n_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Requested number of samples to generate, by class.
    nn_ : estimator
        The user's estimator or ``NearestNeighbors(n_neighbors + 1)``, fitted at its first use
        on the last class that got samples.
    nn_k_ : estimator
        The same as ``nn_``.
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
        If the number of samples of a class differs from the requested one by more than 10%.

    Raises
    ------
    ValueError
        If a class has fewer than ``n_neighbors + 1`` rows, or no row of it generates a sample,
        or X is not finite and numeric.
    RuntimeError
        If no row of a class has a neighbor of another class.

    See Also
    --------
    SMOTE : The same number of samples from each row on average.
    BorderlineSMOTE : Only from rows near the class border.

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
        takes_files=True,
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
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        n_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
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
        queries = {label: rows.positions(label) for label in n_to_generate}
        neighbors = call.search.by_class(rows, queries, call.k, call.estimator_for(call.k))
        recipes = []
        for label, n_new in n_to_generate.items():
            found = neighbors.pop(label)  # of a file, its space is free before the next search
            n_others = other_class_counts(found.indices, queries[label], rows.n_samples)
            n_per_row = self._samples_per_row(label, n_new, n_others / call.k, call.k)
            del found, n_others
            _report_rounding(call, label, len(n_per_row), n_new, int(n_per_row.sum()))
            recipes.append(_recipe(rows, label, n_per_row, random_state, call))
        return recipes

    def _samples_per_row(
        self, label: Label, n_new: int, shares: np.ndarray, k: int
    ) -> np.ndarray:
        """Return the number of samples to generate from each row of a class.

        ``shares`` are the shares of other classes among the k neighbors of each row.
        """
        if not np.sum(shares):
            raise RuntimeError(
                "Not any neigbours belong to the majority class. This case will induce a NaN "
                "case with a division by zero. ADASYN is not suited for this specific dataset. "
                f"Use SMOTE instead. (No row of class {label!r} has a row of another class "
                f"among its n_neighbors={k} nearest rows.)"
            )
        shares /= np.sum(shares)
        n_per_row: np.ndarray = np.rint(shares * n_new).astype(int)
        if not n_per_row.any():
            raise ValueError(
                "No samples will be generated with the provided ratio settings. "
                f"({n_new} samples over {np.count_nonzero(shares)} rows of class {label!r}: "
                "each share rounds to 0. Request more samples, or use SMOTE.)"
            )
        return n_per_row

    @property
    def nn_(self) -> Any:
        """The neighbor estimator, fitted on the last class that got samples."""
        self._check_fitted("nn_", "_last_recipe")
        return self.nn_k_


class DrawsPerRow(Draws):
    """Draws of a given number of samples from each base row, one base row after another.

    Only the neighbor and the step of a sample are drawn.

    Parameters
    ----------
    random_state
        The generator; it ends where the draws of the class end.
    n_per_row
        Number of samples of each base row, shape (n_base,), integers.
    k
        Number of neighbors to choose from.
    """

    def __init__(
        self, random_state: np.random.RandomState, n_per_row: np.ndarray, k: int
    ) -> None:
        self._ends = np.cumsum(n_per_row, dtype=np.int64)
        self._k = k
        super().__init__(random_state, int(self._ends[-1]), k, advance=True)

    def choices(self, start: int, stop: int) -> np.ndarray:
        """Return ``base row * k + neighbor`` of the samples ``start..stop``."""
        return self._with_base_rows(start, super().choices(start, stop))

    def read(self, start: int, stop: int) -> tuple[np.ndarray, ...]:
        """Return choices and uniforms of the samples ``start..stop``."""
        neighbors, uniforms = super().read(start, stop)
        return self._with_base_rows(start, neighbors), uniforms

    def _with_base_rows(self, start: int, neighbors: np.ndarray) -> np.ndarray:
        samples = np.arange(start, start + len(neighbors))
        base_rows = np.searchsorted(self._ends, samples, side="right")
        return np.asarray(base_rows * self._k + neighbors)


def _recipe(
    rows: ClassRows,
    label: Label,
    n_per_row: np.ndarray,
    random_state: np.random.RandomState,
    call: Call,
) -> Interpolate:
    matrix, positions = rows.matrix(label), rows.positions(label)
    k = call.class_k(label, len(positions))
    draws = DrawsPerRow(random_state, n_per_row, k)
    neighbors = call.neighbors_of_drawn(matrix, k, draws)
    origins = Origins(label, positions, positions, neighbors, draws)
    return Interpolate.between(origins, matrix, matrix)


def _report_rounding(call: Call, label: Label, n_rows: int, n_new: int, n_rounded: int) -> None:
    if abs(n_rounded - n_new) > _ROUNDING * n_new:
        call.messages.append(
            f"Class {label!r} gets {n_rounded} synthetic samples instead of {n_new}: the "
            f"number for each of its {n_rows} rows is rounded."
        )
