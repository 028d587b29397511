"""Base of SMOTENC and SMOTEN: categories as integer codes, columns by name or position."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast.engine.job import Job
from smotefast.engine.majority_vote import load_votes
from smotefast.engine.mixed_recipes import MixedMatrix, first_rows
from smotefast.engine.needs import Needs
from smotefast.over_sampling.base import NeighborSampler
from smotefast.tables import Table, TableSchema, Target
from smotefast.tables.categories import EncodedColumn, MixedRows


class CategoricalSampler(NeighborSampler):
    """Base of SMOTENC and SMOTEN: rows of integer codes, beside numbers or alone."""

    _needs: ClassVar[Needs] = NeighborSampler._needs._replace(takes_categories=True)

    categorical_encoder: Any
    _encoder: Any
    _categories: list[list[Any]]
    # Positions of the columns of either type.
    _categorical: list[int]
    _continuous: list[int]

    @abstractmethod
    def choose_columns(self, columns: TableSchema) -> tuple[list[int], list[int]]:
        """Return the positions of the numeric and of the categorical columns."""

    @abstractmethod
    def _new_encoder(self) -> Any:
        """Return the encoder that imbalanced-learn would use."""

    def encode(
        self, codes: np.ndarray, categories: list[list[Any]]
    ) -> tuple[np.ndarray, list[list[Any]]]:
        """Give codes the order of the user's encoder, if there is one.

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
        codes, self._categories, self._encoder = reordered(
            codes, categories, self.categorical_encoder
        )
        self._check_encoder(self._encoder)
        return codes, self._categories

    def load_kernels(self, dtype: Any, n_features: int, n_codes: int, n_threads: int) -> None:
        """Run the kernel for majority votes, which small data do not use."""
        load_votes(n_threads=n_threads)

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        codes = matrix.codes if isinstance(matrix, MixedMatrix) else matrix
        parts: list[tuple[Any, Sequence[int]]] = [(codes, self._categorical)]
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
        """A fitted encoder of the categories; fitted at its first use."""
        if not hasattr(self, "_categories"):
            raise AttributeError(f"This {type(self).__name__} has no categorical_encoder_ yet.")
        if self._encoder is None:
            try:
                self._encoder = self._new_encoder().fit(value_table(self._categories))
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
        new = MixedRows(numbers, self._continuous, picks)
        return table.append_mixed(new), target.extend(labels)


NOT_NUMERIC = ("category", "text", "boolean", "other")


def categorical_positions(given: Any, columns: TableSchema) -> np.ndarray:
    """Resolve ``categorical_features``.

    Parameters
    ----------
    given
        "auto": columns whose library calls them categories, or, where there are none, columns
        of text and booleans; "not numeric": all that are no numbers; or positions (negative
        ones count from the end), a mask, or names (strings or tuples).
    columns
        Those of the data.

    Returns
    -------
    ndarray of positions, in the order given
    """
    if isinstance(given, str):
        return _by_kind(given, columns)
    if _are_tuples(given):
        return _once(_by_name(list(given), columns), given)
    wanted = np.asarray(given)
    if wanted.ndim != 1:
        raise ValueError(
            f"categorical_features={quote_name(given)} must be a list of positions, names or "
            "booleans."
        )
    if not wanted.size:
        return np.empty(0, dtype=np.int64)
    if wanted.dtype.kind == "b":
        return _by_mask(wanted, columns)
    if wanted.dtype.kind in "iu":
        return _once(_by_position(wanted, columns), given)
    names = wanted.tolist()
    if all(isinstance(name, str) for name in names):
        return _once(_by_name(names, columns), given)
    raise ValueError(
        f"categorical_features={quote_name(given)} mixes positions, names or booleans; give "
        "one kind."
    )


def _by_kind(word: str, columns: TableSchema) -> np.ndarray:
    if word == "auto" and not columns.has_dtypes:
        raise ValueError(
            "When `categorical_features='auto'`, the input data should be a "
            "pandas.DataFrame. Got an array instead: only columns of a pandas, polars or Arrow "
            "table can be categories by type. Give positions or a mask, or 'not numeric'."
        )
    kinds = columns.column_types()
    wanted: tuple[str, ...] = NOT_NUMERIC
    if word == "auto":
        wanted = ("category",) if "category" in kinds else ("text", "boolean")
    return np.flatnonzero([kind in wanted for kind in kinds])


def _are_tuples(given: Any) -> bool:
    """Whether columns are named by tuples, as frames with several levels of columns do."""
    if not hasattr(given, "__len__") or getattr(given, "ndim", 1) != 1 or not len(given):
        return False
    return all(isinstance(name, tuple) for name in given)


