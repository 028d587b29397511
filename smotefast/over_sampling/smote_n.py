"""SMOTEN: SMOTE for rows of categories only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.majority_vote import majority_votes
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import CategoryRows, MatrixRows
from smotefast.engine.user_estimators import fitted_neighbors, number_of_neighbors
from smotefast.neighbors import (
    Neighbors,
    find_neighbors_by_value_difference,
    load_value_differences,
)
from smotefast.over_sampling._categorical import CategoricalSampler
from smotefast.over_sampling.call import Call
from smotefast.over_sampling.smote import SMOTE
from smotefast.tables import Table, TableSchema
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass

# nn_k_ is fitted on the distances of a class of up to this many rows, 32 MiB of them.
_MAX_ROWS = 2048


class SMOTEN(CategoricalSampler, SMOTE):
    """Over-sample rows of categories by majority vote.

    In each column a sample has the category that most of a drawn row and its nearest neighbors
    in the class have; of several the first in their order. The distance is the value difference
    metric: two categories are close if they occur with the same classes.

    With exact search and an int or RandomState as ``random_state``, the samples are those of
    imbalanced-learn 0.14 for the same seed on data without distance ties.

    Parameters
    ----------
    categorical_encoder : estimator, default=None
        An ordinal encoder whose ``categories_`` are the order of the categories. None sorts
        them.
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class, as in imbalanced-learn.
    k_neighbors : int or object, default=5
        Number of nearest neighbors that vote, besides the row itself. Of an object only
        ``n_neighbors`` is used, which is one more: this sampler has its own metric.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE`. An approximate search goes by the class
        shares of the categories; its candidates are sorted by the true distance.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    categorical_encoder_ : estimator
        An ordinal encoder, fitted on the categories.
    nn_k_ : estimator
        An estimator with ``n_neighbors`` and ``metric="precomputed"``, fitted at its first use
        on the distances within the last class that got samples. Not fitted if the class has
        more than 2,048 rows, as the distances are a matrix of n x n.
    provenance_ : Provenance
        The drawn row of each synthetic sample, computed at each access.
    search_ : str or None
        How neighbors were found: "exact", "approximate", or None if no class got samples.
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
        it.

    See Also
    --------
    SMOTENC : The same for rows of numbers and categories.

    References
    ----------
    N. V. Chawla, K. W. Bowyer, L. O. Hall, W. P. Kegelmeyer, "SMOTE: Synthetic Minority
    Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002.
    C. Stanfill, D. Waltz, "Toward memory-based reasoning", Communications of the ACM
    29(12), 1986.

    Examples
    --------
    >>> from smotefast.over_sampling import SMOTEN
    >>> X = [["a", "x"], ["a", "y"], ["b", "x"], ["c", "z"], ["c", "z"]]
    >>> X_new, y_new = SMOTEN(k_neighbors=1, random_state=0).fit_resample(X, [0, 0, 0, 1, 1])
    >>> X_new[-1], y_new
    (['c', 'z'], [0, 0, 0, 1, 1, 1])
    """

    def __init__(
        self,
        categorical_encoder: Any = None,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.categorical_encoder = categorical_encoder
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def choose_columns(self, columns: TableSchema) -> tuple[list[int], list[int]]:
        """Return the positions of the numeric columns (none) and of the categorical ones."""
        self._categorical, self._continuous = list(range(columns.n_features)), []
        return self._continuous, self._categorical

    def load_kernels(
        self, dtype: np.dtype[Any], n_features: int, n_codes: int, n_threads: int
    ) -> None:
        """Run the kernels for majority votes and the value difference metric."""
        super().load_kernels(dtype, n_features, n_codes, n_threads)
        load_value_differences(n_threads=n_threads)

    def _checked_matrix(self, table: Table) -> np.ndarray:
        self.choose_columns(table)
        return self._encoded(table)

    def _recipes(  # type: ignore[override]  # a SMOTE, as in imbalanced-learn, of other rows
        self, rows: CategoryRows, n_to_generate: Counts, call: Call
    ) -> list[MajorityVote]:
        shares = class_shares(rows.category_counts())
        self._last_codes: tuple[np.ndarray, list[np.ndarray]] | None = None
        return [self._recipe(rows, *item, shares, call) for item in n_to_generate.items()]

    def _recipe(
        self,
        rows: CategoryRows,
        label: Label,
        n_new: int,
        shares: list[np.ndarray],
        call: Call,
    ) -> MajorityVote:
        codes, positions = rows.matrix(label), rows.positions(label)
        k = call.class_k(label, len(codes))
        if isinstance(rows, MatrixRows) and len(codes) <= _MAX_ROWS:
            self._last_codes = codes, shares
        draws = call.draws(n_new, len(codes), then=())
        drawn = np.arange(len(codes))
        if n_new <= 2 * len(codes):
            drawn = np.unique(draws.choices(0, n_new))
        voters = _with_neighbors(codes, shares, k, drawn, call)
        winners = np.empty((len(drawn), codes.shape[1]), dtype=np.int32)
        n_threads = call.search.n_threads
        majority_votes(codes, voters, np.arange(len(drawn)), None, winners, n_threads=n_threads)
        modes = np.empty_like(codes)
        modes[drawn] = winners
        return MajorityVote(Origins(label, positions, positions, None, draws), modes)

    def _fitted_in_class(self) -> Any:
        estimator = self._estimator
        if estimator is None:
            estimator = fitted_neighbors(number_of_neighbors(self.k_neighbors) + 1, None)
        if self._last_codes is None or "metric" not in estimator.get_params():
            return estimator
        distances = value_differences(*self._last_codes)
        return estimator.set_params(metric="precomputed").fit(distances)

    def _new_encoder(self) -> Any:
        from sklearn.preprocessing import OrdinalEncoder

        return OrdinalEncoder(dtype=np.int32)


@dataclass(frozen=True)
class MajorityVote:
    """Samples of categories: in each column the category of most of a row and its neighbors.

    Attributes
    ----------
    origins
        Where the samples come from.
    modes
        The categories for each base row, shape (n_rows, n_columns), int32.
    """

    origins: Origins
    modes: np.ndarray

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the codes."""
        return np.dtype(self.modes.dtype)

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        np.take(self.modes, self.origins.draws.choices(start, stop), axis=0, out=out)


def class_shares(counts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the share of each class in each category.

    ``counts`` holds one array of shape (n_categories, n_classes) for each column.
    """
    return [column / np.maximum(column.sum(axis=1, keepdims=True), 1) for column in counts]


def value_differences(codes: np.ndarray, shares: list[np.ndarray]) -> np.ndarray:
    """Return the distances between all rows by the value difference metric."""
    out = np.zeros((len(codes), len(codes)))
    for column, column_shares in zip(codes.T, shares, strict=True):
        by_class = column_shares[column].T  # shares of a class in the category of each row
        out += sum(np.abs(share[:, np.newaxis] - share) for share in by_class) ** 2
    return out


def _with_neighbors(
    codes: np.ndarray, shares: list[np.ndarray], k: int, rows: np.ndarray, call: Call
) -> np.ndarray:
    """Return a subset of the rows of a class, each followed by its neighbors."""
    neighbors = Neighbors(np.zeros((len(rows), 1), dtype=np.int32), "exact")
    if len(codes) > 1:
        neighbors = find_neighbors_by_value_difference(
            codes,
            k,
            shares=shares,
            queries=rows,
            search=call.search.search,
            n_threads=call.search.n_threads,
        )
    call.search.record(neighbors)
    return np.column_stack([rows.astype(neighbors.indices.dtype), neighbors.indices])
