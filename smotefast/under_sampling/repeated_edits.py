"""RepeatedEditedNearestNeighbours and AllKNN: edited nearest neighbors, repeated."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import TIMES, YES_NO
from smotefast.engine.rows import MatrixRows
from smotefast.engine.user_estimators import (
    check_n_rows,
    fitted_neighbors,
    neighbor_estimator,
)
from smotefast.neighbors import fit_estimator
from smotefast.typing import CleaningStrategy, NeighborCount, Search
from smotefast.under_sampling._editing import RepeatedEditing, majority_became_minority
from smotefast.under_sampling.edited_nearest_neighbours import (
    EditedNearestNeighbours,
    EditingSampler,
)


class _RepeatedEdits(EditingSampler):
    """Base of both samplers: all passes use one k-nearest-neighbor graph."""

    _needs = EditingSampler._needs._replace(
        why_everything=f"{EditingSampler._needs.why_everything}, several times"
    )

    _last_k: Any  # n_neighbors of the last pass
    _last_pass: tuple[np.ndarray, np.ndarray]

    def _resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        resampled = super()._resample(X, y)
        self._last_data = self._last_data._replace(positions=self._last_pass[0])
        return resampled

    @property
    def enn_(self) -> EditedNearestNeighbours:
        """The sampler of the last pass, fitted on the rows of that pass."""
        self._check_fitted("enn_", "_last_data")
        editor: EditedNearestNeighbours = self._cached("enn_", self._last_editor)
        return editor

    def _last_editor(self) -> EditedNearestNeighbours:
        editor = EditedNearestNeighbours(
            sampling_strategy=self.sampling_strategy,
            n_neighbors=self._last_k,
            kind_sel=self.kind_sel,
            search=self.search,
            n_jobs=self.n_jobs,
        )
        editor.set_fitted(self, self._last_data, self._last_pass[1])
        return editor


class RepeatedEditedNearestNeighbours(_RepeatedEdits):
    """Repeat :class:`EditedNearestNeighbours` until no row is removed.

    It stops early when a class becomes smaller than the smallest class was, or empty. Each row
    is searched once; the next neighbors replace the removed ones.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        Number of nearest neighbors, of any class; as for :class:`EditedNearestNeighbours`.
        An object is fitted again in each pass.
    max_iter : int, default=100
        Maximum number of passes.
    kind_sel : {"all", "mode"}, default="all"
        Whether all neighbors must have the class of a row, or most of them.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbors are searched; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows in the first pass; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, each ascending.
    n_iter_ : int
        Number of passes, including the last one, which may have removed nothing.
    nn_ : estimator
        The neighbor estimator, fitted on the rows of the last pass when it is read. The
        sampler keeps a reference to X for it.
    enn_ : sampler
        The sampler of the last pass, fitted on its rows when it is read.
    search_ : str or None
        How neighbors were searched; as for :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`; the lowest of all passes.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If no more than ``n_neighbors`` rows remain, or X is not finite and numeric.

    References
    ----------
    I. Tomek, "An Experiment with the Edited Nearest-Neighbor Rule", IEEE Transactions on
    Systems, Man, and Cybernetics 6(6), 1976.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import RepeatedEditedNearestNeighbours
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = RepeatedEditedNearestNeighbours().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 856), (1, 99)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **_RepeatedEdits._parameter_constraints,
        **TIMES,
    }

    def __init__(
        self,
        *,
        sampling_strategy: CleaningStrategy = "auto",
        n_neighbors: NeighborCount = 3,
        max_iter: int = 100,
        kind_sel: Literal["all", "mode"] = "all",
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.max_iter = max_iter
        self.kind_sel = kind_sel
        self.search = search
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class, or the data, have too few rows."""
        k = neighbor_estimator("n_neighbors", self.n_neighbors)[1]
        check_n_rows("n_neighbors", k, sum(counts.values()))

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        self._estimator, k = neighbor_estimator("n_neighbors", self.n_neighbors)
        editing = RepeatedEditing(
            rows, self.sampling_strategy, self.kind_sel, k, search, self._estimator
        )
        before, minority = rows.sizes, smallest_class(rows.sizes)
        for self.n_iter_ in range(1, self.max_iter + 1):  # noqa: B020 - the passes so far
            n_removed = editing.edit(k)
            if not n_removed or majority_became_minority(before, editing.counts(), minority):
                break
        self._last_k = self._estimator or fitted_neighbors(k + 1, None)
        self._last_pass = editing.last_pass()
        return editing.positions()


class AllKNN(_RepeatedEdits):
    """Repeat :class:`EditedNearestNeighbours` with one neighbor, two, up to ``n_neighbors``.

    Each pass edits the remaining rows. It stops early when a class becomes smaller than the
    smallest class was, or empty. All passes use one k-nearest-neighbor graph.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        Number of nearest neighbors of the last pass, of any class. Of an object only its
        ``n_neighbors``, which is one more than that, is used, as in imbalanced-learn.
    kind_sel : {"all", "mode"}, default="all"
        Whether all neighbors must have the class of a row, or most of them.
    allow_minority : bool, default=False
        Whether it continues when a class has become smaller than the smallest class was.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbors are searched; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows in the first pass; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, each ascending.
    nn_ : estimator
        The neighbor estimator, fitted on the rows of the last pass when it is read. The
        sampler keeps a reference to X for it.
    enn_ : sampler
        The sampler of the last pass, fitted on its rows when it is read.
    search_ : str or None
        How neighbors were searched; as for :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`; the lowest of all passes.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If no more rows remain than a pass has neighbors, or X is not finite and numeric.

    References
    ----------
    I. Tomek, "An Experiment with the Edited Nearest-Neighbor Rule", IEEE Transactions on
    Systems, Man, and Cybernetics 6(6), 1976.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import AllKNN
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = AllKNN().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 857), (1, 99)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **_RepeatedEdits._parameter_constraints,
        "allow_minority": YES_NO,
    }

    def __init__(
        self,
        *,
        sampling_strategy: CleaningStrategy = "auto",
        n_neighbors: NeighborCount = 3,
        kind_sel: Literal["all", "mode"] = "all",
        allow_minority: bool = False,
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.allow_minority = allow_minority
        self.search = search
        self.n_jobs = n_jobs

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        self._estimator, k_max = neighbor_estimator("n_neighbors", self.n_neighbors)
        editing = RepeatedEditing(rows, self.sampling_strategy, self.kind_sel, k_max, search)
        before, minority = rows.sizes, smallest_class(rows.sizes)
        for k in range(1, k_max + 1):
            editing.edit(k)
            self._last_k = k
            after = editing.counts()
            if not all(after.values()):
                break
            if not self.allow_minority and majority_became_minority(before, after, minority):
                break
        self._last_pass = editing.last_pass()
        return editing.positions()

    def _fitted(self) -> Any:
        if self._estimator is None:
            return super()._fitted()
        return fit_estimator(self._estimator, self._last_matrix())
