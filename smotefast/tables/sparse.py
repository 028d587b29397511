"""SciPy sparse matrices and arrays: CSR and CSC keep their format, others become CSR."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from smotefast._typing import CSR, SparseMatrix
from smotefast.tables.casting import cast_column
from smotefast.tables.categories import EncodedColumn, MixedRows, encode_array
from smotefast.tables.column_types import ColumnType
from smotefast.tables.decimals import DecimalType
from smotefast.tables.protocol import Fill, check_shape


def open_sparse(X: SparseMatrix) -> SparseTable:
    """Open a sparse matrix or array."""
    if X.ndim != 2:
        raise ValueError(f"Expected 2D input, got input with shape {X.shape}.")
    if X.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: X has dtype {X.dtype}.")
    return SparseTable(X)


class SparseTable:
    """Table of a sparse matrix; the order of its entries and its duplicates are not changed.

    Parameters
    ----------
    matrix
        Shape (n_samples, n_features), in any format.
    display_names
        Column names for messages; None for positions.
    """

    is_sparse = True
    has_dtypes = False
    names = None

    def __init__(
        self, matrix: SparseMatrix, display_names: Sequence[Hashable] | None = None
    ) -> None:
        self._matrix = matrix
        self._format = "csc" if matrix.format == "csc" else "csr"
        self.n_samples, self.n_features = matrix.shape
        self.display_names = range(self.n_features) if display_names is None else display_names
        check_shape(self.n_samples, self.n_features)

    def to_matrix(self) -> CSR:
        """Return a CSR matrix or array with sorted indices and without duplicates."""
        dtype = self._matrix.dtype
        if dtype.kind not in "biuf" or dtype.itemsize > 8:
            raise ValueError(
                f"X is sparse of dtype {dtype}, but sparse rows are computed in at most "
                "float64. Convert it with X.astype('float64'), or use RandomOverSampler, which "
                "copies rows of any type."
            )
        csr = self._matrix.tocsr()
        if not is_canonical(csr):
            csr = csr.copy() if csr is self._matrix else csr
            csr.sum_duplicates()
        return csr.astype(np.float64) if dtype.kind == "b" else csr

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> SparseMatrix:
        """Raise TypeError: ``append_sparse`` appends rows to a sparse table."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: CSR | None) -> SparseMatrix:
        """Return the matrix with the rows of ``block`` appended."""
        if block is None:
            return narrow_indices(_as_format(self._matrix, self._format, copy=True))
        return stack_rows(self._matrix, block, self._format)

    def take(self, indices: np.ndarray) -> SparseMatrix:
        """Return the rows at these positions."""
        return narrow_indices(_as_format(self._matrix.tocsr()[indices], self._format))

    def select(self, columns: Sequence[int]) -> SparseTable:
        """Return a subset of the columns."""
        subset = _as_format(self._matrix.tocsc()[:, list(columns)], self._format)
        return SparseTable(subset, [self.display_names[j] for j in columns])

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column, which is the same for all."""
        column_type: ColumnType = "boolean" if self._matrix.dtype.kind == "b" else "number"
        return [column_type] * self.n_features

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtype of the matrix for each of these columns."""
        return [self._matrix.dtype] * len(columns)

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return None for each of these columns: a matrix holds no decimals."""
        return [None] * len(columns)

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories; an element that is not stored is 0."""
        return encode_array(self._matrix.tocsc()[:, [column]].toarray()[:, 0])

    def append_mixed(self, new: MixedRows) -> SparseMatrix:
        """Return a matrix with new rows, which are temporarily dense."""
        from scipy.sparse import csr_array

        block = np.empty((new.n_new, self.n_features), dtype=self._matrix.dtype)
        for j, values in new.numeric_values().items():
            block[:, j] = cast_column(values, block.dtype)
        columns = self._matrix.tocsc()
        for j, rows in new.sources.items():
            block[:, j] = columns[:, [j]].toarray()[rows, 0]
        return self.append_sparse(csr_array(block))


def is_canonical(csr: CSR) -> bool:
    """Tell whether the column indices of each row are strictly ascending.

    SciPy's ``has_canonical_format`` is not used: SciPy caches it on the user's object, where
    it stays unchanged when the user edits the arrays.
    """
    if len(csr.indices) < 2:
        return True
    ascending = csr.indices[1:] > csr.indices[:-1]
    starts = csr.indptr[1:-1]
    ascending[starts[(starts > 0) & (starts < len(csr.indices))] - 1] = True
    return bool(ascending.all())


def stack_rows(above: SparseMatrix, below: CSR, format: str) -> SparseMatrix:
    """Stack two matrices in the dtype and class (matrix or array) of the first."""
    from scipy import sparse

    csr = sparse.csr_array if isinstance(above, sparse.sparray) else sparse.csr_matrix
    parts = [csr(above), csr(_cast_rows(below, above.dtype))]
    return narrow_indices(_as_format(sparse.vstack(parts, format="csr"), format))


def _as_format(matrix: SparseMatrix, format: str, *, copy: bool = False) -> SparseMatrix:
    return matrix.tocsc(copy=copy) if format == "csc" else matrix.tocsr(copy=copy)


def _cast_rows(rows: CSR, dtype: np.dtype) -> CSR:
    """Cast like ``casting.cast_column``, and do not store False."""
    if dtype.kind != "b" or rows.dtype.kind == "b":
        cast: CSR = rows.astype(dtype, copy=False)
        return cast
    flags = rows >= 0.5
    flags.eliminate_zeros()
    return flags


def narrow_indices(matrix: SparseMatrix) -> SparseMatrix:
    """Convert the indices of a new matrix to 32 bits in place, if these suffice.

    SciPy joins arrays with the wider of their index types, and liblinear and libsvm in
    scikit-learn accept 32-bit indices only.
    """
    dtype = index_type(matrix.nnz, *matrix.shape)
    matrix.indices = matrix.indices.astype(dtype, copy=False)
    matrix.indptr = matrix.indptr.astype(dtype, copy=False)
    return matrix


def index_type(*largest: int) -> type[np.signedinteger[Any]]:
    """Return the integer type for indices up to these values."""
    return np.int32 if max(largest) <= np.iinfo(np.int32).max else np.int64
