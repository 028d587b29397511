"""GenerativeOverSampler: samples of any object that learns a table and generates rows of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._typing import Label, Matrix
from smotefast.engine.class_counts import Counts
from smotefast.engine.input_checks import count_values, finite_numbers
from smotefast.engine.job import Job
from smotefast.engine.mixed_recipes import MixedMatrix, first_rows
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import OVER_SAMPLER, Instance, StrOptions
from smotefast.engine.recipes import Recipe
from smotefast.engine.rows import ClassRows
from smotefast.engine.user_estimators import Attributes, copied, picklable, takes_seed
from smotefast.over_sampling._categorical import encode_columns
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.over_sampling.columns.positions import categorical_positions
from smotefast.over_sampling.generative.given_samples import (
    Given,
    GivenMixed,
    InOrder,
    NoOrigins,
)
from smotefast.over_sampling.generative.synthesis import fitted_on_class, sampled_rows
from smotefast.tables import Table, Target
from smotefast.tables.categories import MixedRows
from smotefast.tables.synthetic_frames import WHOLE_BELOW, FrameSchema
from smotefast.typing import SamplingStrategy, Seed

_NO_ROWS = np.empty(0, dtype=np.int64)


class GenerativeOverSampler(BaseOverSampler):
    """Over-sample with a synthesizer: any object with ``fit(frame)`` and ``sample(n)``.

    For each class that gets samples, a copy of the synthesizer learns the rows of the class and
    generates as many as are missing. CTGAN and TVAE of the package ctgan are such objects, as
    are the single-table synthesizers of SDV, and GaussianMixture and KernelDensity of
    scikit-learn for columns of numbers.

    Parameters
    ----------
    synthesizer : object
        It is cloned if it has ``get_params``, as in scikit-learn, and copied otherwise.
        ``fit`` gets the rows of a class as a pandas DataFrame; ``sample(n)`` returns a
        DataFrame with the same columns, or an array, or a tuple whose first item is one. If
        ``fit`` has a parameter ``discrete_columns``, as in ctgan, it gets the names of the
        categorical columns.
    categorical_features : "not numeric" or array-like, default="not numeric"
        The categorical columns: all that are not numeric, or positions, names or a mask as for
        :class:`SMOTENC`.
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed. All classes draw from one generator an int for each ``fit`` and ``sample``, which
        sets all ``random_state`` among the parameters of the synthesizer; without one it is
        passed to ``set_random_state``, as in ctgan, and to ``sample`` if that takes
        ``random_state``. The global generators of NumPy and PyTorch are not touched. None
        leaves the seeds of the synthesizer as they are.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    categorical_features_ : ndarray of shape (n_categorical,)
        Positions of the categorical columns.
    synthesizers_ : dict
        The fitted synthesizer of each class that got samples.
    provenance_ : Provenance
        Base row and neighbor are -1 and the step is NaN: the samples come from no row of X.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If ``random_state`` is given and the synthesizer takes no seed.

    Raises
    ------
    ValueError
        If the samples do not fit X: a column is missing, a category does not occur in X, a
        number is text, missing, infinite or outside of the range of its dtype; if ten calls of
        ``sample`` give too few rows; if X is not finite in its columns of numbers.
    ImportError
        If pandas is not installed.

    See Also
    --------
    SMOTENC : Numbers and categories between neighbors, without a model to fit.
    ROSE : Draws from a kernel density estimate, from files as well.

    Notes
    -----
    The frame has the columns of X in order, with their names if all are strings, else ``x0``,
    ``x1`` and so on. Columns that hold whole numbers only are int64 in the frame, and their
    samples are rounded, also if X has floats there; other floats keep their dtype. Columns of a
    categorical dtype are a pandas Categorical, other categories are values as in X.

    Jobs on files refuse the sampler by name: what a synthesizer needs of the memory is not
    known, so that no limit could hold.

    References
    ----------
    L. Xu, M. Skoularidou, A. Cuesta-Infante, K. Veeramachaneni, "Modeling Tabular Data using
    Conditional GAN", Advances in Neural Information Processing Systems 32, 2019.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.mixture import GaussianMixture
    >>> from smotefast.over_sampling import GenerativeOverSampler
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> sampler = GenerativeOverSampler(GaussianMixture(2), random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _needs = Needs(
        reads="everything",
        takes_categories=True,
        measures_distance=False,
        text_advice=(
            "Name it in categorical_features, leave out the parameter, which makes all columns "
            "that are not numeric categorical, or drop it."
        ),
        why_everything="fits a synthesizer, whose memory is not known",
        alternative="smote-nc",
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "synthesizer": [Instance(["fit", "sample"])],
        "categorical_features": ["array-like", StrOptions({"not numeric"})],
        **OVER_SAMPLER,
    }

    _schema: FrameSchema
    _dtype: np.dtype[Any]  # of the numbers of X as one matrix
    _first_rows: list[np.ndarray]  # a row with each category, of each categorical column

    def __init__(
        self,
        synthesizer: Any,
        *,
        categorical_features: Any = "not numeric",
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
    ) -> None:
        self.synthesizer = synthesizer
        self.categorical_features = categorical_features
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def __sklearn_clone__(self) -> GenerativeOverSampler:
        """Copy the parameters, also a synthesizer that Python cannot copy by itself."""
        params = self.get_params(deep=False)
        return type(self)(**{name: copied(value) for name, value in params.items()})

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickle, also of a synthesizer that cannot be pickled itself."""
        state: dict[str, Any] = super().__getstate__()
        return {**state, "synthesizer": picklable(self.synthesizer)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of ``__getstate__``."""
        if isinstance(synthesizer := state["synthesizer"], Attributes):
            state = {**state, "synthesizer": synthesizer.as_object()}
        super().__setstate__(state)

    def _checked_matrix(self, table: Table) -> Matrix | MixedMatrix:
        """Return numbers, and codes if there are categories; learn the columns."""
        categorical = np.sort(categorical_positions(self.categorical_features, table))
        numeric = np.setdiff1d(np.arange(table.n_features), categorical)
        self.categorical_features_ = categorical
        numbers: Matrix = np.empty((table.n_samples, 0))
        if len(numeric):
            numbers = finite_numbers(table.select(numeric.tolist()), self)
        if numbers.dtype.kind == "b":
            numbers = numbers.astype(np.float64)
        codes, categories = encode_columns(table, categorical.tolist())
        self._first_rows = first_rows(codes)
        self._dtype, types = numbers.dtype, table.column_types()
        self._schema = FrameSchema(
            _names(table),
            numeric.tolist(),
            categorical.tolist(),
            _column_dtypes(table, numeric, numbers.dtype),
            table.decimal_types(numeric.tolist()),
            count_values(numbers, _has_fraction_or_is_large) == 0,
            categories,
            [types[j] == "category" for j in categorical],
        )
        return MixedMatrix(numbers, codes) if len(categorical) else numbers

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        schema = self._schema
        if not isinstance(matrix, MixedMatrix):
            return [(matrix, schema.numeric)]
        parts = [(matrix.numbers, schema.numeric), (matrix.codes, schema.categorical)]
        return [(values, positions) for values, positions in parts if positions]

    def prepare(self, rows: ClassRows, n_to_generate: Counts) -> Job:
        """Fit a synthesizer for each class and return the job with its samples."""
        self.synthesizers_: dict[Label, Any] = {}
        seeds = _seeds(self.random_state)
        recipes: list[Recipe] = []
        for label, n_new in n_to_generate.items():
            if n_new:
                fitted = fitted_on_class(
                    self.synthesizer, self._schema, rows.matrix(label), label, next(seeds)
                )
                self.synthesizers_[label] = fitted
                numbers, codes = sampled_rows(fitted, self._schema, label, n_new, seeds)
                recipes.append(self._recipe(label, numbers, codes))
        return Job(recipes, messages=self._messages())

    def _messages(self) -> list[str]:
        if self.random_state is None or takes_seed(self.synthesizer):
            return []
        return [
            f"{type(self.synthesizer).__name__} takes no seed, so random_state="
            f"{self.random_state!r} does not make its samples repeatable."
        ]

    def _recipe(self, label: Label, numbers: np.ndarray, codes: np.ndarray) -> Recipe:
        origins = NoOrigins(label, _NO_ROWS, _NO_ROWS, None, InOrder(len(numbers)), None)
        given = Given(origins, numbers, numbers, self._dtype)
        return GivenMixed(given, codes) if self._schema.categorical else given

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        schema, n_new = self._schema, job.n_rows
        if not schema.categorical:
            return super()._extend(table, target, job)
        sizes = len(schema.numeric), len(schema.categorical)
        numbers, codes = job.mixed_rows(0, n_new, *sizes, self._dtype)
        columns = zip(schema.categorical, self._first_rows, codes.T, strict=True)
        sources = {position: first[column] for position, first, column in columns}
        new = MixedRows(numbers, schema.numeric, sources)
        return table.append_mixed(new), target.extend(job.labels(0, n_new, target.values.dtype))


def _seeds(random_state: Any) -> Iterator[int | None]:
    """Yield seeds, drawn one by one; None forever without a seed."""
    generator = None if random_state is None else check_random_state(random_state)
    while True:
        yield None if generator is None else int(generator.randint(np.iinfo(np.int32).max))


def _column_dtypes(
    table: Table, columns: np.ndarray, common: np.dtype[Any]
) -> list[np.dtype[Any]]:
    """Return the dtype of each column; an array has one for all."""
    if not table.has_dtypes:
        return [common] * len(columns)
    return table.numpy_dtypes(columns.tolist())


def _names(table: Table) -> list[str]:
    """Return the names of the columns of the frame."""
    names = table.names
    if names is None or not all(isinstance(name, str) for name in names):
        return [f"x{j}" for j in range(table.n_features)]
    return [str(name) for name in names]


def _has_fraction_or_is_large(values: np.ndarray) -> np.ndarray:
    return np.asarray((values != np.rint(values)) | (np.abs(values) >= WHOLE_BELOW))
