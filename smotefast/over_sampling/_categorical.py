"""Base of SMOTENC and SMOTEN: columns of categories as integer codes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast._messages import list_names
from smotefast._typing import Matrix
from smotefast.engine.job import Job
from smotefast.engine.majority_vote import load_votes
from smotefast.engine.mixed_recipes import MixedMatrix, first_rows
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import HasMethods
from smotefast.over_sampling.base import NeighborSampler
from smotefast.tables import Table, TableSchema, Target
from smotefast.tables.categories import EncodedColumn, MixedRows


class CategoricalSampler(NeighborSampler):
    """Base of SMOTENC and SMOTEN: rows of codes of categories, with numbers or without."""

    _needs: ClassVar[Needs] = NeighborSampler._needs._replace(takes_categories=True)
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        "categorical_encoder": [HasMethods(["fit_transform", "inverse_transform"]), None],
    }

    categorical_encoder: Any
    _encoder: Any
    _categories: list[list[Any]]  # of each categorical column
    _categorical: list[int]  # positions of the categorical columns
    _continuous: list[int]  # positions of the numeric columns
    _first_rows: list[np.ndarray]  # a row with each category, of each categorical column

    @abstractmethod
    def choose_columns(self, columns: TableSchema) -> tuple[list[int], list[int]]:
        """Return the positions of the numeric and of the categorical columns."""

    @abstractmethod
    def _new_encoder(self) -> Any:
        """Return the encoder that imbalanced-learn would use."""

    def encode(
        self, codes: np.ndarray, categories: list[list[Any]]
    ) -> tuple[np.ndarray, list[list[Any]]]:
        """Convert codes to the order of the user's encoder, if there is one.

        Parameters
        ----------
        codes
            Shape (n_rows, n_columns), int32, in the order of the sorted categories.
        categories
            Categories of each column, in order.

        Returns
        -------
        codes, categories
        """
        self._categories, self._encoder = categories, None
        if self.categorical_encoder is None:
            return codes, categories
        codes, self._categories, self._encoder = codes_of_encoder(
            codes, categories, self.categorical_encoder
        )
        self._check_encoder(self._encoder)
        return codes, self._categories

    def load_kernels(
        self, dtype: np.dtype[Any], n_features: int, n_codes: int, n_threads: int
    ) -> None:
        """Run the kernel for majority votes, which small data do not use."""
        load_votes(n_threads=n_threads)

    def _column_parts(self, matrix: Any) -> list[tuple[Matrix, Sequence[int]]]:
        codes = matrix.codes if isinstance(matrix, MixedMatrix) else matrix
        parts: list[tuple[Matrix, Sequence[int]]] = [(codes, self._categorical)]
        if self._continuous:
            parts.insert(0, (matrix.numbers, self._continuous))
        return parts

    def _encoded(self, table: Table) -> np.ndarray:
        """Return the codes of the categorical columns; keep a row for each category."""
        codes, _ = self.encode(*encode_columns(table, self._categorical))
        self._first_rows = first_rows(codes)
        return codes

    def _check_encoder(self, encoder: Any) -> None:
        """Raise an error for an encoder that cannot be used."""

    @property
    def categorical_encoder_(self) -> Any:
        """An encoder of the categories, fitted at its first use."""
        if not hasattr(self, "_categories"):
            raise AttributeError(f"This {type(self).__name__} has no categorical_encoder_ yet.")
        if self._encoder is None:
            try:
                self._encoder = self._new_encoder().fit(category_table(self._categories))
            except (TypeError, ValueError) as why:  # numbers and text, or missing values
                raise AttributeError(
                    f"There is no categorical_encoder_: scikit-learn's encoder refuses the "
                    f"categories ({why})."
                ) from why
        return self._encoder

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_new = job.n_rows
        labels = job.labels(0, n_new, target.values.dtype)
        sizes = len(self._continuous), len(self._categorical)
        dtype = job.dtype or np.dtype(np.float64)
        numbers, codes = job.mixed_rows(0, n_new, *sizes, dtype)
        columns = zip(self._categorical, self._first_rows, codes.T, strict=True)
        picks = {position: first[column] for position, first, column in columns}
        new = MixedRows(numbers, self._continuous, picks)
        return table.append_mixed(new), target.extend(labels)


def encode_columns(table: Table, columns: Sequence[int]) -> tuple[np.ndarray, list[list[Any]]]:
    """Return the codes of categorical columns, and their categories.

    Returns
    -------
    codes
        Shape (n_samples, n_columns), int32.
    categories
        Categories of each column, in order; None for missing values.
    """
    return join_codes(table.n_samples, (_column_codes(table, int(j)) for j in columns))


def join_codes(
    n_rows: int, columns: Iterable[EncodedColumn]
) -> tuple[np.ndarray, list[list[Any]]]:
    """Return the codes of columns as one table, and the categories of each column."""
    parts = [(column.codes, column.categories) for column in columns]
    codes = np.empty((n_rows, len(parts)), dtype=np.int32)
    for j, (column, _) in enumerate(parts):
        codes[:, j] = column
    return codes, [categories for _, categories in parts]


def _column_codes(table: Table, j: int) -> EncodedColumn:
    try:
        return table.encode(j)
    except (TypeError, NotImplementedError) as why:  # values that cannot be hashed or compared
        name = j if table.names is None else table.names[j]
        raise ValueError(
            f"Column {name!r} of X holds values that cannot be categories, such as lists: "
            f"{why}. Convert its values to text, or drop the column."
        ) from why


def category_table(categories: Sequence[list[Any]]) -> np.ndarray:
    """Return an array of objects with every category in its column, to fit an encoder on."""
    n_rows = max(map(len, categories))
    table = np.empty((n_rows, len(categories)), dtype=object)
    for j, column in enumerate(categories):
        values = [np.nan if category is None else category for category in column]
        table[:, j] = [values[min(i, len(values) - 1)] for i in range(n_rows)]
    return table


def codes_of_encoder(
    codes: np.ndarray, categories: list[list[Any]], encoder: Any
) -> tuple[np.ndarray, list[list[Any]], Any]:
    """Convert codes to the order of a user's encoder.

    Returns
    -------
    codes, categories
        In the order of the encoder.
    fitted
        A fitted clone of the encoder.
    """
    fitted = clone(encoder).fit(category_table(categories))
    orders = getattr(fitted, "categories_", None)
    if orders is None:
        return codes, categories, fitted
    out, ordered = np.empty_like(codes), []
    for j, (column, order) in enumerate(zip(categories, orders, strict=True)):
        rank = {_key(category): i for i, category in enumerate(list(order))}
        unknown = [category for category in column if _key(category) not in rank]
        if unknown:
            raise ValueError(
                f"categorical_encoder={encoder!r} does not have the categories "
                f"{list_names(unknown)} "
                f"of the categorical column {j} (from 0). Add them to its categories."
            )
        ranks = np.array([rank[_key(category)] for category in column], dtype=np.int32)
        out[:, j] = ranks[codes[:, j]]
        ordered.append([_key(category) for category in order])
    return out, ordered, fitted


def _key(category: Hashable) -> Hashable:
    """Return a category, and None for any missing value."""
    return None if category is None or category != category else category
