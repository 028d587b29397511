"""RandomUnderSampler: some of the rows of each class, drawn at random."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.class_counts import Counts
from smotefast.engine.param_constraints import RANDOM_STATE, UNDER_SAMPLER, YES_NO
from smotefast.engine.rows import MatrixRows
from smotefast.tables import keep_index
from smotefast.under_sampling.base import BaseUnderSampler


class RandomUnderSampler(BaseUnderSampler):
    """Under-sample by drawing rows of each class, without or with replacement.

    Columns of any type go through untouched: rows are taken whole, no value is looked at. The
    rows are those of imbalanced-learn 0.14 for the same seed.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes lose rows, and how many stay.

        - str: "majority", "not minority" ("auto" is the same), "not majority" or "all"; each
          of these classes is cut down to the size of the smallest.
        - float in (0, 1]: rows of the minority over rows of the majority afterwards; only
          for two classes.
        - dict: the number of rows of each named class afterwards.
        - callable: takes ``y``, returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream serves all classes.
    replacement : bool, default=False
        Whether a row may be drawn more than once.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to keep, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, in the order drawn.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If more rows of a class are asked for than it has.

    References
    ----------
    G. E. A. P. A. Batista, R. C. Prati, M. C. Monard, "A study of the behavior of several
    methods for balancing machine learning training data", ACM SIGKDD Explorations 6(1), 2004.

    Examples
    --------
    >>> from smotefast.under_sampling import RandomUnderSampler
    >>> X = [["a", 1], ["b", 2], ["c", 3]]
    >>> RandomUnderSampler(random_state=0).fit_resample(X, [0, 0, 1])
    ([['b', 2], ['c', 3]], [0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **UNDER_SAMPLER,
        **RANDOM_STATE,
        "replacement": YES_NO,
    }
    _needs = BaseUnderSampler._needs._replace(
        reads="nothing", measures_distance=False, alternative=""
    )
    _may_copy_rows = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        replacement: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.replacement = replacement

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        ranks = self.draw(rows.sizes, target_counts)
        kept = []
        for label in rows.sizes:
            positions = rows.positions(label)
            kept.append(positions[ranks[label]] if label in ranks else positions)
        return np.concatenate(kept)

    def draw(self, counts: Counts, n_to_keep: Counts) -> dict[Any, np.ndarray]:
        """Draw the rows to keep of each class, by position in the class, in the order drawn."""
        random_state = check_random_state(self.random_state)
        return {
            label: random_state.choice(counts[label], size=n, replace=self.replacement)
            for label, n in n_to_keep.items()
        }

    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Give rows and labels the index of X, as imbalanced-learn does here only."""
        X_new, y_new = super()._resampled(X, y)
        taken = self.sample_indices_
        return keep_index(X_new, X, taken), keep_index(y_new, X, taken)
