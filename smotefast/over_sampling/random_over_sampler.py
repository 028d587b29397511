"""RandomOverSampler: copies of rows drawn at random, with noise if requested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, cast

import numpy as np
from sklearn.utils import check_random_state

from smotefast._messages import list_names
from smotefast._typing import Label, Matrix
from smotefast.engine.aligned import Alignment
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws, Values
from smotefast.engine.job import Job
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import OVER_SAMPLER, Interval
from smotefast.engine.recipes import Copy, NumberRecipe, Origins, Recipe, dense_rows
from smotefast.engine.rows import ClassPositions, ClassRows
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables import Table, Target
from smotefast.typing import SamplingStrategy, Seed


class RandomOverSampler(BaseOverSampler):
    """Over-sample by copying rows drawn with replacement.

    Columns of any type are copied, whatever their values are. With ``shrinkage`` normal noise
    is added to the copies (a smoothed bootstrap, ROSE), and X must be numeric. The samples are
    those of imbalanced-learn 0.14 for the same seed.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. All classes draw from one generator.
    shrinkage : float, dict or None, default=None
        Width of the noise, in units of Silverman's bandwidth times the standard deviation of
        each column in the class; a dict has one for each class. None adds no noise.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Position in X of the row that each row of the result is, or is a copy of.
    shrinkage_ : dict or None
        Width of the noise, by class.
    provenance_ : Provenance
        The row that each synthetic sample copies, computed at each access.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If ``shrinkage`` is negative or lacks a class, or is not None and X is not finite and
        numeric.

    See Also
    --------
    SMOTE : Interpolate between rows instead of copying them.
    smotefast.under_sampling.RandomUnderSampler : Remove rows at random.

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
        "shrinkage": [Interval(Real, 0, None, closed="left"), dict, None],
    }
    _sets_sample_indices = True
    _needs = Needs(
        reads="nothing",
        measures_distance=False,
        takes_files=True,
        text_advice=(
            "Encode the column as numbers or drop it, or set shrinkage=None: plain copies may "
            "hold values of any type."
        ),
    )
    _takes_booleans = True

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        shrinkage: float | Mapping[Any, float] | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.shrinkage = shrinkage

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        if self.shrinkage is None:
            return self._needs
        return self._needs._replace(reads="classes", takes_files=False)

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if ``shrinkage`` has no value for a class that gets samples."""
        self._shrinkage_by_class(target_counts)

    def prepare(self, rows: ClassPositions, n_to_generate: Counts) -> Job:
        """Return the job that copies rows; values are read only with ``shrinkage``."""
        self.shrinkage_ = self._shrinkage_by_class(n_to_generate)
        random_state = check_random_state(self.random_state)
        recipes: list[Recipe] = []
        for label, n_new in n_to_generate.items():
            if self.shrinkage_ is None:
                recipes.append(_copy(rows, label, n_new, random_state))
            else:
                with_values = cast(ClassRows, rows)  # as needs() tells
                # imbalanced-learn counts the rows of all classes.
                width = self.shrinkage_[label], rows.n_samples
                advance = is_used_again(self.random_state, label, n_to_generate)
                recipes.append(
                    noisy_copy(with_values, label, n_new, random_state, *width, advance=advance)
                )
        return Job(recipes)

    def _shrinkage_by_class(self, target_counts: Counts) -> dict[Label, float] | None:
        if self.shrinkage is None:
            return None
        return shrinkage_by_class(self.shrinkage, target_counts)

    def _checked_matrix(self, table: Table) -> Matrix:
        try:
            matrix: Matrix = super()._checked_matrix(table)
        except (TypeError, ValueError) as error:
            raise ValueError(
                "When shrinkage is not None, X needs to contain only numerical data to "
                f"later generate a smoothed bootstrap sample. {error}"
            ) from error
        return matrix

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        if getattr(self, "shrinkage_", self) is None:  # copies
            return [Alignment(self._n_samples, self.sample_indices_)]
        return super().alignments()

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_samples = table.n_samples
        self.sample_indices_ = np.empty(n_samples + job.n_rows, dtype=np.int64)
        self.sample_indices_[:n_samples] = np.arange(n_samples)
        self.sample_indices_[n_samples:] = job.positions(0, job.n_rows)
        if self.shrinkage is None:
            return table.take(self.sample_indices_), target.take(self.sample_indices_)
        return super()._extend(table, target, job)


@dataclass(frozen=True)
class NoisyCopy(NumberRecipe):
    """Samples that copy rows of the class and add normal noise.

    ``scale`` of shape (n_features,) multiplies standard normals.
    """

    scale: np.ndarray

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return rows with noise; ``values`` are normals of shape (n, n_features)."""
        samples: np.ndarray = values[0] * self.scale
        with np.errstate(over="ignore"):
            samples += dense_rows(self.base[choices])
        if self.dtype.kind == "f":  # noise may lead out of the range of the dtype
            limit = np.finfo(self.dtype).max.astype(samples.dtype)
            np.clip(samples, -limit, limit, out=samples)
        return samples


