"""Parameters of SMOTE and SMOTENC for columns: missing values, distances, limits of samples.

``ColumnOptions`` is the base that has them. ``learn_columns`` resolves the columns that they
name, before rows are read; then the base selects what a search compares and makes the recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from smotefast._messages import quote_name
from smotefast._row_files import RowFile
from smotefast._typing import Matrix, Rows
from smotefast.engine.column_checks import described_columns
from smotefast.engine.interpolate import Interpolate, LimitedInterpolate, Limits
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import COLUMN_OPTIONS
from smotefast.engine.recipes import Origins
from smotefast.engine.user_estimators import fitted_neighbors
from smotefast.exceptions import NotNumericError
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.column_positions import column_positions
from smotefast.tables import Table, TableSchema
from smotefast.tables.casting import clamp_bounds
from smotefast.tables.protocol import library_of
from smotefast.typing import Bounds, Columns, Metric, Missing, RoundColumns

# The largest value of rows with missing values: sums of squared differences stay finite.
_LARGEST_COMPARED = 1e150


class ColumnOptions(NeighborSampler):
    """Base of samplers that treat columns differently, if these parameters say so."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        **COLUMN_OPTIONS,
    }

    # Of samplers without these parameters.
    missing: Missing = "error"
    metric: Metric = "euclidean"
    distance_columns: Columns | None = None
    bounds: Bounds | None = None
    round_columns: RoundColumns | None = None

    _compared: np.ndarray | None = None  # positions of the columns of distances; None for all
    _limits: Limits | None = None  # of the numeric columns

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        searches = _given({"missing": self.missing, "metric": self.metric})
        if self.distance_columns is not None:
            searches.append("distance_columns")
        return self._needs._replace(
            takes_missing=self.missing == "distance",
            memory_only=" and ".join(searches),
        )

    def column_options(self) -> list[str]:
        """Return the parameters that were set and are about columns or missing values."""
        names = "missing", "distance_columns", "bounds", "round_columns"
        return [name for name in names if _is_given(name, getattr(self, name))]

    def learn_columns(self, columns: TableSchema) -> None:
        """Resolve the parameters that name columns, all of which are numeric."""
        self._learn_columns(columns, range(columns.n_features))

    def _learn_columns(self, columns: TableSchema, numeric: Sequence[int]) -> None:
        self._compared = None
        if self.distance_columns is not None:
            compared = column_positions(self.distance_columns, columns, "distance_columns")
            if not np.isin(compared, numeric).any():
                raise ValueError(
                    f"distance_columns={quote_name(self.distance_columns)} must have at least "
                    "one numeric column. None compares all columns."
                )
            self._compared = np.sort(compared)
        try:
            self._limits = limits_of(self.bounds, self.round_columns, columns, numeric)
        except NotNumericError as error:
            advice = self.needs().text_advice
            raise (error.with_advice(advice) if advice else error) from error.__cause__

    def _validate_params(self) -> None:
        super()._validate_params()
        if self.missing == "distance" and self.metric != "euclidean":
            raise ValueError(
                f"missing='distance' measures Euclidean distances, and metric={self.metric!r}. "
                "Use metric='euclidean', or impute the missing values."
            )
        if not (searches := self.needs().memory_only):
            return
        if hasattr(getattr(self, self._parameter), "kneighbors"):
            raise ValueError(
                f"{self._parameter} is an estimator, which has its distances, and {searches} "
                f"changes those of the sampler. Give {self._parameter} as a number."
            )
        if self.search == "approximate" and (
            self.metric == "manhattan" or self.missing == "distance"
        ):
            raise ValueError(
                f"search='approximate' knows no search with {searches}. Use search='exact' or "
                "'auto'."
            )

    def _checked_matrix(self, table: Table) -> Any:
        matrix = super()._checked_matrix(table)
        columns = described_columns() or table
        self.learn_columns(columns)
        if self._limits is not None and not isinstance(matrix, np.ndarray):
            _refuse_nonzero(self._limits, columns)
        return matrix

    def _compared_columns(self, matrix: Matrix) -> Matrix:
        """Return the columns of distances."""
        if self._compared is None:
            return matrix
        columns: Any = matrix
        compared: Matrix = columns[:, self._compared]
        if not isinstance(compared, np.ndarray):
            compared.sum_duplicates()  # this also sorts the indices
        return compared

    def _search_metric(self, compared: Matrix | RowFile) -> str:
        """Return the metric for these rows, which may have missing values."""
        if not self._has_missing(compared):
            return self.metric
        refuse_overflow(compared)
        return "nan_euclidean"

    def _has_missing(self, rows: Matrix | RowFile) -> bool:
        if self.missing == "error" or not isinstance(rows, np.ndarray):
            return False
        return bool(np.isnan(rows).any())

    def _interpolation(self, origins: Origins, rows: Matrix) -> Interpolate:
        """Return a recipe for rows of numbers, with the limits and missing values."""
        has_missing = self._has_missing(rows)
        if self._limits is None and not has_missing:
            return Interpolate.between(origins, rows, rows)
        limits = self._limits
        if limits is None:
            none = np.full(rows.shape[1], np.inf)
            limits = Limits(-none, none, np.zeros(len(none), dtype=bool))
        return LimitedInterpolate.between(
            origins, rows, rows, limits=limits, has_missing=has_missing
        )

    def _fitted_in_class(self) -> Any:
        if self._estimator is not None or self._last_recipe is None:
            return super()._fitted_in_class()
        pool: Any = self._last_pool()
        metric: str = self._search_metric(pool)
        params: dict[str, Any] = {}
        if metric != "euclidean":  # the default has another name
            params["metric"] = metric
        if metric == "mahalanobis":
            inverse = np.linalg.pinv(np.atleast_2d(np.cov(pool, rowvar=False, ddof=0)))
            params["metric_params"] = {"VI": inverse}
        return fitted_neighbors(int(getattr(self, self._parameter)) + 1, pool, **params)

    def _last_pool(self) -> Matrix:
        return self._compared_columns(super()._last_pool())


