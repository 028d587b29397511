"""SMOTEENN: SMOTE, then without the rows that their neighbours disagree with."""

from __future__ import annotations

from typing import Any, ClassVar

from sklearn.base import clone

from smotefast.combine.combination import BaseCombination
from smotefast.engine.param_constraints import CREATION, OVER_SAMPLER, SEARCH, SELECTION
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import EditedNearestNeighbours


class SMOTEENN(BaseCombination):
    """Over-sample with SMOTE and clean with edited nearest neighbours.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of SMOTE.
    smote : sampler or None, default=None
        An over-sampler, which is cloned; its own parameters hold, and ``sampling_strategy``,
        ``random_state`` and ``search`` given here do not. None means :class:`SMOTE`.
    enn : sampler or None, default=None
        A sampler that takes rows away, which is cloned. None means
        :class:`EditedNearestNeighbours` with ``sampling_strategy="all"``.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`SMOTE` and :class:`EditedNearestNeighbours`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows that SMOTE created, by class.
    smote_ : sampler
        The first step, fitted; ``smote_.provenance_`` says where new rows came from.
    enn_ : sampler
        The second step, fitted. ``enn_.sample_indices_`` says which row each row of the result
        is: of X, or from ``len(X)`` on of the new rows; ``enn_.disagreement_`` how far an
        approximate search can be relied on.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If X is not finite and numeric, or a class is too small for SMOTE.

    References
    ----------
    G. E. A. P. A. Batista, R. C. Prati, M. C. Monard, "A study of the behavior of several
    methods for balancing machine learning training data", ACM SIGKDD Explorations 6(1), 2004.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.combine import SMOTEENN
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = SMOTEENN(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 785), (1, 900)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "smote": [*CREATION, None],
        "enn": [*SELECTION, None],
        **SEARCH,
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        smote: Any = None,
        enn: Any = None,
        search: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.smote = smote
        self.enn = enn
        self.search = search
        self.n_jobs = n_jobs

    def steps(self) -> tuple[Any, Any]:
        """Set the fitted steps; return the over-sampler and the sampler that removes rows."""
        how: dict[str, Any] = {"search": self.search, "n_jobs": self.n_jobs}
        drawn = {"sampling_strategy": self.sampling_strategy, "random_state": self.random_state}
        usual = EditedNearestNeighbours(sampling_strategy="all", **how)
        self.smote_ = SMOTE(**drawn, **how) if self.smote is None else clone(self.smote)
        self.enn_ = usual if self.enn is None else clone(self.enn)
        return self.smote_, self.enn_
