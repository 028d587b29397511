"""SMOTE: synthetic samples between a minority row and one of its nearest neighbors."""

from __future__ import annotations

from collections.abc import Sequence

from smotefast.engine.class_counts import Counts
from smotefast.engine.recipes import Recipe
from smotefast.engine.rows import ClassRows
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed, SmallClass


class SMOTE(NeighborSampler):
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
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the last class that got samples. Not fitted if no class got any.
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
        it, or X is not finite and numeric.

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

    _needs = NeighborSampler._needs._replace(takes_files=True)

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def _recipes(self, rows: ClassRows, n_to_generate: Counts, call: Call) -> Sequence[Recipe]:
        return [call.interpolation(rows, label, n) for label, n in n_to_generate.items()]