def refuse_overflow(rows: Matrix | Rows) -> None:
    """Refuse rows with missing values whose squared differences are not finite."""
    assert isinstance(rows, np.ndarray)  # others have no missing values
    largest = float(np.nanmax(np.abs(rows), initial=0))
    if largest > _LARGEST_COMPARED:
        raise ValueError(
            f"missing='distance' squares differences, and X has values up to {largest:.3g}. "
            f"Values beyond {_LARGEST_COMPARED:g} are too large; scale their columns, or "
            "replace them if they mark something."
        )


def _given(values: Mapping[str, object]) -> list[str]:
    """Return the parameters that are not at their defaults, with their values."""
    return [f"{name}={value!r}" for name, value in values.items() if _is_given(name, value)]


def _is_given(name: str, value: object) -> bool:
    default = getattr(ColumnOptions, name)
    return value is not None if default is None else value != default


def limits_of(
    bounds: Bounds | None,
    round_columns: RoundColumns | None,
    columns: TableSchema,
    numeric: Sequence[int],
) -> Limits | None:
    """Resolve ``bounds`` and ``round_columns`` to limits of the numeric columns.

    Bounds of columns that hold whole numbers are moved to whole numbers inside of them, so that
    neither rounding nor truncation leaves them.

    Parameters
    ----------
    bounds, round_columns
        The parameters.
    columns
        The columns of the data.
    numeric
        Positions of the numeric columns.
    """
    if bounds is None and round_columns is None:
        return None
    numeric = list(numeric)
    low, high = _bounds_by_column(bounds, columns, numeric)
    is_rounded = np.zeros(columns.n_features, dtype=bool)
    is_whole = is_rounded.copy()
    dtypes = columns.numpy_dtypes(numeric)
    is_whole[numeric] = [dtype.kind in "iu" for dtype in dtypes]
    if isinstance(round_columns, str):  # "integer"
        is_rounded = is_whole.copy()
    elif round_columns is not None:
        rounded = column_positions(round_columns, columns, "round_columns")
        _refuse_categories(rounded, numeric, columns, "round_columns")
        is_rounded[rounded] = True
    is_whole |= is_rounded
    low, high = np.where(is_whole, np.ceil(low), low), np.where(is_whole, np.floor(high), high)
    for j in np.flatnonzero(low > high).tolist():
        raise ValueError(
            f"bounds of column {_name(columns, j)!r} leave no value: the lower one is above "
            f"the upper one{', or no whole number lies between' if is_whole[j] else ''}. Give "
            "(low, high), each a number or None."
        )
    low, high = low[numeric], high[numeric]
    for i, (j, dtype) in enumerate(zip(numeric, dtypes, strict=True)):
        least, largest = _range_of(dtype)
        if low[i] > largest or high[i] < least:
            raise ValueError(
                f"bounds of column {_name(columns, j)!r} leave no value: they lie outside of "
                f"{least:.4g} to {largest:.4g}, the range of its dtype {dtype}. Convert the "
                "column to a wider dtype, or change the bounds."
            )
        if dtype.kind == "f":  # so that no bound overflows
            low[i] = -np.inf if low[i] < least else low[i]
            high[i] = np.inf if high[i] > largest else high[i]
    return Limits(low, high, is_rounded[numeric])


