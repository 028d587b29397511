"""SciPy sparse matrices and arrays: CSR and CSC stay what they are, the rest becomes CSR."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.tables.kinds import check_shape
from smotefast.tables.protocol import Fill


def open_sparse(X: Any) -> SparseTable:
    """Open a sparse matrix or array."""
    if X.ndim != 2:
        raise ValueError(f"Expected 2D input, got input with shape {X.shape}.")
    if X.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: X has dtype {X.dtype}.")
    if X.dtype.kind not in "biuf" or X.dtype.itemsize > 8:
        raise ValueError(
            f"X is sparse of dtype {X.dtype}; convert it with X.astype('float64')."
        )
    return SparseTable(X)


class SparseTable:
    """Rows of a sparse matrix, which is never changed: not its order, not its duplicates.

    Parameters
    ----------
    matrix
        Shape (n_samples, n_features), in any format.
    """

    is_sparse = True
    names = None

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix
        self._format = "csc" if matrix.format == "csc" else "csr"
        self.n_samples, self.n_features = matrix.shape
        check_shape(self.n_samples, self.n_features)

    def numeric(self) -> Any:
        """Return a CSR matrix of the same flavour, sorted and without duplicates."""
        csr = self._matrix.tocsr()
        if not is_canonical(csr):
            csr = csr.copy() if csr is self._matrix else csr
            csr.sum_duplicates()
        return csr

    def extend(self, n_new: int, fill: Fill) -> Any:
        """Refuse: rows of a sparse table come by ``append_sparse``."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: Any) -> Any:
        """Return the matrix with the rows of ``block`` added."""
        if block is None:
            return self._matrix.asformat(self._format, copy=True)
        return stacked(self._matrix, block, self._format)

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return self._matrix.tocsr()[indices].asformat(self._format)


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
    parts = [flavour(above), flavour(below).astype(above.dtype, copy=False)]
    return sparse.vstack(parts, format="csr").asformat(form)
