"""ClusterCentroids: the centres of clusters in place of the rows of a class."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast.engine.base import SingleSampler
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import (
    CENTROIDS,
    RANDOM_STATE,
    TAKES_NUMBERS,
    UNDER_SAMPLER,
)
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import counts_to_keep
from smotefast.tables import Table, Target, open_table


class ClusterCentroids(SingleSampler):
    """Under-sample by clustering a class, and keeping the centre of each cluster.

    The clustering is scikit-learn's, and takes nearly all of the time: with thousands of
    clusters give ``estimator=MiniBatchKMeans(...)``.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes lose rows, and how many stay; as for :class:`RandomUnderSampler`.
    random_state : int, RandomState instance or None, default=None
        Seed of the clustering.
    estimator : clustering or None, default=None
        With a parameter ``n_clusters``, and ``cluster_centers_`` after ``fit``. None means
        ``KMeans``.
    voting : {"auto", "hard", "soft"}, default="auto"
        "soft" takes the centres, "hard" the nearest row of each. "auto" is "hard" for sparse
        X, else "soft".

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to keep, by class.
    estimator_ : clustering
        Fitted on the class that came last.
    voting_ : str
        "hard" or "soft".
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If ``estimator`` has no parameter ``n_clusters``, or X is not finite and numeric.
    RuntimeError
        If it has no ``cluster_centers_`` when it is fitted.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.cluster import MiniBatchKMeans
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import ClusterCentroids
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> sampler = ClusterCentroids(estimator=MiniBatchKMeans(n_init=1, random_state=0))
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 99), (1, 99)]
    """

    _sampling_type = "under-sampling"
    _takes_booleans = True
    _needs = Needs(
        reads="everything",
        text_advice=TAKES_NUMBERS,
        why_everything="clusters all rows of a class",
        alternative="random-under",
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **UNDER_SAMPLER,
        **RANDOM_STATE,
        **CENTROIDS,
    }
    resolve_strategy = staticmethod(counts_to_keep)

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        estimator: Any = None,
        voting: str = "auto",
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.estimator = estimator
        self.voting = voting

    def _resample(self, table: Table, target: Target, matrix: Any) -> tuple[Any, Any]:
        self.estimator_ = self._clustering()
        self.voting_ = self.voting
        if self.voting == "auto":
            self.voting_ = "hard" if table.is_sparse else "soft"
        rows = MatrixRows(matrix, target.values)
        parts = [
            self._centers(rows.matrix(label), self.sampling_strategy_[label])
            if label in self.sampling_strategy_
            else None
            for label in rows.sizes
        ]
        if self.voting_ == "hard" or not self.sampling_strategy_:
            return self._nearest_rows(table, target, rows, parts)
        return _with_centers(table, target, rows, parts)

    def _clustering(self) -> Any:
        if self.estimator is None:
            from sklearn.cluster import KMeans

            return KMeans(random_state=self.random_state)
        estimator = clone(self.estimator)
        if "n_clusters" not in estimator.get_params():
            raise ValueError(
                "`estimator` should be a clustering estimator exposing a parameter "
                f"`n_clusters` and a fitted parameter `cluster_centers_`; got {estimator!r}."
            )
        return estimator

    def _centers(self, matrix: Any, n_clusters: int) -> np.ndarray:
        self.estimator_.set_params(n_clusters=n_clusters).fit(matrix)
        if not hasattr(self.estimator_, "cluster_centers_"):
            raise RuntimeError(
                "`estimator` should be a clustering estimator exposing a fitted parameter "
                f"`cluster_centers_`; {type(self.estimator_).__name__} has none."
            )
        return np.asarray(self.estimator_.cluster_centers_)

    def _nearest_rows(
        self, table: Table, target: Target, rows: MatrixRows, parts: list[np.ndarray | None]
    ) -> tuple[Any, Any]:
        kept = []
        for label, centers in zip(rows.sizes, parts, strict=True):
            own = rows.positions(label)
            if centers is not None:
                matrix = rows.matrix(label)
                own = own[_nearest(matrix, centers)]
            kept.append(own)
        taken = np.concatenate(kept)
        return table.take(taken), target.take(taken)


def _nearest(matrix: Any, centers: np.ndarray) -> np.ndarray:
    """Return the place of the row that is nearest to each centre.

    The two rows of a cluster are equally near to its centre: scikit-learn says which it is, as
    it does in imbalanced-learn.
    """
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=1).fit(matrix)
    return np.asarray(nearest.kneighbors(centers, return_distance=False)[:, 0])


def _with_centers(
    table: Table, target: Target, rows: MatrixRows, parts: list[np.ndarray | None]
) -> tuple[Any, Any]:
    """Return classes with their rows, or with centres in place of them, in label order."""
    block = np.concatenate([part for part in parts if part is not None])
    places, examples, n_before = [], [], rows.n_samples
    for label, part in zip(rows.sizes, parts, strict=True):
        own = rows.positions(label)
        if part is None:
            places.append(own)
            examples.append(own)
        else:
            places.append(np.arange(n_before, n_before + len(part)))
            examples.append(np.full(len(part), own[0]))
            n_before += len(part)
    extended = _extended(table, rows.all_rows()[0].dtype, block)
    taken = open_table(extended).take(np.concatenate(places))
    return taken, target.take(np.concatenate(examples))


def _extended(table: Table, dtype: np.dtype[Any], block: np.ndarray) -> Any:
    """Put the centres after all rows; an array of integers becomes one of floats."""
    if table.is_sparse:
        from scipy.sparse import csr_array

        return table.append_sparse(csr_array(block.astype(dtype)))

    def fill(out: np.ndarray) -> None:
        out[:] = block

    return table.extend(len(block), fill, dtype if dtype.kind == "f" else block.dtype)
