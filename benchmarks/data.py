"""Data of the cases: made from fixed seeds, in processes that end before measuring.

Functions import NumPy, not the module: the process that starts the measured ones stays small.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from smotefast.bench.cases import DataSet
from smotefast.bench.processes import call

if TYPE_CHECKING:
    from benchmarks.measure import Plan

QUICK_ROWS = 1_100  # of data in a rehearsal
_SHAPES = Path(__file__).parent / "shapes.py"


class Generated(NamedTuple):
    """Rows of a generator; the last columns of a frame are categories.

    The shape "frame" is ``mixed_frame``.
    """

    data: DataSet
    dtype: str = "float64"
    n_categories: int = 0

    @property
    def title(self) -> str:
        """The sizes."""
        n_small = self.data.class_counts()[-1]
        size = f"{self.data.n_rows:,} x {self.data.n_features} {self.dtype}"
        return f"{size}, {n_small:,} minority"

    def arguments(self, plan: Plan) -> dict[str, Any]:
        """Return what ``sides.load`` takes; rows that are new are made."""
        n_rows = min(self.data.n_rows, QUICK_ROWS) if plan.quick else self.data.n_rows
        if self.data.shape == "frame":
            return {"n_mixed": n_rows}
        data = replace(self.data, n_rows=n_rows)
        folder = plan.folder / "-".join(map(str, asdict(data).values()))
        if not folder.exists():
            given: dict[str, Any] = {"folder": str(folder), "plugins": [str(_SHAPES)]}
            made = call("smotefast.bench.calls:make_data", data=asdict(data), **given)
            if "error" in made:
                raise ValueError(made["error"])
        how = {"dtype": self.dtype, "n_categories": self.n_categories}
        return {"folder": str(folder), **how}


class Table(NamedTuple):
    """A public table, and which of its columns (see ``real_tables.load``)."""

    table: str
    columns: str = "numeric"

    def arguments(self, plan: Plan) -> dict[str, Any]:
        """Return what ``sides.load`` takes."""
        return {"folder": str(plan.tables), "table": self.table, "columns": self.columns}


def mixed_frame(n: int) -> tuple[Any, Any]:
    """Return a pandas frame of 16 columns of every usual type, and labels, 10% of them 1."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    cities = np.array(["Lisboa", "Oslo", "Praha", "Quito", "Roma", "Seoul", "Turku", "Utrecht"])
    words = np.array([f"customer number {i}" for i in range(5_000)])
    columns: dict[str, Any] = {f"float{i}": rng.normal(size=n) for i in range(4)}
    columns |= {f"single{i}": rng.normal(size=n).astype("f4") for i in range(2)}
    columns |= {f"int{i}": rng.integers(0, 1_000, n) for i in range(3)}
    columns["small"] = rng.integers(0, 100, n).astype("i2")
    columns |= {f"flag{i}": rng.random(n) < 0.3 for i in range(2)}
    columns |= {f"city{i}": pd.Categorical(rng.choice(cities, n)) for i in range(2)}
    columns["text"] = pd.Series(rng.choice(words, n))
    columns["when"] = pd.Series(rng.integers(0, 10**9, n).astype("M8[s]"))
    return pd.DataFrame(columns), pd.Series((rng.random(n) < 0.1).astype("i8"), name="label")


def write_table(
    path: str,
    n_rows: int,
    n_columns: int,
    share: float,
    dtype: str = "float32",
    codec: str = "snappy",
    kind: str = "numbers",
) -> None:
    """Write a CSV or Parquet file, by its ending, of normal columns and a label.

    ``share`` of the rows have label 1. With ``kind`` "text", each second column has 50 texts;
    with "clusters", the rows are in 50 clusters. Random floats get no dictionary.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    label = (rng.random(n_rows) < share).astype(np.int8)
    centers = rng.normal(scale=9, size=(n_columns, 50)) * (kind == "clusters")
    home = rng.integers(0, 50, n_rows)
    columns: dict[str, Any] = {}
    for j in range(n_columns):
        if kind == "text" and j % 2:
            columns[f"c{j}"] = [f"value {code}" for code in rng.integers(0, 50, n_rows)]
        else:
            values = rng.normal(size=n_rows) + label + centers[j, home]
            columns[f"c{j}"] = values.astype(dtype)
    table = pa.table({**columns, "label": label})
    if path.endswith(".csv"):
        pa_csv.write_csv(table, path)
        return
    dictionary = ["label", *(name for name in columns if table[name].type == pa.string())]
    how = {"compression": codec, "use_dictionary": dictionary, "row_group_size": 500_000}
    pq.write_table(table, path, **how)
