"""SMOTEENN: SMOTE, then removal of rows that their neighbors disagree with."""

from __future__ import annotations

from typing import Any, ClassVar

from sklearn.base import clone

from smotefast.combine.combination import BaseCombination
from smotefast.engine.param_constraints import CREATION, OVER_SAMPLER, SEARCH, SELECTION
from smotefast.over_sampling import SMOTE
from smotefast.typing import SamplingStrategy, Search, Seed
from smotefast.under_sampling import EditedNearestNeighbours


class SMOTEENN(BaseCombination):
    """Over-sample with SMOTE, then clean with edited nearest neighbors.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after over-sampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of SMOTE.
    smote : sampler or None, default=None
        An over-sampler, which is cloned. It has parameters of its own: ``sampling_strategy``,
        ``random_state`` and ``search`` of this sampler do not apply to it. None means
        :class:`SMOTE`.
    enn : sampler or None, default=None
        A sampler that removes rows, which is cloned. None means
        :class:`EditedNearestNeighbours` with ``sampling_strategy="all"``.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE` and :class:`EditedNearestNeighbours`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The result does not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples that SMOTE generates, by class.
    smote_ : sampler
        The fitted over-sampler; its ``provenance_`` tells where synthetic samples come from.
    enn_ : sampler
        The fitted second step. Its ``sample_indices_`` are the positions of the rows of the
        result: in X, or from ``len(X)`` on among the synthetic samples. Its ``disagreement_``
        estimates how many decisions exact search would change.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If X is not finite and numeric, or a class is too small for SMOTE.

    See Also
    --------
    SMOTETomek : The same with removal of Tomek links, which removes fewer rows.
    Combination : Any over-sampler, then any sampler that removes rows.

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
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        smote: Any = None,
        enn: Any = None,
        search: Search = "auto",
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
        search: dict[str, Any] = {"search": self.search, "n_jobs": self.n_jobs}
        strategy, seed = self.sampling_strategy, self.random_state
        smote = SMOTE(sampling_strategy=strategy, random_state=seed, **search)
        enn = EditedNearestNeighbours(sampling_strategy="all", **search)
        self.smote_ = smote if self.smote is None else clone(self.smote)
        self.enn_ = enn if self.enn is None else clone(self.enn)
        return self.smote_, self.enn_
