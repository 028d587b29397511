"""SMOGN: SMOTER, with Gaussian noise where a neighbor is far away."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import Interval
from smotefast.regression.base import RegressionSampler
from smotefast.regression.heom import BinRows
from smotefast.regression.samples import BinSamples, between, draw_pairs, sample_deviations
from smotefast.typing import Search, Seed


class SMOGN(RegressionSampler):
    """SMOTER, with Gaussian noise instead of interpolation where the neighbor is far away.

    For each sample a row and one of its nearest neighbors in the bin are drawn. If they are
    nearer to each other than half the median distance of the row to the rows of the bin, the
    sample lies between them, as in :class:`SMOTER`. If not, it is the row with normal noise:
    in each numeric column, and in the target, of ``min(perturbation, half the median)``
    standard deviations of the bin; each category is drawn with its frequency in the bin.

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
    perturbation : float, default=0.02
        Largest noise, in standard deviations of a column in the bin.
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
        Of a sample with noise the neighbor is the base row, and the step is NaN.
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
    SMOTER : Without noise.
    RelevanceFunction : Which targets are rare.

    Notes
    -----
    In a bin of more than 10,000 rows the median distance is measured to a regular sample of its
    rows: all pairs would take time in proportion to the square of the number of rows.

    References
    ----------
    P. Branco, L. Torgo, R. P. Ribeiro, "SMOGN: a Pre-processing Approach for Imbalanced
    Regression", Proceedings of Machine Learning Research 74, 36-50, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.regression import SMOGN, RelevanceFunction
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 3))
    >>> y = np.exp(X[:, 0])
    >>> sampler = SMOGN(relevance=[[1, 0], [5, 1]], random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(np.sum(y >= 3), len(y), "->", np.sum(y_new >= 3), len(y_new))
    108 1000 -> 500 1000
    >>> print(f"{np.isnan(sampler.provenance_.step).mean():.0%} of the samples with noise")
    3% of the samples with noise
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RegressionSampler._parameter_constraints,
        "perturbation": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "balance",
        relevance: Any = "auto",
        threshold: float = 0.5,
        k_neighbors: int = 5,
        perturbation: float = 0.02,
        categorical_features: Any = "not numeric",
        random_state: Seed = None,
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.relevance = relevance
        self.threshold = threshold
        self.k_neighbors = k_neighbors
        self.perturbation = perturbation
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
        samples = between(rows, pairs, random_state)
        if len(rows) == 1:
            return samples
        half_medians = rows.median_distances(search.n_threads) / 2
        n_different = rows.mismatches(pairs.base, rows.codes[pairs.neighbor])
        is_far = np.sqrt(pairs.squared + n_different) >= half_medians[pairs.base]
        noise = np.minimum(half_medians, self.perturbation)[pairs.base]
        return _with_noise(samples, np.where(is_far, noise, np.nan), random_state)


def _with_noise(
    samples: BinSamples, noise: np.ndarray, random_state: np.random.RandomState
) -> BinSamples:
    """Replace samples with noise, where it is not NaN, by the base row and the noise.

    The noise of the numbers is drawn when they are written.
    """
    rows, pairs, far = samples.rows, samples.pairs, np.flatnonzero(~np.isnan(noise))
    base = pairs.base[far]
    neighbor, step = pairs.neighbor.copy(), pairs.step.copy()
    neighbor[far], step[far] = base, 0
    drawn = random_state.randint(0, len(rows), (len(far), rows.codes.shape[1]))
    codes, y = samples.codes.copy(), samples.y.copy()
    codes[far] = np.take_along_axis(rows.codes, drawn, axis=0)
    deviation = sample_deviations(rows.y) * noise[far]
    with np.errstate(over="ignore"):  # the range of the dtype limits the sum
        y[far] = rows.y[base] + random_state.standard_normal(len(far)) * deviation
    pairs = pairs._replace(neighbor=neighbor, step=step)
    return replace(samples, pairs=pairs, codes=codes, y=y, noise=noise)
