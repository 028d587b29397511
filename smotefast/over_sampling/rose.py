"""ROSE: draws from a kernel density estimate of a class."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar

from sklearn.utils import check_random_state

from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import OVER_SAMPLER, Interval
from smotefast.engine.rows import ClassRows
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.over_sampling.random_over_sampler import (
    is_used_again,
    noisy_copy,
    shrinkage_by_class,
)
from smotefast.typing import SamplingStrategy, Seed


class ROSE(BaseOverSampler):
    """Over-sample with draws from a kernel density estimate of the class.

    A sample is a row of the class, drawn with replacement, plus normal noise. In column j the
    standard deviation of the noise is ``shrinkage * (4 / ((d + 2) * n)) ** (1 / (d + 4)) *
    s[j]``, for d columns and n rows of the class with standard deviation s[j]: the best
    bandwidth for a normal density. The noise of different columns is independent. The original
    rows stay in the result; the R package replaces them by draws as well.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. All classes draw from one generator.
    shrinkage : float or dict, default=1.0
        What the bandwidth is multiplied by; a dict has a number for each class. Smaller values
        keep samples closer to the rows, 0 copies them. The R package calls it ``hmult``.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    shrinkage_ : dict
        What the bandwidth was multiplied by, by class.
    provenance_ : Provenance
        The row that each synthetic sample starts from, computed at each access.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a class has one row, ``shrinkage`` is negative or lacks a class, or X is not finite
        and numeric.

    See Also
    --------
    RandomOverSampler : With ``shrinkage`` the same with imbalanced-learn's bandwidth, in which
        n is the number of rows of all classes, so that a rare class gets less noise.
    SMOTE : Interpolate between rows instead of adding noise.

    References
    ----------
    G. Menardi, N. Torelli, "Training and assessing classification rules with imbalanced
    data", Data Mining and Knowledge Discovery 28(1), 92-122, 2014.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import ROSE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = ROSE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _needs = Needs(measures_distance=False)
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "shrinkage": [Interval(Real, 0, None, closed="left"), dict],
    }

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        shrinkage: float | Mapping[Any, float] = 1.0,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.shrinkage = shrinkage

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for a class of one row, or without a value of ``shrinkage``."""
        shrinkage_by_class(self.shrinkage, target_counts)
        for label, n_new in target_counts.items():
            if n_new and counts[label] == 1:
                raise ValueError(
                    f"Class {label!r} has one row, and ROSE needs at least 2 to measure a "
                    "standard deviation. Use RandomOverSampler, which copies the row, or leave "
                    "the class out of sampling_strategy."
                )

    def prepare(self, rows: ClassRows, n_to_generate: Counts) -> Job:
        """Return the job that copies rows and adds noise."""
        self.shrinkage_ = shrinkage_by_class(self.shrinkage, n_to_generate)
        random_state = check_random_state(self.random_state)
        recipes = []
        for label, n_new in n_to_generate.items():
            if n_new:
                width = self.shrinkage_[label], len(rows.positions(label))
                advance = is_used_again(self.random_state, label, n_to_generate)
                recipe = noisy_copy(
                    rows, label, n_new, random_state, *width, advance=advance, is_sample=True
                )
                recipes.append(recipe)
        return Job(recipes)
