"""Base class of samplers of one step: open X and y, check them, resolve the strategy.

``over_sampling.base`` adds rows and ``under_sampling.base`` selects rows.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from smotefast._messages import MAX_NAMES, quote_name
from smotefast._phases import log_step, logs_steps
from smotefast._typing import Container
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.column_checks import complete_columns, warn_about_columns
from smotefast.engine.input_checks import finite_numbers
from smotefast.engine.rows import MatrixRows
from smotefast.tables import Table, Target, open_table, open_target


class LastData(NamedTuple):
    """X and y of a call, and the positions of a subset of its rows; None for all rows."""

    X: Container
    y: Container
    positions: np.ndarray | None = None


class SingleSampler(BaseSampler):
    """Base of samplers that add rows to a table, or select rows of it."""

    # Whether X and y are kept (not copied) for an estimator that is fitted at its first use.
    _keeps_data: ClassVar[bool] = False

    sampling_strategy: Any
    _last_data: LastData
    _n_samples: int  # of the X that was resampled last

    def _checked_data(self, X: Container, y: Container) -> tuple[Table, Target, MatrixRows]:
        """Check the data for resampling and warn about columns such as keys.

        ``rows`` have no values if the sampler does not read them.
        """
        table, target, rows = self._check(X, y)
        if rows.values is not None:
            parts = self._column_parts(rows.values)
            if self.needs().takes_missing:
                parts = [complete_columns(*part) for part in parts]
            warn_about_columns(parts, target.values, table.names)
        self._n_samples = table.n_samples
        if logs_steps():
            shape = table.n_samples, self.n_features_in_
            log_step("%s: %s", type(self).__name__, _described(*shape, rows.sizes))
        if self._keeps_data:
            self._last_data = LastData(X, y)
        return table, target, rows

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        """Return matrices to check, each with the positions of its columns in X."""
        return [(matrix, range(matrix.shape[1]))]

    @staticmethod
    @abstractmethod
    def resolve_strategy(
        sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
    ) -> Counts:
        """Return the target count of each class for a ``sampling_strategy``.

        With ``allow_reached`` a class that already has enough rows (for under-samplers: few
        enough) does not change.
        """

    def _last_matrix(self) -> Any:
        """Return the values of X of the last call."""
        matrix = self._checked_matrix(open_table(self._last_data.X))
        positions = self._last_data.positions
        return matrix if positions is None else matrix[positions]

    def _last_labels(self) -> np.ndarray:
        """Return the labels of y of the last call."""
        labels = open_target(self._last_data.y).values
        positions = self._last_data.positions
        return labels if positions is None else labels[positions]

    def _check(self, X: Container, y: Container) -> tuple[Table, Target, MatrixRows]:
        """Check parameters, target and data, in this order; resolve the strategy."""
        self._validate_params()
        target = open_target(y)
        table = open_table(X)
        n_features = self._learn_names(X)
        matrix = None if self.needs().copies_rows else self._checked_matrix(table)
        self.n_features_in_ = n_features
        if table.n_samples != len(target.values):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {len(target.values)}."
            )
        rows = MatrixRows(matrix, target.values)
        self.sampling_strategy_ = self.resolve_strategy(
            self.sampling_strategy, rows.sizes, target.values
        )
        return table, target, rows

    def _checked_matrix(self, table: Table) -> Any:
        matrix = finite_numbers(table, self)
        if matrix.dtype.kind == "b" and not self._takes_booleans:
            raise TypeError(
                f"{type(self).__name__} cannot interpolate between booleans. Convert X to "
                "numbers, or use RandomOverSampler, which copies rows."
            )
        return matrix


def _described(n_rows: int, n_features: int, sizes: Counts) -> str:
    """Return the shape of X and the sizes of the first classes as text."""
    classes = [f"{quote_name(label)}: {n:,}" for label, n in list(sizes.items())[:MAX_NAMES]]
    if len(sizes) > MAX_NAMES:
        classes.append(f"and {len(sizes) - MAX_NAMES:,} more")
    return f"{n_rows:,} rows, {n_features:,} columns, rows by class: {', '.join(classes)}"
