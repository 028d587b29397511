"""What the samplers share that take categories: columns to codes, and codes to columns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from smotefast.engine.categorical import encode_columns, reordered, value_table
from smotefast.engine.job import Job
from smotefast.engine.mixed import MixedMatrix, first_rows
from smotefast.engine.neighbor_sampler import NeighborSampler
from smotefast.tables import Columns, Table, Target
from smotefast.tables.categories import NewColumns


class CategoricalSampler(NeighborSampler):
    """Base of samplers that work on codes of categories."""

    _takes_categories = True
    _made_by_resampling: ClassVar[tuple[str, ...]] = (
        *NeighborSampler._made_by_resampling,
        "_values",
        "_first_rows",
        "_encoder",
    )

    categorical_encoder: Any
    _encoder: Any
    # Positions of the columns of either kind.
    _categorical: list[int]
    _continuous: list[int]

    @abstractmethod
    def _choose_columns(self, columns: Columns) -> None:
        """Say which columns are categories and which are numbers."""

    @abstractmethod
    def _new_encoder(self) -> Any:
        """Return the encoder that imbalanced-learn would use."""

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        codes = matrix.codes if isinstance(matrix, MixedMatrix) else matrix
        parts: list[tuple[Any, Sequence[int]]] = [(codes, self._categorical)]
        if self._continuous:
            parts.insert(0, (matrix.numbers, self._continuous))
        return parts

    def _encoded(self, table: Table) -> np.ndarray:
        """Return the codes of the categorical columns; remember what they stand for."""
        codes, values = encode_columns(table, self._categorical)
        codes = self._arranged(codes, values)
        self._first_rows = first_rows(codes)
        return codes

    def _arranged(self, codes: np.ndarray, values: list[list[Any]]) -> np.ndarray:
        """Give codes of sorted values the order of the user's encoder, if there is one."""
        self._values, self._encoder = values, None
        if self.categorical_encoder is None:
            return codes
        codes, self._values, self._encoder = reordered(codes, values, self.categorical_encoder)
        self._check_encoder(self._encoder)
        return codes

    def _check_encoder(self, encoder: Any) -> None:
        """Refuse an encoder that does not serve."""

    @property
    def categorical_encoder_(self) -> Any:
        """A fitted encoder of the categories; made when asked for, resampling needs none."""
        if not hasattr(self, "_values"):
            raise AttributeError(f"This {type(self).__name__} has no categorical_encoder_ yet.")
        if self._encoder is None:
            try:
                self._encoder = self._new_encoder().fit(value_table(self._values))
            except (TypeError, ValueError) as why:  # numbers beside texts; missing values
                raise AttributeError(
                    f"There is no categorical_encoder_: scikit-learn's encoder refuses the "
                    f"categories ({why})."
                ) from why
        return self._encoder

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_new = job.n_rows
        labels = job.labels(0, n_new, target.values.dtype)
        sizes = len(self._continuous), len(self._categorical)
        numbers, codes = job.mixed_rows(0, n_new, *sizes, job.dtype or np.float64)
        picks = {
            j: first[codes[:, place]]
            for place, (j, first) in enumerate(
                zip(self._categorical, self._first_rows, strict=True)
            )
        }
        new = NewColumns(numbers, self._continuous, picks)
        return table.append_columns(new), target.extend(labels)
