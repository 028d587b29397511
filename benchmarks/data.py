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

_QUICK_ROWS = 1_100


class Generated(NamedTuple):
    """Rows of a generator; as frame, the last columns are categories."""

    data: DataSet
    dtype: str = "float64"
    n_categories: int = 0

    def arguments(self, plan: Plan) -> dict[str, Any]:
        """Return what ``sides.load`` takes, once the rows are made."""
        return {"folder": self.folder(plan), "n_categories": self.n_categories}

    def folder(self, plan: Plan) -> str:
        """Return the folder with X.npy and y.npy; they are made when they are new."""
        n_rows = self.data.n_rows
        data = replace(self.data, n_rows=min(n_rows, _QUICK_ROWS) if plan.quick else n_rows)
        name = f"{data.shape}-{data.n_rows}x{data.n_features}-{data.ratio:.3g}-{self.dtype}"
        if not (plan.folder / name).exists():
            given = {"folder": str(plan.folder / name), "dtype": self.dtype}
            call("benchmarks.data:make", data=asdict(data), **given)
        return str(plan.folder / name)


class Table(NamedTuple):
    """A public table, and which of its columns: see ``real_tables.load``."""

    table: str
    columns: str = "numeric"

    def arguments(self, plan: Plan) -> dict[str, Any]:
        """Return what ``sides.load`` takes."""
        return {"folder": str(plan.tables), "table": self.table, "columns": self.columns}


def make(data: dict[str, Any], folder: str, dtype: str) -> None:
    """Write X.npy and y.npy of a data set."""
    import numpy as np

    from smotefast.bench.shapes import SHAPES, make_rows

    generators = {
        "little-overlap": _little_overlap, "nominal-70-20-10": _uneven_nominal,
        "one-class": _one_class, "low-rank": _low_rank, "gaussian": _gaussian,
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


def _uneven_nominal(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return categories of 5 to 20 levels; the classes have 70%, 20% and 10% of the rows."""
    from smotefast.bench.shapes import level_codes, random_labels

    counts = [data.n_rows * percent // 100 for percent in (70, 20, 10)]
    y = random_labels(counts, rng)
    return level_codes(y, rng.integers(5, 21, data.n_features).tolist(), rng), y


def _one_class(data: DataSet, rng: Any) -> tuple[Any, Any]:
    """Return clusters of full dimension."""
    import numpy as np

    from smotefast.bench.shapes import clustered_rows

    y = np.ones(data.n_rows, dtype=np.int64)
    return clustered_rows(y, data.n_features, rng), y


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


def make_parquet(path: str, n_samples: int, n_features: int, share: float) -> None:
    """Write row groups of up to 500,000 rows; random floats get no dictionary."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from smotefast.bench.shapes import clustered_rows

    rng = np.random.default_rng(0)
    fields = [(f"x{i}", pa.float32()) for i in range(n_features)]
    schema = pa.schema([*fields, ("label", pa.int32())])
    with pq.ParquetWriter(path, schema, use_dictionary=["label"]) as writer:
        for start in range(0, n_samples, 500_000):
            n = min(500_000, n_samples - start)
            y = np.zeros(n, dtype=np.int32)
            y[rng.permutation(n)[: round(n * share)]] = 1
            X = clustered_rows(y, n_features, rng)
            columns = [np.ascontiguousarray(column) for column in X.T]
            writer.write_table(pa.table([*columns, y], schema=schema))


def mixed_frame(n_samples: int) -> tuple[Any, Any]:
    """Return a pandas frame of 16 columns of every usual type, and labels, 10% of them 1."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    cities = np.array(["Lisboa", "Oslo", "Praha", "Quito", "Roma", "Seoul", "Turku", "Utrecht"])
    columns: dict[str, Any] = {f"float{i}": rng.normal(size=n_samples) for i in range(4)}
    columns |= {f"single{i}": rng.normal(size=n_samples).astype("f4") for i in range(2)}
    columns |= {f"int{i}": rng.integers(0, 1000, n_samples) for i in range(3)}
    columns["small"] = rng.integers(0, 100, n_samples).astype("i2")
    columns |= {f"flag{i}": rng.random(n_samples) < 0.3 for i in range(2)}
    for name in ("city", "region"):
        columns[name] = pd.Categorical(cities[rng.integers(0, 8, n_samples)])
    words = np.array([f"customer number {i}" for i in range(5000)])
    columns["text"] = pd.Series(words[rng.integers(0, 5000, n_samples)])
    columns["when"] = pd.Series(rng.integers(0, 10**9, n_samples).astype("M8[s]"))
    y = pd.Series((rng.random(n_samples) < 0.1).astype("i8"), name="label")
    return pd.DataFrame(columns), y
