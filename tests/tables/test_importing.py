"""Imports: a library is loaded only for an object of that library."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"numba", "pandas", "polars", "pyarrow", "narwhals", "sklearn"}


def loaded_after(statements: str) -> set[str]:
    code = f"{statements}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_tables__loads_only_numpy():
    assert not loaded_after("import smotefast.tables") & HEAVY


def test_sparse_tables__load_no_frame_library():
    code = """
import numpy as np
from scipy import sparse
from smotefast.tables import open_table
open_table(sparse.csr_array(np.eye(3))).take(np.array([0]))
"""
    assert not loaded_after(code) & (HEAVY - {"sklearn"})


def test_arrays_and_arrow_tables__work_without_pandas_and_polars():
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {"pandas", "polars"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import numpy as np
import pyarrow as pa
from smotefast.tables import open_table, open_target
for X in (pa.table({"a": [1, 2], "b": [0.5, 1.5]}), np.eye(2), [[1, 2], [3, 4]]):
    table = open_table(X)
    table.to_matrix()
    table.extend(1, lambda tail: tail.fill(1))
    table.take(np.array([0]))
for y in (pa.array(["a", "b"]), np.array([0, 1]), [0, 1]):
    open_target(y).extend(open_target(y).values)
"""
    assert not loaded_after(code) & {"pandas", "polars"}
