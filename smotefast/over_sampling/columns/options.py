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
from smotefast.over_sampling.columns.limits import limits_of, refuse_nonzero
from smotefast.over_sampling.columns.positions import column_positions
from smotefast.tables import Table, TableSchema
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
            refuse_nonzero(self._limits, columns)
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
