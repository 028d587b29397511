"""RandomOverSampler: new rows are copies of drawn rows, with noise if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._messages import list_names
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws
from smotefast.engine.job import Job
from smotefast.engine.mixed_recipes import Recipe
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import OVER_SAMPLER, SHRINKAGE
from smotefast.engine.recipes import Copy, Origins, Smooth
from smotefast.engine.rows import ClassPositions, ClassRows
from smotefast.over_sampling.base import BaseOverSampler


class RandomOverSampler(BaseOverSampler):
    """Over-sample by copying rows drawn with replacement.

    Columns of any type go through untouched: rows are taken whole, no value is looked at.
    With ``shrinkage`` the copies get normal noise (a smoothed bootstrap, ROSE) and X must
    be numeric. The rows are those of imbalanced-learn 0.14 for the same seed.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream serves all classes.
    shrinkage : float, dict or None, default=None
        Width of the noise, in units of Silverman's bandwidth times the standard deviation
        of each column in the class; a dict gives it by class. None adds none.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to create, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is, or is made from.
    shrinkage_ : dict or None
        Width of the noise, by class.
    provenance_ : Provenance
        The row that each new row copies, recomputed when asked for.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If ``shrinkage`` is negative or lacks a class, or is given for X that is not
        finite and numeric.

    References
    ----------
    G. Menardi, N. Torelli, "Training and assessing classification rules with imbalanced
    data", Data Mining and Knowledge Discovery 28(1), 2014.

    Examples
    --------
    >>> from smotefast.over_sampling import RandomOverSampler
    >>> X = [["a", 1], ["b", 2], ["c", 3]]
    >>> RandomOverSampler(random_state=0).fit_resample(X, [0, 0, 1])
    ([['a', 1], ['b', 2], ['c', 3], ['c', 3]], [0, 0, 1, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "shrinkage": SHRINKAGE,
    }
    _may_copy_rows = True
    _sets_sample_indices = True
    _needs = Needs(
        measures_distance=False,
        text_advice=(
            "Encode the column as numbers or drop it, or leave shrinkage out: plain copies may "
            "hold values of any type."
        ),
    )
    _takes_booleans = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        shrinkage: Any = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.shrinkage = shrinkage

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        return self._needs._replace(reads="nothing" if self.shrinkage is None else "classes")

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if ``shrinkage`` has no value for a class that gets samples."""
        self._shrinkage_by_class(target_counts)

    def prepare(self, rows: Any, n_to_generate: Counts) -> Job:
        """Return how rows are drawn; values are read only with ``shrinkage``."""
        self.shrinkage_ = self._shrinkage_by_class(n_to_generate)
        random_state = check_random_state(self.random_state)
        recipes: list[Recipe] = []
        for label, n_new in n_to_generate.items():
            if self.shrinkage_ is None:
                recipes.append(_copies(rows, label, n_new, random_state))
            else:
                shrinkage = self.shrinkage_[label]
                recipes.append(_noisy(rows, label, n_new, random_state, shrinkage))
        return Job(recipes)

    def _shrinkage_by_class(self, target_counts: Counts) -> dict[Any, float] | None:
        if self.shrinkage is None:
            return None
        if not isinstance(self.shrinkage, Mapping):
            return dict.fromkeys(target_counts, self.shrinkage)
        missing = [label for label in target_counts if label not in self.shrinkage]
        if missing:
            raise ValueError(
                "`shrinkage` should contain a shrinkage factor for each class that will be "
                f"resampled. The missing classes are: {{{list_names(missing)}}}. It has "
                f"{list_names(self.shrinkage)}."
            )
        for label, shrinkage in self.shrinkage.items():
            if shrinkage < 0:
                raise ValueError(
                    f"The shrinkage factor needs to be >= 0. Got {shrinkage} for class {label}."
                )
        return dict(self.shrinkage)

    def _checked_matrix(self, table: Any) -> Any:
        try:
            return super()._checked_matrix(table)
        except (TypeError, ValueError) as error:
            raise ValueError(
                "When shrinkage is not None, X needs to contain only numerical data to "
                f"later generate a smoothed bootstrap sample. {error}"
            ) from error

    def _extend(self, table: Any, target: Any, job: Job) -> tuple[Any, Any]:
        kept = table.n_samples
        self.sample_indices_ = np.empty(kept + job.n_rows, dtype=np.int64)
        self.sample_indices_[:kept] = np.arange(kept)
        self.sample_indices_[kept:] = job.positions(0, job.n_rows)
        if self.shrinkage is None:
            return table.take(self.sample_indices_), target.take(self.sample_indices_)
        return super()._extend(table, target, job)


def _copies(
    rows: ClassPositions, label: Any, n_new: int, random_state: np.random.RandomState
) -> Recipe:
    positions = rows.positions(label)
    draws = Draws(random_state, n_new, len(positions), then=None, advance=True)
    return Copy(Origins(label, positions, positions, None, draws))


def _noisy(
    rows: ClassRows,
    label: Any,
    n_new: int,
    random_state: np.random.RandomState,
    shrinkage: float,
) -> Recipe:
    positions, matrix = rows.positions(label), rows.matrix(label)
    n_features = matrix.shape[1]
    bandwidth = (4 / ((n_features + 2) * rows.n_samples)) ** (1 / (n_features + 4))
    scale = shrinkage * bandwidth * _column_deviation(matrix)
    draws = Draws(
        random_state, n_new, len(positions), then="normal", width=n_features, advance=True
    )
    # A float of the data's own width or an entry of a sparse matrix is what goes in; copies
    # of integers with noise would be cut to integers again.
    kept = matrix.dtype.kind == "f" or not isinstance(matrix, np.ndarray)
    dtype = matrix.dtype if kept else np.dtype(np.float64)
    return Smooth(Origins(label, positions, positions, None, draws), matrix, scale, dtype)


def _column_deviation(matrix: Any) -> np.ndarray:
    if isinstance(matrix, np.ndarray):
        return np.asarray(np.std(matrix, axis=0))
    from sklearn.utils.sparsefuncs import mean_variance_axis

    return np.asarray(np.sqrt(mean_variance_axis(matrix, axis=0)[1]))
