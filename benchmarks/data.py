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
        name = f"{data.shape}-{n_rows}x{data.n_features}-{data.ratio:.3g}-{self.dtype}"
        folder = plan.folder / name
        if not folder.exists():
            given = {"folder": str(folder), "dtype": self.dtype}
            call("benchmarks.data:make", data=asdict(data), **given)
        return {"folder": str(folder), "n_categories": self.n_categories}


class Table(NamedTuple):
    """A public table, and which of its columns (see ``real_tables.load``)."""

    table: str
    columns: str = "numeric"

    def arguments(self, plan: Plan) -> dict[str, Any]:
        """Return what ``sides.load`` takes."""
        return {"folder": str(plan.tables), "table": self.table, "columns": self.columns}


def make(data: dict[str, Any], folder: str, dtype: str) -> None:
    """Write X.npy and y.npy of a data set of smotefast or of this file."""
    import numpy as np

    from smotefast.bench.shapes import SHAPES, make_rows

    generators = {
        "little-overlap": _little_overlap, "low-rank": _low_rank, "gaussian": _gaussian,
        "rare-values": _rare_values, "ten-labels": _ten_labels,
    }  # fmt: skip
    (X, y), _ = make_rows(DataSet(**data), SHAPES | generators)
    Path(folder).mkdir(parents=True)
    np.save(Path(folder) / "X.npy", X.astype(dtype, copy=False))
    np.save(Path(folder) / "y.npy", y)


def _little_overlap(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return clusters of two classes; 5% of the majority lie in those of the minority."""
    import numpy as np

    from smotefast.bench.shapes import clustered_rows, random_labels

    y = random_labels(data.class_counts(), rng)
    home = np.where(rng.random(len(y)) < 0.05, 1, y)
    return clustered_rows(home, data.n_features, rng), y


def _low_rank(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return 80 clusters, each of 5 directions, with a little noise."""
    import numpy as np

    n, d = data.n_rows, data.n_features
    y, maps = rng.integers(0, 80, n), rng.normal(size=(80, 5, d))
    X = 3 * rng.normal(size=(80, d))[y] + 0.05 * rng.normal(size=(n, d))
    return X + np.einsum("ni,nij->nj", rng.normal(size=(n, 5)), maps[y]), y


def _gaussian(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return rows of one Gaussian."""
    return rng.normal(size=(data.n_rows, data.n_features)), rng.integers(0, 2, data.n_rows)


def _rare_values(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return normal columns, and the exponential of the sum of two of them."""
    import numpy as np

    X, _ = _gaussian(data, rng)
    return X, np.exp(X[:, 0] + X[:, 1])


def _ten_labels(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return normal columns, and ten labels of shares from 0.8 to 0.003."""
    import numpy as np

    X, _ = _gaussian(data, rng)
    shares = np.geomspace(0.8, 0.003, 10)
    return X, (rng.random((len(X), len(shares))) < shares).astype(int)


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