def _by_mask(mask: np.ndarray, columns: TableSchema) -> np.ndarray:
    if len(mask) != columns.n_features:
        raise ValueError(
            f"categorical_features is a mask of {len(mask)} values, and X has "
            f"{columns.n_features} columns; give one value for each."
        )
    return np.flatnonzero(mask)


def _by_position(wanted: np.ndarray, columns: TableSchema) -> np.ndarray:
    last = columns.n_features - 1
    beyond = wanted[(wanted < -last - 1) | (wanted > last)]
    if len(beyond):
        raise ValueError(
            f"all features must be in [0, {last}] or [-{last + 1}, 0]; categorical_features "
            f"names columns beyond: {list_names(beyond.tolist())}."
        )
    return np.where(wanted < 0, wanted + last + 1, wanted).astype(np.int64)


def _by_name(names: list[Any], columns: TableSchema) -> np.ndarray:
    if columns.names is None:
        raise ValueError(
            "Specifying the columns using strings is only supported for dataframes whose "
            f"columns have names: categorical_features has {list_names(names)}. Give positions "
            "instead."
        )
    place = {name: j for j, name in reversed(list(enumerate(columns.names)))}
    unknown = [name for name in names if name not in place]
    if unknown:
        raise ValueError(
            "A given column is not a column of the dataframe: categorical_features has "
            f"{list_names(unknown)}.{did_you_mean(unknown[0], columns.names)} The columns are "
            f"{list_names(columns.names)}."
        )
    return np.array([place[name] for name in names], dtype=np.int64)


def _once(positions: np.ndarray, given: Any) -> np.ndarray:
    if len(np.unique(positions)) < len(positions):
        raise ValueError(f"categorical_features={quote_name(given)} names a column twice.")
    return positions


def encode_columns(table: Table, columns: Sequence[int]) -> tuple[np.ndarray, list[list[Any]]]:
    """Return the codes of some columns, and what they stand for.

    Returns
    -------
    codes
        Shape (n_samples, n_columns), int32.
    values
        For each column its categories in order; None for missing values.
    """
    return joined_codes(table.n_samples, (_column_codes(table, int(j)) for j in columns))


def joined_codes(
    n_rows: int, columns: Iterable[EncodedColumn]
) -> tuple[np.ndarray, list[list[Any]]]:
    """Return columns of categories as one table, and what its codes stand for."""
    parts = [(column.codes, column.categories) for column in columns]
    codes = np.empty((n_rows, len(parts)), dtype=np.int32)
    for place, (of, _) in enumerate(parts):
        codes[:, place] = of
    return codes, [values for _, values in parts]


def _column_codes(table: Table, j: int) -> EncodedColumn:
    try:
        return table.encode(j)
    except (TypeError, NotImplementedError) as why:  # no library can hash or compare these
        name = j if table.names is None else table.names[j]
        raise ValueError(
            f"Column {name!r} of X holds what cannot be told apart as categories, such as "
            f"lists: {why}. Turn its values into text, or drop the column."
        ) from why


def value_table(values: Sequence[list[Any]]) -> np.ndarray:
    """Return an array of objects with every category in the column that it belongs to."""
    n_rows = max(map(len, values))
    table = np.empty((n_rows, len(values)), dtype=object)
    for j, names in enumerate(values):
        shown = [np.nan if name is None else name for name in names]
        table[:, j] = [shown[min(i, len(shown) - 1)] for i in range(n_rows)]
    return table


def reordered(
    codes: np.ndarray, values: list[list[Any]], encoder: Any
) -> tuple[np.ndarray, list[list[Any]], Any]:
    """Give codes the order of a user's encoder.

    Returns
    -------
    codes, values
        In its order.
    fitted
        The encoder, cloned and fitted.
    """
    fitted = clone(encoder).fit(value_table(values))
    orders = getattr(fitted, "categories_", None)
    if orders is None:
        return codes, values, fitted
    out, arranged = np.empty_like(codes), []
    for j, (names, order) in enumerate(zip(values, orders, strict=True)):
        places = {_key(name): place for place, name in enumerate(list(order))}
        unknown = [name for name in names if _key(name) not in places]
        if unknown:
            raise ValueError(
                f"categorical_encoder={encoder!r} has no place for the categories "
                f"{list_names(unknown)} "
                f"of the categorical column {j} (from 0). Add them to its categories."
            )
        ranks = np.array([places[_key(name)] for name in names], dtype=np.int32)
        out[:, j] = ranks[codes[:, j]]
        arranged.append([_key(name) for name in order])
    return out, arranged, fitted


def _key(name: Any) -> Any:
    return None if name is None or name != name else name
