"""RandomUnderSampler: keep rows of each class drawn at random."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.aligned import Alignment
from smotefast.engine.class_counts import Counts
from smotefast.engine.param_constraints import RANDOM_STATE, UNDER_SAMPLER, YES_NO
from smotefast.engine.rows import MatrixRows
from smotefast.tables import keep_index
from smotefast.typing import Seed, UnderSamplingStrategy
from smotefast.under_sampling.base import BaseUnderSampler


class RandomUnderSampler(BaseUnderSampler):
    """Under-sample by drawing rows of each class at random, with or without replacement.

    Columns may have any type, because values are not read. The rows equal those of
    imbalanced-learn 0.14 for the same seed.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes to under-sample, and to what size.

        - str: "majority", "not minority" ("auto" is the same), "not majority" or "all"; each
          of these classes is reduced to the size of the smallest class.
        - float in (0, 1]: the ratio of minority to majority rows after resampling; only for
          two classes.
        - dict: the number of rows of each named class after resampling.
        - callable: takes ``y``, returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream is used for all classes.
    replacement : bool, default=False
        Whether to draw with replacement.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of rows to keep, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, in the order of the draws.
    sample_weight_ : ndarray of shape (n_samples_new,)
        Weight of each row of the result, as float64, computed at each access: rows of its class
        before, divided by rows after. The weights of a class add up to its rows before, unless
        no row of it was kept. Multiply weights that X already has:
        ``sampler.resample_aligned(weights) * sampler.sample_weight_``.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a class has fewer rows than requested.

    See Also
    --------
    smotefast.prior_correction : Corrects probabilities of a model that was fitted without
        these weights.

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

    Weights restore the class sizes:

    >>> sampler = RandomUnderSampler(sampling_strategy={0: 2}, random_state=0)
    >>> X_new, y_new = sampler.fit_resample([[i] for i in range(8)], [0, 0, 0, 0, 0, 0, 1, 1])
    >>> y_new, sampler.sample_weight_
    ([0, 0, 1, 1], array([3., 3., 1., 1.]))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **UNDER_SAMPLER,
        **RANDOM_STATE,
        "replacement": YES_NO,
    }
    _needs = BaseUnderSampler._needs._replace(
        reads="nothing", measures_distance=False, alternative=""
    )
    _class_sizes: list[tuple[int, int]]  # rows before and after of each class, in label order

    def __init__(
        self,
        *,
        sampling_strategy: UnderSamplingStrategy = "auto",
        random_state: Seed = None,
        replacement: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.replacement = replacement

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        drawn = self.draw(rows.sizes, target_counts)
        kept = []
        for label in rows.sizes:
            positions = rows.positions(label)
            kept.append(positions[drawn[label]] if label in drawn else positions)
        sizes_after = map(len, kept)
        self._class_sizes = list(zip(rows.sizes.values(), sizes_after, strict=True))
        return np.concatenate(kept)

    @property
    def sample_weight_(self) -> np.ndarray:
        """Weight of each row of the result: rows of its class before, divided by rows after."""
        self._check_fitted("sample_weight_", "_class_sizes")
        before, after = np.array(self._class_sizes).T
        return np.repeat(before / np.maximum(after, 1), after)

    def draw(self, counts: Counts, n_to_keep: Counts) -> dict[Any, np.ndarray]:
        """Draw the rows to keep of each class, as positions in the class."""
        random_state = check_random_state(self.random_state)
        return {
            label: random_state.choice(counts[label], size=n, replace=self.replacement)
            for label, n in n_to_keep.items()
        }

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        return [each._replace(keeps_index=True) for each in super().alignments()]

    def _resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Keep the pandas index of X, as imbalanced-learn does for this sampler only."""
        X_new, y_new = super()._resample(X, y)
        indices = self.sample_indices_
        return keep_index(X_new, X, indices), keep_index(y_new, X, indices)
