"""Type aliases that several subpackages share."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import csc_array, csc_matrix, csr_array, csr_matrix

    from smotefast._row_files import RowFile

# A class label: an element of y as a Python object.
Label: TypeAlias = Hashable
# What users pass and get back: an array, list, sparse matrix, frame, series or Arrow data.
Container: TypeAlias = Any
# Rows of numbers, dense or sparse, in which samplers compute.
Matrix: TypeAlias = "np.ndarray | csr_array | csr_matrix"
# The same in memory or in a temporary file.
Rows: TypeAlias = "np.ndarray | RowFile"
CSR: TypeAlias = "csr_array | csr_matrix"
SparseMatrix: TypeAlias = "csr_array | csr_matrix | csc_array | csc_matrix"
# pyarrow has no types for mypy, which sees Any here.
ArrowColumn: TypeAlias = "pa.Array | pa.ChunkedArray"
ArrowRows: TypeAlias = "pa.Table | pa.RecordBatch"
