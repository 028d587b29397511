"""SciPy sparse matrices and arrays: CSR and CSC stay what they are, the rest becomes CSR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast.tables.casting import cast_column
from smotefast.tables.categories import Codes, NewColumns, encode_array
from smotefast.tables.protocol import Fill, check_shape


def open_sparse(X: Any) -> SparseTable:
    """Open a sparse matrix or array."""
    if X.ndim != 2:
        raise ValueError(f"Expected 2D input, got input with shape {X.shape}.")
    if X.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: X has dtype {X.dtype}.")
    return SparseTable(X)


class SparseTable:
    """Rows of a sparse matrix, which is never changed: not its order, not its duplicates.

    Parameters
    ----------
    matrix
        Shape (n_samples, n_features), in any format.
    labels
        What messages call the columns; None for their positions.
    """

    is_sparse = True
    has_dtypes = False
    names = None

    def __init__(self, matrix: Any, labels: Sequence[Any] | None = None) -> None:
        self._matrix = matrix
        self._format = "csc" if matrix.format == "csc" else "csr"
        self.n_samples, self.n_features = matrix.shape
        self.labels = range(self.n_features) if labels is None else labels
        check_shape(self.n_samples, self.n_features)

    def numeric(self) -> Any:
        """Return a CSR matrix of the same flavour, sorted and without duplicates."""
        dtype = self._matrix.dtype
        if dtype.kind not in "biuf" or dtype.itemsize > 8:
            raise ValueError(
                f"X is sparse of dtype {dtype}, and sparse rows are computed in float64 at "
                "most. Convert it with X.astype('float64'), or use RandomOverSampler, which "
                "copies rows of any type."
            )
        csr = self._matrix.tocsr()
        if not is_canonical(csr):
            csr = csr.copy() if csr is self._matrix else csr
            csr.sum_duplicates()
        return csr.astype(np.float64) if dtype.kind == "b" else csr

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Refuse: rows of a sparse table come by ``append_sparse``."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: Any) -> Any:
        """Return the matrix with the rows of ``block`` added."""
        if block is None:
            return narrowed(self._matrix.asformat(self._format, copy=True))
        return stacked(self._matrix, block, self._format)

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return narrowed(self._matrix.tocsr()[indices].asformat(self._format))

    def select(self, columns: Sequence[int]) -> SparseTable:
        """Return some columns."""
        chosen = self._matrix.tocsc()[:, list(columns)].asformat(self._format)
        return SparseTable(chosen, [self.labels[j] for j in columns])

    def kinds(self) -> list[str]:
        """Return what each column holds: all the same."""
        kind = "boolean" if self._matrix.dtype.kind == "b" else "number"
        return [kind] * self.n_features

    def codes(self, column: int) -> Codes:
        """Return a column as categories; what is not stored is the category 0."""
        return encode_array(self._matrix.tocsc()[:, [column]].toarray()[:, 0])

    def append_columns(self, new: NewColumns) -> Any:
        """Return a matrix with new rows, which are dense for a moment."""
        from scipy.sparse import csr_array

        block = np.empty((new.n_new, self.n_features), dtype=self._matrix.dtype)
        for place, j in enumerate(new.numeric):
            block[:, j] = cast_column(new.numbers[:, place], block.dtype)
        columns = self._matrix.tocsc()
        for j, picked in new.picks.items():
            block[:, j] = columns[:, [j]].toarray()[picked, 0]
        return self.append_sparse(csr_array(block))


def is_canonical(csr: Any) -> bool:
    """Tell whether column indices ascend within each row, none twice.

    SciPy's own answer is not asked for: it is remembered on the user's object, and stays
    what it was when the user edits the arrays afterwards.
    """
    if len(csr.indices) < 2:
        return True
    ascending = csr.indices[1:] > csr.indices[:-1]
    starts = csr.indptr[1:-1]
    ascending[starts[(starts > 0) & (starts < len(csr.indices))] - 1] = True
    return bool(ascending.all())


def stacked(above: Any, below: Any, form: str) -> Any:
    """Return two matrices as one, in the dtype and the flavour of the first."""
    from scipy import sparse

    is_array = isinstance(above, sparse.sparray)
    flavour = sparse.csr_array if is_array else sparse.csr_matrix
    parts = [flavour(above), flavour(_cast_rows(below, above.dtype))]
    return narrowed(sparse.vstack(parts, format="csr").asformat(form))


def _cast_rows(rows: Any, dtype: np.dtype) -> Any:
    """Cast as ``casting.cast_column`` does; False is left out."""
    if dtype.kind != "b" or rows.dtype.kind == "b":
        return rows.astype(dtype, copy=False)
    rows = rows >= 0.5
    rows.eliminate_zeros()
    return rows


def narrowed(matrix: Any) -> Any:
    """Give a CSR or CSC matrix of our own indices of 32 bits, where they suffice.

    SciPy joins arrays in the widest of their index types, and scikit-learn's liblinear and
    libsvm take no others.
    """
    kind = index_type(matrix.nnz, *matrix.shape)
    matrix.indices = matrix.indices.astype(kind, copy=False)
    matrix.indptr = matrix.indptr.astype(kind, copy=False)
    return matrix


def index_type(*largest: int) -> type[np.signedinteger[Any]]:
    """Return the type for indices up to these values."""
    return np.int32 if max(largest) <= np.iinfo(np.int32).max else np.int64
