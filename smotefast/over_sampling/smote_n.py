"""SMOTEN: SMOTE for rows of categories only."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from smotefast.engine.class_counts import Counts
from smotefast.engine.majority_vote import elected
from smotefast.engine.mixed_recipes import Modal, shares_of
from smotefast.engine.param_constraints import ENCODER
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import CategoryRows, MatrixRows
from smotefast.engine.user_estimators import fitted_neighbors
from smotefast.neighbors import Neighbors, find_alike
from smotefast.neighbors.load_kernels import load_value_differences
from smotefast.over_sampling._categorical import CategoricalSampler
from smotefast.over_sampling.base import NeighborSampler, positive
from smotefast.over_sampling.call import Call
from smotefast.over_sampling.smote import SMOTE
from smotefast.tables import Table, TableSchema

# Rows of a class up to which nn_k_ is fitted: on their distances, here 32 MiB of them.
_MOST_DISTANCES = 2048


class SMOTEN(CategoricalSampler, SMOTE):
    """Over-sample rows of categories.

    A new row gets in each column what most of a drawn row and its nearest neighbours in the
    class have; of several the first in their order. Neighbours are near by the value
    difference metric: two categories are alike if they go with the same classes.

    With exact neighbours and an int or RandomState as ``random_state``, the rows are those
    of imbalanced-learn 0.14 for the same seed where no distances tie.

    Parameters
    ----------
    categorical_encoder : estimator, default=None
        An ordinal encoder whose ``categories_`` give the order of the categories. None
        sorts them.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int is used anew for each class, as imbalanced-learn does.
    k_neighbors : int or object, default=5
        How many nearest neighbours vote beside the row itself. Of an object only
        ``n_neighbors`` is used, one more than that: the metric is this sampler's own.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`SMOTE`. NN-descent runs on the class shares
        of the categories, and what it proposes is ranked by the true distance.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        What becomes of a class with fewer than ``k_neighbors + 1`` rows; as for
        :class:`SMOTE`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to create, by class.
    categorical_encoder_ : estimator
        An ordinal encoder fitted on the categories.
    nn_k_ : estimator
        An estimator with ``n_neighbors`` and ``metric="precomputed"``, fitted on the distances
        within the class that came last; made when asked for. Not fitted if the class has more
        than 2,048 rows, as the distances are a matrix of n x n.
    provenance_ : Provenance
        The drawn row of each new row, recomputed when asked for.
    search_ : str or None
        How neighbours were found: "exact", "approximate", or None.
    recall_ : float or None
        Where the search was approximate, the lowest share of true neighbours that it found.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a class has fewer than ``k_neighbors + 1`` rows.

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

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ENCODER,
        **NeighborSampler._parameter_constraints,
    }

    def __init__(
        self,
        categorical_encoder: Any = None,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        search: str = "auto",
        small_class: str = "error",
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

    def load_kernels(self, dtype: Any, n_features: int, n_codes: int, n_threads: int) -> None:
        """Run the kernels for majority votes and the value difference metric."""
        super().load_kernels(dtype, n_features, n_codes, n_threads)
        load_value_differences(n_threads=n_threads)

    def _checked_matrix(self, table: Table) -> np.ndarray:
        self.choose_columns(table)
        return self._encoded(table)

    def _recipes(self, rows: CategoryRows, n_to_generate: Counts, call: Call) -> list[Modal]:
        shares = shares_of(rows.category_counts())
        self._last_codes: tuple[np.ndarray, list[np.ndarray]] | None = None
        positive_counts = positive(n_to_generate)
        return [self._modal(rows, label, n, shares, call) for label, n in positive_counts]

    def _modal(
        self,
        rows: CategoryRows,
        label: Any,
        n_new: int,
        shares: list[np.ndarray],
        call: Call,
    ) -> Modal:
        codes, positions = rows.matrix(label), rows.positions(label)
        k = call.class_k(label, len(codes))
        if isinstance(rows, MatrixRows) and len(codes) <= _MOST_DISTANCES:
            self._last_codes = codes, shares
        draws = call.draws(n_new, len(codes), then=None)
        used = np.arange(len(codes))
        if n_new <= 2 * len(codes):
            used = np.unique(draws.choices(0, n_new))
        voters = _with_neighbors(codes, shares, k, used, call)
        modes = np.empty_like(codes)
        elected_codes = np.empty((len(used), codes.shape[1]), dtype=np.int32)
        every = np.arange(len(used))
        n_threads = call.search.n_threads
        elected(codes, voters, every, None, elected_codes, n_threads=n_threads)
        modes[used] = elected_codes
        return Modal(Origins(label, positions, positions, None, draws), modes)

    def _fitted_in_class(self) -> Any:
        estimator = self._estimator
        if estimator is None:
            estimator = fitted_neighbors(int(self.k_neighbors) + 1, None)
        if self._last_codes is None or "metric" not in estimator.get_params():
            return estimator
        distances = value_differences(*self._last_codes)
        return estimator.set_params(metric="precomputed").fit(distances)

    def _new_encoder(self) -> Any:
        from sklearn.preprocessing import OrdinalEncoder

        return OrdinalEncoder(dtype=np.int32)


def _with_neighbors(
    codes: np.ndarray, shares: list[np.ndarray], k: int, rows: np.ndarray, call: Call
) -> np.ndarray:
    """Return a subset of the rows of a class, each followed by its neighbors."""
    found = Neighbors(np.zeros((len(rows), 1), dtype=np.int32), "exact")
    if len(codes) > 1:
        found = find_alike(
            codes,
            shares,
            k,
            queries=rows,
            search=call.search.search,
            n_threads=call.search.n_threads,
        )
    call.search.record(found)
    return np.column_stack([rows.astype(found.indices.dtype), found.indices])


def value_differences(codes: np.ndarray, shares: list[np.ndarray]) -> np.ndarray:
    """Return the distance of each row to each by the value difference metric."""
    out = np.zeros((len(codes), len(codes)))
    for column, of in zip(codes.T, shares, strict=True):
        own = of[column].T  # by class, of each row
        out += sum(np.abs(one[:, np.newaxis] - one) for one in own) ** 2
    return out
