"""Frames for a synthesizer: rows of a class as a DataFrame, and the check of its samples.

Numbers and codes of categories go in and come out, as the samplers have them. A frame has the
same types whatever container X was.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._messages import list_names, quote_name
from smotefast.exceptions import MissingPackageError
from smotefast.tables.casting import number_range, read_objects
from smotefast.tables.column_types import is_missing
from smotefast.tables.decimals import DecimalType
from smotefast.tables.protocol import library_of

if TYPE_CHECKING:
    import pandas as pd

# Whole numbers below this are exact in float64.
WHOLE_BELOW = 1 << 53


@dataclass(frozen=True)
class FrameSchema:
    """The columns of the frames that a synthesizer gets and has to return.

    Attributes
    ----------
    names
        Names of the columns, in the order of X.
    numeric, categorical
        Positions of the columns of numbers and of categories.
    dtypes
        Dtype of each column of numbers.
    decimals
        Decimal type of each of these columns; None if it has another type.
    is_whole
        Whether each column of numbers holds whole numbers only.
    categories
        Categories of each categorical column, in order; None last, if values are missing.
    is_category
        Whether each of these columns has the categorical type of a library.
    """

    names: list[str]
    numeric: Sequence[int]
    categorical: Sequence[int]
    dtypes: list[np.dtype[Any]]
    decimals: list[DecimalType | None]
    is_whole: np.ndarray
    categories: list[list[Any]]
    is_category: list[bool]

    def discrete_columns(self) -> list[str]:
        """Return the names of the categorical columns."""
        return [self.names[j] for j in self.categorical]

    def frame(self, numbers: np.ndarray, codes: np.ndarray) -> pd.DataFrame:
        """Return rows as a DataFrame; whole numbers are int64, floats have their dtype.

        Parameters
        ----------
        numbers
            Shape (n_rows, n_numeric).
        codes
            Codes of the categories, shape (n_rows, n_categorical).
        """
        pandas = _pandas()
        columns: dict[int, Any] = {}
        for i, j in enumerate(self.numeric):
            dtype = np.dtype(np.int64) if self.is_whole[i] else self.dtypes[i]
            columns[j] = numbers[:, i].astype(dtype)
        for i, j in enumerate(self.categorical):
            columns[j] = self._category_values(i, codes[:, i])
        ordered = {self.names[j]: columns[j] for j in sorted(columns)}
        frame: pd.DataFrame = pandas.DataFrame(ordered)
        return frame

    def _category_values(self, i: int, codes: np.ndarray) -> Any:
        pandas, categories = _pandas(), self.categories[i]
        if self.is_category[i]:
            known = [category for category in categories if category is not None]
            codes = np.where(codes < len(known), codes, -1)
            return pandas.Categorical.from_codes(codes, known)
        values = [categories[code] for code in codes.tolist()]
        return pandas.Series(values, dtype=object).infer_objects()

    def numbers_and_codes(self, samples: Any) -> tuple[np.ndarray, np.ndarray]:
        """Read samples of a synthesizer; whole numbers are rounded.

        Parameters
        ----------
        samples
            A frame of pandas or polars or an Arrow table with the columns of ``frame`` in any
            order, or an array with them in that order; masked values are missing. Of a tuple
            the first item, as GaussianMixture returns it.

        Returns
        -------
        numbers
            Shape (n_samples, n_numeric), float64.
        codes
            Shape (n_samples, n_categorical), int32.

        Raises
        ------
        ValueError
            If the samples do not have the columns, or a value does not fit its column.
        """
        columns = self._columns(
            samples[0] if isinstance(samples, tuple) and samples else samples
        )
        n_samples = len(columns[0])
        numbers = np.empty((n_samples, len(self.numeric)))
        codes = np.empty((n_samples, len(self.categorical)), dtype=np.int32)
        for i, j in enumerate(self.numeric):
            values = _as_numbers(columns[j], self.names[j])
            numbers[:, i] = np.rint(values) if self.is_whole[i] else values
            _check_range(numbers[:, i], self.names[j], self.dtypes[i], self.decimals[i])
        for i, j in enumerate(self.categorical):
            codes[:, i] = _known_codes(columns[j], self.names[j], self.categories[i])
        return numbers, codes

    def _columns(self, samples: Any) -> list[np.ndarray]:
        """Return the columns of samples in the order of X, as arrays of any type."""
        if (named := _named_columns(samples)) is not None:
            names, column_at = named
            self._check_names(names)
            return [column_at(names.index(name)) for name in self.names]
        rows = np.asarray(samples)
        if np.ma.is_masked(samples):
            rows = rows.astype(object)
            rows[np.ma.getmaskarray(samples)] = None
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise ValueError(
                f"they are of type {type(samples).__name__} and shape {np.shape(rows)}, and X "
                f"has {len(self.names)} columns. sample(n) must return a DataFrame or a dense "
                "array with the columns of fit."
            )
        return list(rows.T)

    def _check_names(self, names: list[Hashable]) -> None:
        missing = [name for name in self.names if name not in names]
        unknown = [name for name in names if name not in self.names]
        if missing:
            raise ValueError(
                f"they lack the columns {list_names(missing)}; they have {list_names(names)}."
            )
        if unknown or len(names) > len(self.names):
            extra = unknown or sorted(
                {name for name in names if names.count(name) > 1}, key=str
            )
            raise ValueError(
                f"they have columns that are not in X, or twice: {list_names(extra)}. Leave "
                "them out."
            )


def _named_columns(samples: Any) -> tuple[list[Any], Callable[[int], np.ndarray]] | None:
    """Return the names of the columns of a frame, and a function that reads one by position."""
    library = library_of(samples)
    if library == "pyarrow" and hasattr(samples, "column_names"):
        return samples.column_names, lambda i: _from_arrow(samples.column(i))
    if library == "polars" and hasattr(samples, "get_columns"):
        return samples.columns, lambda i: samples.to_series(i).to_numpy()
    if hasattr(samples, "columns") and hasattr(samples, "iloc"):
        return list(samples.columns), lambda i: _from_pandas(samples.iloc[:, i])
    return None


def _from_arrow(column: Any) -> np.ndarray:
    values: np.ndarray = column.to_numpy(zero_copy_only=False)
    return values


def _from_pandas(column: Any) -> np.ndarray:
    return np.asarray(column, dtype=_plain_dtype(column))


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise MissingPackageError(
            "GenerativeOverSampler passes rows to the synthesizer as a pandas DataFrame. "
            "Install 'smotefast[pandas]'."
        ) from error
    return pandas


def _plain_dtype(column: Any) -> Any:
    """Return the NumPy dtype to read a column of a frame with; object unless it has one."""
    return column.dtype if isinstance(column.dtype, np.dtype) else np.dtype(object)


def _as_numbers(values: np.ndarray, name: str) -> np.ndarray:
    """Return a column of numbers as float64."""
    if values.dtype.kind not in "biuf":
        try:
            values = read_objects(values.astype(object), name)
        except ValueError:
            other = next((each for each in values.tolist() if not _is_number(each)), None)
            raise ValueError(
                f"column {name!r} holds {quote_name(other)}, and X has numbers there."
            ) from None
    return values.astype(np.float64)


def _check_range(
    numbers: np.ndarray, name: str, dtype: np.dtype[Any], decimal: DecimalType | None
) -> None:
    """Refuse numbers that a column cannot hold; in one of booleans, from 0.5 all are True."""
    least, largest = number_range(np.dtype(float) if dtype.kind == "b" else dtype, decimal)
    is_outside = (numbers < least) | (numbers > largest)
    what = f"outside of {least:.10g} to {largest:.10g}, the range of {decimal or dtype}"
    advice = " Convert the column of X to a wider dtype if they are right."
    if not (is_finite := np.isfinite(numbers)).all():
        is_outside, what, advice = ~is_finite, "missing or infinite", ""
    if is_outside.any():
        raise ValueError(
            f"column {name!r} holds {is_outside.sum():,} of {len(numbers):,} values that are "
            f"{what}, such as {numbers[is_outside][0]:.10g}.{advice}"
        )


def _is_number(value: Any) -> bool:
    return is_missing(value) or (not isinstance(value, str | bytes) and np.isscalar(value))


def _known_codes(values: np.ndarray, name: str, categories: list[Any]) -> list[int]:
    """Return a column of categories as codes."""
    codes = {category: code for code, category in enumerate(categories)}
    found = []
    for value in values.tolist():
        key = None if is_missing(value) else value
        code = codes.get(key) if isinstance(key, Hashable) else None
        if code is None:
            what = "a missing value" if key is None else quote_name(value)
            known = [category for category in categories if category is not None]
            raise ValueError(
                f"column {name!r} holds {what}, and X has only {list_names(known)} there."
            )
        found.append(code)
    return found
