"""ClusterCentroids: replace the rows of a class by the centers of their clusters."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import clone

from smotefast._phases import phase
from smotefast._typing import Container
from smotefast.engine.aligned import Alignment
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import (
    CENTROIDS,
    RANDOM_STATE,
    TAKES_NUMBERS,
    UNDER_SAMPLER,
)
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import counts_to_keep
from smotefast.engine.single_sampler import SingleSampler
from smotefast.tables import Table, Target, open_table
from smotefast.typing import Seed, UnderSamplingStrategy


class ClusterCentroids(SingleSampler):
    """Under-sample by clustering each class and keeping the center of each cluster.

    The clustering is scikit-learn's and takes nearly all of the time; for thousands of
    clusters use ``estimator=MiniBatchKMeans(...)``.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes to under-sample, and to what size; as for :class:`RandomUnderSampler`.
    random_state : int, RandomState instance or None, default=None
        Seed of the clustering.
    estimator : clustering or None, default=None
        An estimator with a parameter ``n_clusters`` and, after ``fit``, an attribute
        ``cluster_centers_``. None means ``KMeans``.
    voting : {"auto", "hard", "soft"}, default="auto"
        "soft" returns the centers, "hard" the row nearest to each center. "auto" is "hard" for
        sparse X, else "soft".

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of rows to keep, by class.
    estimator_ : clustering
        The clustering, fitted on the last class.
    voting_ : str
        "hard" or "soft".
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If ``estimator`` has no parameter ``n_clusters``, or X is not finite and numeric.
    RuntimeError
        If the fitted ``estimator`` has no ``cluster_centers_``.

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
        sampling_strategy: UnderSamplingStrategy = "auto",
        random_state: Seed = None,
        estimator: Any = None,
        voting: Literal["auto", "hard", "soft"] = "auto",
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.estimator = estimator
        self.voting = voting

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        table, target, rows = self._checked_data(X, y)
        self.estimator_ = self._clustering()
        self.voting_ = self.voting
        if self.voting == "auto":
            self.voting_ = "hard" if table.is_sparse else "soft"
        centers = {
            label: self._centers(rows.matrix(label), n_to_keep)
            for label, n_to_keep in self.sampling_strategy_.items()
        }
        if self.voting_ == "hard" or not centers:
            positions = _nearest_to_centers(rows, centers)
            return table.take(positions), target.take(positions)
        return _replace_by_centers(table, target, rows, centers)

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        raise TypeError(
            "ClusterCentroids replaces rows by cluster centers, which are no rows of X."
        )

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
        """Cluster the rows of a class."""
        with phase("clustering"):
            self.estimator_.set_params(n_clusters=n_clusters).fit(matrix)
        if not hasattr(self.estimator_, "cluster_centers_"):
            raise RuntimeError(
                "`estimator` should be a clustering estimator exposing a fitted parameter "
                f"`cluster_centers_`; {type(self.estimator_).__name__} has none."
            )
        return np.asarray(self.estimator_.cluster_centers_)


def _nearest_to_centers(rows: MatrixRows, centers: dict[Any, np.ndarray]) -> np.ndarray:
    """Return the positions of the row nearest to each center, and of all rows of other classes.

    The two rows of a cluster are at the same distance from its center. scikit-learn's search
    decides between them, as in imbalanced-learn.
    """
    from sklearn.neighbors import NearestNeighbors

    kept = []
    for label in rows.sizes:
        positions = rows.positions(label)
        if label in centers:
            search = NearestNeighbors(n_neighbors=1).fit(rows.matrix(label))
            nearest = search.kneighbors(centers[label], return_distance=False)[:, 0]
            positions = positions[nearest]
        kept.append(positions)
    return np.concatenate(kept)


def _replace_by_centers(
    table: Table, target: Target, rows: MatrixRows, centers: dict[Any, np.ndarray]
) -> tuple[Any, Any]:
    """Return centers of the clustered classes and rows of the others, in label order."""
    new_rows = np.concatenate(list(centers.values()))
    positions, label_positions, start = [], [], rows.n_samples
    for label in rows.sizes:
        of_class = rows.positions(label)
        if label in centers:
            n_centers = len(centers[label])
            positions.append(np.arange(start, start + n_centers))
            label_positions.append(np.full(n_centers, of_class[0]))
            start += n_centers
        else:
            positions.append(of_class)
            label_positions.append(of_class)
    extended = _append_rows(table, rows.all_rows()[0].dtype, new_rows)
    X_new = open_table(extended).take(np.concatenate(positions))
    return X_new, target.take(np.concatenate(label_positions))


def _append_rows(table: Table, dtype: np.dtype[Any], new_rows: np.ndarray) -> Any:
    """Append rows to a table; an array of integers becomes one of floats."""
    if table.is_sparse:
        from scipy.sparse import csr_array

        return table.append_sparse(csr_array(new_rows.astype(dtype)))

    def fill(out: np.ndarray) -> None:
        out[:] = new_rows

    return table.extend(len(new_rows), fill, dtype if dtype.kind == "f" else new_rows.dtype)