def _range_of(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the least and the largest number of a dtype as float64."""
    if dtype.kind == "b":
        return 0.0, 1.0
    if dtype.kind in "iu":
        least, largest = clamp_bounds(np.dtype(np.float64), dtype)
        return float(least), float(largest)
    largest = np.finfo(dtype).max
    return -float(largest), float(largest)


def _bounds_by_column(
    bounds: Bounds | None, columns: TableSchema, numeric: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of all columns, infinite for none."""
    low, high = np.full(columns.n_features, -np.inf), np.full(columns.n_features, np.inf)
    if isinstance(bounds, Mapping):
        positions = column_positions(list(bounds), columns, "bounds")
        _refuse_categories(positions, numeric, columns, "bounds")
        for j, pair in zip(positions.tolist(), bounds.values(), strict=True):
            sides = _pair(pair, 1)
            if sides is None:
                raise ValueError(
                    f"bounds of column {_name(columns, j)!r} are {quote_name(pair)} and must "
                    "be a pair (low, high) of numbers; None is no bound, and NaN is refused."
                )
            low[j], high[j] = sides[0][0], sides[1][0]
    elif bounds is not None:
        sides = _pair(bounds, columns.n_features)
        if sides is None:
            raise ValueError(
                f"bounds={quote_name(bounds)} must be a dict of columns and pairs (low, high), "
                "or one pair (low, high) of numbers, or of arrays with one for each of "
                f"{columns.n_features} columns; None is no bound, and NaN is not allowed."
            )
        low, high = sides
        others = np.setdiff1d(np.arange(columns.n_features), numeric)
        low[others], high[others] = -np.inf, np.inf
    return low, high


def _pair(pair: Any, n_columns: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return two bounds of each of ``n_columns``; None for what is no pair of bounds."""
    _refuse_labels(pair)
    try:
        low, high = pair
        sides = _side(low, -np.inf, n_columns), _side(high, np.inf, n_columns)
    except (TypeError, ValueError):
        return None
    return None if np.isnan(sides).any() else sides


def _side(side: Any, none: float, n_columns: int) -> np.ndarray:
    """Return one side of the bounds as float64, ``none`` for None."""
    items = np.asarray(side, dtype=object)
    numbers = [none if item is None else item for item in items.ravel().tolist()]
    shaped = np.array(numbers, dtype=np.float64).reshape(items.shape)
    return np.array(np.broadcast_to(shaped, n_columns))


def _refuse_labels(pair: Any) -> None:
    """Refuse pandas objects, whose labels might be in another order than the columns."""
    sides = pair if isinstance(pair, list | tuple) else ()
    if any(library_of(each) == "pandas" for each in (pair, *sides)):
        raise ValueError(
            "bounds has a pandas object, and a pair is read by position, not by label. Give a "
            "dict of columns and pairs (low, high), such as "
            "dict(zip(low.index, zip(low, high))), or arrays in the order of the columns."
        )


def _refuse_categories(
    positions: np.ndarray, numeric: list[int], columns: TableSchema, parameter: str
) -> None:
    for j in np.setdiff1d(positions, numeric).tolist():
        raise ValueError(
            f"{parameter} names {_name(columns, j)!r}, which is a categorical column. Only "
            "numeric columns have limits; leave it out."
        )


def _refuse_nonzero(limits: Limits, columns: TableSchema) -> None:
    """Refuse bounds that exclude 0 for sparse rows, which would become dense."""
    for j in np.flatnonzero((limits.low > 0) | (limits.high < 0)).tolist():
        raise ValueError(
            f"bounds of column {_name(columns, j)!r} exclude 0, and X is sparse: all elements "
            "that are not stored would change. Densify X (X.toarray()), or include 0."
        )


def _name(columns: TableSchema, j: int) -> Any:
    return j if columns.names is None else columns.names[j]
