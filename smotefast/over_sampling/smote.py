"""SMOTE: new rows between a minority row and one of its nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smotefast.engine.class_counts import Counts
from smotefast.engine.mixed_recipes import Recipe
from smotefast.over_sampling.base import NeighborSampler, positive
from smotefast.over_sampling.call import Call


class SMOTE(NeighborSampler):
    """Over-sample by interpolation between minority rows and their neighbours.

    With exact neighbours and an int or RandomState as ``random_state``, the rows are those
    of imbalanced-learn 0.14 for the same seed, bit for bit on data without distance ties.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many.

        - str: "minority", "not minority", "not majority" ("auto" is the same) or "all";
          each of these classes is filled up to the size of the largest.
        - float in (0, 1]: rows of the minority over rows of the majority afterwards; only
          for two classes.
        - dict: the number of rows of each named class afterwards.
        - callable: takes ``y``, returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int is used anew for each class, as imbalanced-learn does.
    k_neighbors : int or object, default=5
        How many nearest neighbours of a row to choose from. An object must have
        ``kneighbors`` and ``kneighbors_graph``; it is cloned and fitted on the rows of
        each class, and the first neighbour that it reports is taken to be the row itself.
    search : {"auto", "exact", "approximate"}, default="auto"
        "exact" always finds the true neighbours; "approximate" uses NN-descent,
        measures its recall on a sample and searches wider below 0.95; "auto" is exact
        while that is fast or where NN-descent finds too little.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        What becomes of a class with fewer than ``k_neighbors + 1`` rows: an error; as many
        neighbours as it has; or that, and copies of the row of a class of one. The last
        two come with a :class:`~smotefast.ResamplingWarning`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to create, by class.
    nn_k_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted on the
        class that came last; made when asked for. Not fitted if no class got rows.
    provenance_ : Provenance
        Base row, neighbour row and step of each new row, recomputed when asked for.
    search_ : str or None
        How neighbours were found: "exact", "approximate", "estimator", or None if no
        class needed rows.
    recall_ : float or None
        Where the search was approximate, the share of true neighbours that it found,
        measured on a sample of the class where it found fewest.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a class has fewer than ``k_neighbors + 1`` rows and ``small_class`` does not
        say what to do then, or X is not finite and numeric.

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

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        search: str = "auto",
        small_class: str = "error",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.n_jobs = n_jobs

    def _recipes(self, rows: Any, n_to_generate: Counts, call: Call) -> Sequence[Recipe]:
        return [call.interpolation(rows, label, n) for label, n in positive(n_to_generate)]
