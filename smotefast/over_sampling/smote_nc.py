"""SMOTENC: SMOTE for rows of numbers and categories."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._row_files import RowFile
from smotefast._typing import Label, Rows
from smotefast.engine.class_counts import Counts
from smotefast.engine.draws import Draws
from smotefast.engine.input_checks import finite_numbers
from smotefast.engine.majority_vote import picks_of_samples
from smotefast.engine.mixed_recipes import (
    MixedFile,
    MixedInterpolate,
    MixedMatrix,
    standard_deviations,
)
from smotefast.engine.param_constraints import COLUMN_OPTIONS, StrOptions
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import ClassRows
from smotefast.engine.user_estimators import fitted_neighbors, number_of_neighbors
from smotefast.over_sampling._categorical import CategoricalSampler
from smotefast.over_sampling.call import Call
from smotefast.over_sampling.columns.options import refuse_overflow
from smotefast.over_sampling.columns.positions import categorical_positions
from smotefast.over_sampling.smote import SMOTE
from smotefast.tables import Table, TableSchema
from smotefast.typing import (
    Bounds,
    Columns,
    Missing,
    NeighborCount,
    RoundColumns,
    SamplingStrategy,
    Search,
    Seed,
    SmallClass,
)


class SMOTENC(CategoricalSampler, SMOTE):
    """Over-sample rows of numbers and categories.

    The numbers of a sample lie between those of a row and of one of its nearest neighbors in
    the class. In each categorical column it has the category that most of the neighbors have.
    Each category that differs adds to the distance of two rows as much as the median of the
    standard deviations of the numeric columns in the class.

    With exact search and an int or RandomState as ``random_state``, the samples are those of
    imbalanced-learn 0.14 for the same seed, bit for bit on data without distance ties.

    Parameters
    ----------
    categorical_features : {"auto", "not numeric"} or array-like
        The categorical columns.

        - "auto": columns of a categorical dtype: pandas ``category``, polars ``Categorical``
          and ``Enum``, Arrow dictionaries. If there are none, columns of text and booleans.
        - "not numeric": all columns that are not numeric: categories, text, booleans, dates.
        - array-like: positions (negative ones count from the end), a mask, or names, which are
          tuples if a frame has several column levels.
    categorical_encoder : estimator, default=None
        A one-hot encoder whose ``categories_`` are the order of the categories; it matters if
        several have the most votes. None sorts them.
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int starts again for each class, as in imbalanced-learn.
    k_neighbors : int or object, default=5
        Number of nearest neighbors to choose from, and to vote. An object is cloned and fitted
        on each class, with a one-hot matrix of the categories.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE`.
    small_class : {"error", "clamp", "duplicate"}, default="error"
        How to treat a class with fewer than ``k_neighbors + 1`` rows; as for :class:`SMOTE`.
    missing : {"error", "distance"}, default="error"
        What to do about missing numbers; as for :class:`SMOTE`. A missing category is always
        one more category, so it is never missing in a distance.
    distance_columns : array-like or None, default=None
        Columns that count for the distance, of both types, at least one numeric; as for
        :class:`SMOTE`.
    bounds : dict, pair or None, default=None
        Lowest and highest value of samples in numeric columns; as for :class:`SMOTE`. In
        arrays, what they say about categorical columns is not used.
    round_columns : {"integer"}, array-like or None, default=None
        Numeric columns whose samples are rounded to whole numbers; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class.
    categorical_features_ : ndarray
        Positions of the categorical columns.
    continuous_features_ : ndarray
        Positions of the numeric columns.
    categorical_encoder_ : estimator
        A one-hot encoder, fitted on the categories.
    median_std_ : dict
        Median of the standard deviations of the numeric columns of the distance, by class.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the last class that got samples, with a one-hot matrix of the categories. Not fitted
        if numbers of that class are missing.
    provenance_ : Provenance
        Base row, neighbor and step of each synthetic sample, computed at each access.
    search_ : str or None
        How neighbors were found: "exact", "approximate", "estimator", or None if no class got
        samples.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_ : int
        Number of columns of X.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If all columns are categorical, or none is; if a class has fewer than
        ``k_neighbors + 1`` rows and ``small_class`` does not allow it; if the numeric columns
        are not finite and numeric; if ``missing`` or ``distance_columns`` is combined with an
        estimator as ``k_neighbors``, or ``missing`` with approximate search.

    See Also
    --------
    SMOTE : The same for rows of numbers only.
    SMOTEN : The same for rows of categories only.

    References
    ----------
    N. V. Chawla, K. W. Bowyer, L. O. Hall, W. P. Kegelmeyer, "SMOTE: Synthetic Minority
    Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002.

    Examples
    --------
    >>> from smotefast.over_sampling import SMOTENC
    >>> X = [[1.0, "a"], [1.5, "a"], [2.0, "b"], [9.0, "c"], [8.0, "c"]]
    >>> sampler = SMOTENC([1], k_neighbors=1, random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, [0, 0, 0, 1, 1])
    >>> X_new[-1][1], y_new
    ('c', [0, 0, 0, 1, 1, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CategoricalSampler._parameter_constraints,
        "categorical_features": ["array-like", StrOptions({"auto", "not numeric"})],
        **{name: each for name, each in COLUMN_OPTIONS.items() if name != "metric"},
    }
    _needs = CategoricalSampler._needs._replace(
        takes_files=True,
        text_advice=(
            "Name it in categorical_features, set categorical_features='not numeric', which "
            "makes all columns that are not numeric categorical, or drop it."
        ),
    )

    def __init__(
        self,
        categorical_features: Any,
        *,
        categorical_encoder: Any = None,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 5,
        search: Search = "auto",
        small_class: SmallClass = "error",
        missing: Missing = "error",
        distance_columns: Columns | None = None,
        bounds: Bounds | None = None,
        round_columns: RoundColumns | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.categorical_features = categorical_features
        self.categorical_encoder = categorical_encoder
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.small_class = small_class
        self.missing = missing
        self.distance_columns = distance_columns
        self.bounds = bounds
        self.round_columns = round_columns
        self.n_jobs = n_jobs

    def choose_columns(self, columns: TableSchema) -> tuple[list[int], list[int]]:
        """Return the positions of the numeric and of the categorical columns."""
        self.n_features_ = columns.n_features
        categorical = categorical_positions(self.categorical_features, columns)
        self.categorical_features_ = categorical
        self.continuous_features_ = np.setdiff1d(np.arange(columns.n_features), categorical)
        self._check_both_types(columns)
        self._learn_columns(columns, self._continuous)
        return self._continuous, self._categorical

    def _checked_matrix(self, table: Table) -> MixedMatrix:
        self.choose_columns(table)
        numbers = finite_numbers(table.select(self._continuous), self)
        if numbers.dtype.kind == "b":
            numbers = numbers.astype(np.float64)
        return MixedMatrix(numbers, self._encoded(table))

    def _check_both_types(self, columns: TableSchema) -> None:
        if not self.continuous_features_.size:
            raise _one_type_error("categorical", "numerical", "Use SMOTEN.")
        if not self.categorical_features_.size:
            advice = "Use SMOTE, or name numbers that are codes in categorical_features."
            if set(columns.column_types()) != {"number"}:
                advice = (
                    "X has columns that are not numeric: name them in categorical_features, or "
                    "set categorical_features='not numeric'."
                )
            raise _one_type_error("numerical", "categorical", advice)

    def _check_encoder(self, encoder: Any) -> None:
        n_categories = sum(map(len, encoder.categories_))
        first = [categories[0] for categories in encoder.categories_]
        n_columns = encoder.transform(np.array([first], dtype=object)).shape[1]
        if n_columns != n_categories:
            raise ValueError(
                "SMOTENC requires a one-hot encoding with one column per category for the "
                f"categorical features. The provided `categorical_encoder` produced "
                f"{n_columns} columns for {n_categories} categories. Do not set drop= or "
                "options that merge categories."
            )

    def _recipes(
        self, rows: ClassRows, n_to_generate: Counts, call: Call
    ) -> list[MixedInterpolate]:
        self.median_std_: dict[Any, float] = {}
        return [self._recipe(rows, label, n, call) for label, n in n_to_generate.items()]

    def _recipe(
        self, rows: ClassRows, label: Label, n_new: int, call: Call
    ) -> MixedInterpolate:
        matrix, positions = rows.matrix(label), rows.positions(label)
        compared = self._compared_columns(matrix)
        self.median_std_[label] = self._median_deviation(compared.numbers)
        k = call.class_k(label, len(positions))
        draws = call.draws(n_new, len(positions) * k)
        entry = _one_hot_entry(self.median_std_[label], matrix.numbers.dtype)
        neighbors = self._neighbors_of_drawn(compared, entry, k, draws, call)
        random_state = check_random_state(self.random_state)  # an int seed starts again
        picks = picks_of_samples(
            random_state, matrix.codes, neighbors, draws, n_threads=call.search.n_threads
        )
        origins = Origins(label, positions, positions, neighbors, draws)
        numbers = self._interpolation(origins, matrix.numbers)
        return MixedInterpolate(numbers, matrix.codes, picks)

    def _neighbors_of_drawn(
        self, matrix: MixedMatrix | MixedFile, entry: float, k: int, draws: Draws, call: Call
    ) -> Rows:
        if call.estimator is not None and isinstance(matrix, MixedMatrix):
            return call.neighbors_of_drawn(self._one_hot(matrix, entry), k, draws)
        metric = self._search_metric(matrix.numbers)
        codes, weight = matrix.codes, 2 * entry * entry
        return call.neighbors_of_drawn(
            matrix.numbers, k, draws, codes=codes, weight=weight, metric=metric
        )

    def _compared_columns(self, matrix: Any) -> Any:
        """Return the columns of distances, of both types."""
        if self._compared is None:
            return matrix
        numeric = np.isin(self._continuous, self._compared)
        codes = np.ascontiguousarray(matrix.codes[:, self._compared_categories])
        return MixedMatrix(np.ascontiguousarray(matrix.numbers[:, numeric]), codes)

    @property
    def _compared_categories(self) -> np.ndarray:
        """Which of the categorical columns count for the distance, bool."""
        if self._compared is None:
            return np.ones(len(self._categorical), dtype=bool)
        return np.isin(self._categorical, self._compared)

    def _median_deviation(self, numbers: Rows) -> float:
        """Return the median of the standard deviations; 0 if all numbers are missing."""
        if isinstance(numbers, RowFile) or not self._has_missing(numbers):
            return float(np.median(standard_deviations(numbers)))
        refuse_overflow(numbers)
        has_values = ~np.isnan(numbers).all(axis=0)
        deviations = np.nanstd(numbers[:, has_values], axis=0, dtype=np.float64)
        return float(np.median(deviations)) if has_values.any() else 0.0

    def _fitted_in_class(self) -> Any:
        recipe = self._last_recipe
        if recipe is not None and self._has_missing(recipe.numbers.pool):
            return fitted_neighbors(number_of_neighbors(self.k_neighbors) + 1, None)
        return super()._fitted_in_class()

    def _last_pool(self) -> Any:
        recipe = self._last_recipe
        entry = _one_hot_entry(self.median_std_[recipe.origins.label], recipe.dtype)
        rows = MixedMatrix(recipe.numbers.pool, recipe.codes)
        return self._one_hot(self._compared_columns(rows), entry)

    def _one_hot(self, matrix: MixedMatrix, entry: float) -> Any:
        """Return the one-hot matrix that imbalanced-learn searches."""
        from scipy import sparse

        floats = matrix.dtype.kind == "f"
        dtype = np.result_type(matrix.dtype, np.float32) if floats else np.dtype(np.float64)
        parts = [sparse.csr_matrix(matrix.numbers.astype(dtype, copy=False))]
        rows = np.arange(matrix.shape[0])
        of_columns = itertools.compress(self._categories, self._compared_categories)
        for codes, categories in zip(matrix.codes.T, of_columns, strict=True):
            entries = np.full(len(rows), entry), (rows, codes)
            parts.append(sparse.csr_matrix(entries, (len(rows), len(categories))))
        return sparse.hstack(parts, format="csr", dtype=dtype)

    def _new_encoder(self) -> Any:
        from sklearn.preprocessing import OneHotEncoder

        return OneHotEncoder(handle_unknown="ignore")

    @property
    def _categorical(self) -> list[int]:  # type: ignore[override]
        return list(map(int, self.categorical_features_))

    @property
    def _continuous(self) -> list[int]:  # type: ignore[override]
        return list(map(int, self.continuous_features_))


def _one_type_error(single: str, other: str, advice: str) -> ValueError:
    return ValueError(
        f"SMOTE-NC is not designed to work only with {single} features. It requires some "
        f"{other} features. {advice}"
    )


def _one_hot_entry(median: float, dtype: np.dtype[Any]) -> float:
    """Return the entry of a one-hot column, rounded as imbalanced-learn's matrix rounds it.

    imbalanced-learn's matrix of integers truncates the entry to 0, so that categories do not
    count; here they do.
    """
    entry = median / np.sqrt(2)
    return float(dtype.type(entry)) if dtype.kind == "f" else float(entry)