def is_used_again(seed: Any, label: Label, n_to_generate: Counts) -> bool:
    """Return whether the generator is used after the draws of a class.

    That is by the next class, or by the caller unless the seed is an int. If not, many draws
    are made once instead of twice: ROSE, 8,000 samples of 10,000 x 20, 9.0 to 5.6 ms of CPU
    time.
    """
    last = [each for each, n_new in n_to_generate.items() if n_new][-1:]
    return not isinstance(seed, Integral) or [label] != last


def shrinkage_by_class(
    shrinkage: float | Mapping[Any, float], target_counts: Counts
) -> dict[Label, float]:
    """Return the width of the noise of each class; raise an error if a class lacks one."""
    if not isinstance(shrinkage, Mapping):
        return dict.fromkeys(target_counts, shrinkage)
    missing = [label for label in target_counts if label not in shrinkage]
    if missing:
        raise ValueError(
            "`shrinkage` should contain a shrinkage factor for each class that will be "
            f"resampled. The missing classes are: {{{list_names(missing)}}}. It has "
            f"{list_names(shrinkage)}."
        )
    for label, value in shrinkage.items():
        if not isinstance(value, Real) or not 0 <= value < np.inf:
            raise ValueError(
                f"The shrinkage factor needs to be >= 0. Got {value} for class {label}: a "
                "finite number is needed."
            )
    return dict(shrinkage)


def _copy(
    rows: ClassPositions, label: Label, n_new: int, random_state: np.random.RandomState
) -> Copy:
    positions = rows.positions(label)
    draws = Draws(random_state, n_new, len(positions), (), advance=True)
    return Copy(Origins(label, positions, positions, None, draws))


def noisy_copy(
    rows: ClassRows,
    label: Label,
    n_new: int,
    random_state: np.random.RandomState,
    shrinkage: float,
    n_samples: int,
    *,
    advance: bool,
    is_sample: bool = False,
) -> NoisyCopy:
    """Return a recipe: copy rows of a class and add noise of Silverman's bandwidth.

    Parameters
    ----------
    rows, label, n_new, random_state
        The data, the class, its number of samples and the generator of the draws.
    shrinkage
        What the bandwidth is multiplied by.
    n_samples
        Number of rows that the bandwidth is for: more rows, less noise.
    advance
        Whether the generator is used after the draws of the class.
    is_sample
        Whether the deviations are those of a sample: n - 1 rows in the variance, and sums in
        float64. If not, they are imbalanced-learn's, whose sums of float32 lose digits.
    """
    positions, matrix = rows.positions(label), rows.matrix(label)
    n_rows, n_features = matrix.shape
    bandwidth = (4 / ((n_features + 2) * n_samples)) ** (1 / (n_features + 4))
    deviations = _standard_deviations(matrix, np.float64 if is_sample else None)
    if is_sample:
        deviations = deviations * np.sqrt(n_rows / (n_rows - 1))
    scale = shrinkage * bandwidth * deviations
    noise: Values = ("normal", n_features)
    draws = Draws(random_state, n_new, len(positions), (noise,), advance=advance)
    # Floats and sparse entries keep their dtype. Integers become floats, or the noise would be
    # truncated.
    keeps_dtype = matrix.dtype.kind == "f" or not isinstance(matrix, np.ndarray)
    dtype = matrix.dtype if keeps_dtype else np.dtype(np.float64)
    origins = Origins(label, positions, positions, None, draws)
    return NoisyCopy(origins, matrix, matrix, dtype, scale)


def _standard_deviations(matrix: Matrix, dtype: type[np.float64] | None) -> np.ndarray:
    """Return those of columns, with sums in a dtype; None is that of the matrix.

    Columns whose squares over- or underflow are scaled first.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        deviations = _unscaled_deviations(matrix, dtype)
    is_lost = ~((deviations > 0) & np.isfinite(deviations))  # or constant
    for j in np.flatnonzero(is_lost).tolist():
        column = dense_rows(matrix[:, [j]]).astype(np.float64)
        largest = np.abs(column).max()
        deviations[j] = largest * np.std(column / largest) if largest else 0
    return deviations


def _unscaled_deviations(matrix: Matrix, dtype: type[np.float64] | None) -> np.ndarray:
    if isinstance(matrix, np.ndarray):
        return np.asarray(np.std(matrix, axis=0, dtype=dtype))
    from sklearn.utils.sparsefuncs import mean_variance_axis

    return np.asarray(np.sqrt(mean_variance_axis(matrix, axis=0)[1]))
