"""SMOTER: SMOTE for regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.regression.base import RegressionSampler
from smotefast.regression.heom import BinRows
from smotefast.regression.samples import BinSamples, between, draw_pairs
from smotefast.typing import Search, Seed


class SMOTER(RegressionSampler):
    """Over-sample rare values of a numeric target as SMOTE does, under-sample common ones.

    The sorted targets are divided into bins where their relevance crosses ``threshold``. A bin
    that shrinks keeps rows drawn without replacement. In a bin that grows, the numbers of a
    sample lie between those of a row and of one of its nearest neighbors in the bin; each
    category is that of one of the two, with equal probability; and the target is the mean of
    theirs, each weighted by the distance of the sample to the other. Distances are HEOM:
    numbers in units of the range of their column in the bin, 1 for each category that differs.

    Parameters
    ----------
    sampling_strategy : {"balance", "extreme"} or array-like of shape (n_bins,), \
            default="balance"
        Number of rows of each bin after resampling.

        - "balance": all bins get the same number, and the result about as many rows as X.
        - "extreme": the same in total, but in inverse proportion to the sizes of the bins, so
          that the smallest becomes the largest.
        - array-like: a factor for each bin, in ascending order of the target. 0.5 keeps half of
          the rows, 1 all of them, and 3 adds two samples for each row.
    relevance : "auto", array-like, RelevanceFunction or callable, default="auto"
        Which targets are rare.

        - "auto": ``RelevanceFunction()``, extremes of a box plot on both sides.
        - array-like: the ``control_points`` of a :class:`RelevanceFunction`, such as
          ``[[10, 0], [50, 1]]``.
        - RelevanceFunction: a clone is fitted on y in each call.
        - callable: takes targets of shape (n_samples,), returns a number between 0 and 1 for
          each.
    threshold : float, default=0.5
        Relevance from which a target is rare. The papers' experiments use 0.8.
    k_neighbors : int, default=5
        Number of nearest neighbors in the bin to choose from.
    categorical_features : {"not numeric", "auto"} or array-like, default="not numeric"
        The categorical columns; as for :class:`~smotefast.over_sampling.SMOTENC`. "not
        numeric": columns of text, categories, booleans and dates.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. All bins draw from one generator.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`~smotefast.over_sampling.SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of rows after resampling, by number of the bin, in ascending order of the target.
    bins_ : ndarray of shape (n_bins, 2)
        Lowest and highest target of each bin.
    relevance_ : callable
        The relevance function.
    categorical_features_ : ndarray
        Positions of the categorical columns.
    sample_indices_ : ndarray of shape (n_kept,)
        Positions in X of the rows that are kept: the first rows of the result.
    provenance_ : Provenance
        Base row, neighbor and step of each synthetic sample, the last rows of the result.
    search_ : str or None
        How neighbors were found: "exact", "approximate", or None if no bin got samples.
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
        If no target is rare or none is common, a factor is missing for a bin, y is not one
        column of finite numbers, or X is sparse or not finite.

    Warns
    -----
    ResamplingWarning
        If a bin has ``k_neighbors`` rows or fewer: its samples use fewer neighbors, and are
        copies if it has one row.

    See Also
    --------
    SMOGN : The same, with noise where the neighbor is far away.
    RelevanceFunction : Which targets are rare.

    Notes
    -----
    Every row of a bin is the base row of equally many samples, as in the papers. The weights of
    the target are those of the first paper; the code of its authors counts one numeric column
    only.

    References
    ----------
    L. Torgo, R. P. Ribeiro, B. Pfahringer, P. Branco, "SMOTE for Regression", Portuguese
    Conference on Artificial Intelligence, 378-389, 2013.

    P. Branco, L. Torgo, R. P. Ribeiro, "SMOGN: a Pre-processing Approach for Imbalanced
    Regression", Proceedings of Machine Learning Research 74, 36-50, 2017 (the bins, "balance"
    and "extreme").

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.regression import SMOTER
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 3))
    >>> y = np.exp(X[:, 0])
    >>> sampler = SMOTER(random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> sampler.bins_.round(1)
    array([[ 0. ,  2.2],
           [ 2.3, 21.5]])
    >>> print(np.sum(y > 2.25), len(y), "->", np.sum(y_new > 2.25), len(y_new))
    176 1000 -> 500 1000
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "balance",
        relevance: Any = "auto",
        threshold: float = 0.5,
        k_neighbors: int = 5,
        categorical_features: Any = "not numeric",
        random_state: Seed = None,
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.relevance = relevance
        self.threshold = threshold
        self.k_neighbors = k_neighbors
        self.categorical_features = categorical_features
        self.random_state = random_state
        self.search = search
        self.n_jobs = n_jobs

    def _samples(
        self,
        rows: BinRows,
        n_new: int,
        k: int,
        random_state: np.random.RandomState,
        search: NeighborSearch,
    ) -> BinSamples:
        pairs = draw_pairs(rows, n_new, k, random_state, search)
        return between(rows, pairs, random_state)
