"""RepeatedEditedNearestNeighbours and AllKNN: editing again what editing has left."""

from __future__ import annotations

from typing import Any, ClassVar

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
from smotefast.neighbors import fit_on
from smotefast.under_sampling._editing import Editing, overtaken
from smotefast.under_sampling.edited_nearest_neighbours import (
    EditedNearestNeighbours,
    EditingSampler,
)


class _RepeatedEdits(EditingSampler):
    """Base of both: one graph of neighbors serves all passes."""

    _needs = EditingSampler._needs._replace(
        why_everything=f"{EditingSampler._needs.why_everything}, several times"
    )

    _last_k: Any  # how many neighbours the last pass asked for
    _last_pass: tuple[np.ndarray, np.ndarray]

    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        resampled = super()._resampled(X, y)
        self._given = self._given._replace(positions=self._last_pass[0])
        return resampled

    @property
    def enn_(self) -> EditedNearestNeighbours:
        """The sampler of the last pass, as fitted on the rows that the pass went over."""
        self._check_fitted("enn_", "_given")
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
        editor.resume(self, self._given, self._last_pass[1])
        return editor


class RepeatedEditedNearestNeighbours(_RepeatedEdits):
    """Edit with :class:`EditedNearestNeighbours` until nothing is left to remove.

    It stops early when a class would become smaller than the smallest, or vanish. Each row is
    searched for once; when neighbours have been removed, the next ones move up.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        How many nearest rows of any class judge a row; as for
        :class:`EditedNearestNeighbours`. An object is fitted anew for each pass.
    max_iter : int, default=100
        Passes at most.
    kind_sel : {"all", "mode"}, default="all"
        Whether all neighbours have to be of a row's class, or most.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows at first; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, each ascending.
    n_iter_ : int
        Passes made, the last one included, which may have removed nothing.
    nn_ : estimator
        The neighbour estimator, fitted on the rows of the last pass; made when asked for. X is
        kept for it, not copied.
    enn_ : sampler
        The sampler of the last pass, fitted on its rows; made when asked for.
    search_ : str or None
        How neighbours were found; as for :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`; the lowest of all passes.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If no more than ``n_neighbors`` rows are left, or X is not finite and numeric.

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
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        max_iter: int = 100,
        kind_sel: str = "all",
        search: str = "auto",
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
        how = (self.sampling_strategy, self.kind_sel, k, search, self._estimator)
        editing = Editing(rows, *how)
        before, minority = rows.sizes, smallest_class(rows.sizes)
        for self.n_iter_ in range(1, self.max_iter + 1):  # noqa: B020 - as far as it came
            n_removed = editing.edit(k)
            if not n_removed or overtaken(before, editing.counts(), minority):
                break
        self._last_k = self._estimator or fitted_neighbors(k + 1, None)
        self._last_pass = editing.last_pass()
        return editing.positions()


class AllKNN(_RepeatedEdits):
    """Edit with one neighbour, then with two, and so on up to ``n_neighbors``.

    Each pass judges what the ones before have left. It stops early when a class would become
    smaller than the smallest, or vanish. One graph of neighbours serves all passes.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        How many nearest rows of any class judge a row in the last pass. Of an object only
        ``n_neighbors`` counts, as in imbalanced-learn: one more than that.
    kind_sel : {"all", "mode"}, default="all"
        Whether all neighbours have to be of a row's class, or most.
    allow_minority : bool, default=False
        Whether it goes on when a class has become smaller than the smallest was.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows at first; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, each ascending.
    nn_ : estimator
        The neighbour estimator, fitted on the rows of the last pass; made when asked for. X is
        kept for it, not copied.
    enn_ : sampler
        The sampler of the last pass, fitted on its rows; made when asked for.
    search_ : str or None
        How neighbours were found; as for :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`; the lowest of all passes.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If no more rows are left than a pass has neighbours, or X is not finite and numeric.

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
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        kind_sel: str = "all",
        allow_minority: bool = False,
        search: str = "auto",
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
        self._estimator, k_most = neighbor_estimator("n_neighbors", self.n_neighbors)
        editing = Editing(rows, self.sampling_strategy, self.kind_sel, k_most, search)
        before, minority = rows.sizes, smallest_class(rows.sizes)
        for k in range(1, k_most + 1):
            editing.edit(k)
            self._last_k = k
            after = editing.counts()
            if not all(after.values()):
                break
            if not self.allow_minority and overtaken(before, after, minority):
                break
        self._last_pass = editing.last_pass()
        return editing.positions()

    def _fitted(self) -> Any:
        if self._estimator is None:
            return super()._fitted()
        return fit_on(self._estimator, self._last_matrix())
