"""SMOTE: synthetic samples between a minority row and one of its nearest neighbors."""

from __future__ import annotations

from collections.abc import Sequence

from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.recipes import Recipe
from smotefast.engine.rows import ClassRows
from smotefast.over_sampling.call import Call
from smotefast.over_sampling.columns.options import ColumnOptions
from smotefast.typing import (
    Bounds,
    Columns,
    Metric,
    Missing,
    NeighborCount,
    RoundColumns,
    SamplingStrategy,
    Search,
    Seed,
    SmallClass,
)


class SMOTE(ColumnOptions):
    """Over-sample by interpolation between minority rows and their nearest neighbors.

    With exact search and an int or RandomState as ``random_state``, the samples are those of
    imbalanced-learn 0.14 for the same seed, bit for bit on data without distance ties.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling.

        - str: "minority", "not minority", "not majority" (the same as "auto") or "all"; each
          of these classes gets as many rows as the largest class has.
        - float in (0, 1]: ratio of minority rows to majority rows after resampling; only for
          two classes.
        - dict: the number of rows of each named class after resampling.
        - callable: takes ``y`` and returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class, as in imbalanced-learn.
    k_neighbors : int or object, default=5
        Number of nearest neighbors to choose from. An object must have ``kneighbors`` and
        ``kneighbors_graph``; it is cloned and fitted on the rows of each class, and the first
        neighbor that it returns is taken to be the row itself.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors. "exact" finds the true nearest neighbors. "approximate" compares
        rows in near k-means cells and improves that by NN-descent; it measures its recall on a
        sample and searches with more effort below 0.95.
        "auto" is exact unless a sample shows that an approximate search in k-means cells
        takes less than 40% of the time; its recall is measured as well.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows: raise an error; use as
        many neighbors as exist; or the same, and copy the row of a class with one row. The last
        two emit a :class:`~smotefast.ResamplingWarning`.
    missing : {"error", "distance"}, default="error"
        What to do about missing values: raise an error; or measure distances over the columns
        that both rows have, scaled to all columns as scikit-learn's
        ``nan_euclidean_distances``. A sample misses a value if its base row and its neighbor
        do; if one of them does, it has the value of the other.
    metric : {"euclidean", "manhattan", "cosine", "mahalanobis"}, default="euclidean"
        Distance of two rows. "mahalanobis" uses the covariance of the class. "manhattan" and
        rows with missing values are searched exactly by comparing all pairs of the class.
    distance_columns : array-like or None, default=None
        Columns that count for the distance: names, positions or a mask. All columns are
        interpolated. None means all.
    bounds : dict, pair or None, default=None
        Lowest and highest value of samples: a dict of columns, by name or position, and pairs
        (low, high); or one pair of numbers or of arrays of shape (``n_features_in_``,). Values
        outside are set to the bound, or to the nearest value inside of it that the column can
        hold; None, also inside of arrays, is no bound. Rows of X are not changed.
    round_columns : {"integer"}, array-like or None, default=None
        Columns whose samples are rounded to whole numbers, half to even: names, positions or
        a mask, or all columns of an integer dtype. None rounds none, and values of an integer
        dtype are truncated toward zero, as in imbalanced-learn.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)`` with the metric, fitted at
        its first use on the last class that got samples. Not fitted if no class got any.
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

    Raises
    ------
    ValueError
        If a class has fewer than ``k_neighbors + 1`` rows and ``small_class`` does not allow
        it; if X is not finite and numeric; if ``missing`` or ``metric`` cannot be combined
        with ``search`` or with an estimator as ``k_neighbors``.

    See Also
    --------
    SMOTENC : The same for rows of numbers and categories.
    SMOTEN : The same for rows of categories only.
    BorderlineSMOTE : Only from rows near the class border.
    ADASYN : More samples from rows with neighbors of other classes.

    References
    ----------
    N. V. Chawla, K. W. Bowyer, L. O. Hall, W. P. Kegelmeyer, "SMOTE: Synthetic Minority
    Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002.
    J. K. Dixon, "Pattern Recognition with Partly Missing Data", IEEE Transactions on Systems,
    Man, and Cybernetics 9(10), 1979, for ``missing="distance"``.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import SMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _needs = ColumnOptions._needs._replace(takes_files=True)

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        missing: Missing = "error",
        metric: Metric = "euclidean",
        distance_columns: Columns | None = None,
        bounds: Bounds | None = None,
        round_columns: RoundColumns | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.missing = missing
        self.metric = metric
        self.distance_columns = distance_columns
        self.bounds = bounds
        self.round_columns = round_columns
        self.n_jobs = n_jobs

    def _recipes(self, rows: ClassRows, n_to_generate: Counts, call: Call) -> Sequence[Recipe]:
        return [self._class_recipe(rows, label, n, call) for label, n in n_to_generate.items()]

    def _class_recipe(self, rows: ClassRows, label: Label, n_new: int, call: Call) -> Recipe:
        matrix, positions = rows.matrix(label), rows.positions(label)
        compared = self._compared_columns(matrix)
        metric = self._search_metric(compared)
        origins = call.origins(label, compared, positions, n_new, metric=metric)
        return self._interpolation(origins, matrix)
