"""Data for the comparison of two versions, made with fixed seeds."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


def gaussians(sizes, n_features, *, apart=0.7, n_centers=1, seed=0):
    """Make classes of these sizes, in random order, around common centers."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.normal(size=(len(y), n_features)) + apart * y[:, np.newaxis]
    centers = 8 * rng.normal(size=(n_centers, n_features))
    return X + centers[rng.integers(n_centers, size=len(y))], y


def uniform(sizes, n_features):
    """Make rows without clusters; class and place have nothing to do with each other."""
    X, y = gaussians(sizes, n_features, seed=1)
    return np.random.default_rng(1).uniform(size=X.shape), y


def repeated(sizes, n_features, n_distinct):
    """Make rows of integers, most of which occur several times, in several classes."""
    X, y = gaussians(sizes, n_features, seed=2)
    rows = np.random.default_rng(2).integers(n_distinct, size=len(y))
    return np.floor(2 * X)[rows], y


def uneven(X, y):
    """Make fractions of integers; rows that were equal still are."""
    return 0.3 * X, y


def widened(X, y):
    """Let the first column decide which rows are near."""
    return X * np.array([1000.0] + [1.0] * (X.shape[1] - 1)), y


def thinned(X, y):
    """Replace most values by zero, as sparse data have it."""
    return X * (X > 1.5), y


DATA: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "clusters": lambda: gaussians((560, 140), 3, n_centers=8),
    "full": lambda: gaussians((400, 120, 180), 12),
    "uniform": lambda: uniform((600, 150), 8),
    "overlap": lambda: gaussians((380, 90, 180), 5, apart=0.4),
    "ties": lambda: repeated((450, 130), 4, 300),
    # Numbers that are no integers, which are searched in another way.
    "uneven ties": lambda: uneven(*repeated((450, 130), 4, 300)),
    "many": lambda: gaussians((150, 110, 8, 60, 12, 30, 45, 9, 80, 20), 6),
    "tiny": lambda: gaussians((300, 40, 4, 1), 5),
    "large clusters": lambda: gaussians((30_000, 8_000, 4_000), 12, n_centers=40),
    "large uniform": lambda: uniform((24_000, 10_000), 16),
    "large repeated": lambda: repeated((32_000, 14_000), 10, 1_500),
    "large low": lambda: gaussians((60_000, 30_000), 3),
    "large wide": lambda: widened(*gaussians((40_000, 20_000), 10)),
    "large sparse": lambda: thinned(*gaussians((5_000, 2_500), 40)),
    # So large that "auto" turns to approximate search.
    "largest clusters": lambda: gaussians((54_000, 52_000), 20, n_centers=60),
    "largest uniform": lambda: uniform((54_000, 52_000), 20),
}
SMALL = ("clusters", "full", "uniform", "overlap", "ties", "uneven ties", "many")


@cache
def data(name: str, dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    X, y = DATA[name]()
    return (np.rint(20 * X) if dtype == "int64" else X).astype(dtype), y


def suited(sampler: str, X: np.ndarray) -> np.ndarray:
    """Make categories of the columns that a sampler takes as such."""
    columns = {"SMOTENC": [0, -1], "SMOTEN": slice(None)}.get(sampler)
    if columns is not None:
        X = X.copy()
        X[:, columns] = np.floor(3 * X[:, columns])
    return X


LIBRARIES = (
    *("pandas", "pandas plain", "pandas floats", "pandas levels", "pandas sparse"),
    *("polars", "polars floats", "arrow", "arrow floats", "arrow batch", "narwhals"),
)


def numbers_in(library: str) -> tuple[Any, Any]:
    """Return columns of several numeric types in a container of a library, and labels."""
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    X, y = data("overlap")
    labels = np.array(["rare", "common", "other"])[y]
    index = pd.Index(np.arange(len(y)) + 1000, name="row")
    columns = {
        "age": np.rint(20 * X[:, 0]).astype(np.int64),
        "income": X[:, 1],
        "height": X[:, 2].astype(np.float32),
        "code": np.rint(3 * X[:, 3]).astype(np.int16),
        "flag": X[:, 4] > 0,
    }
    paid = [decimal.Decimal(int(value)).scaleb(-2) for value in columns["age"]]
    match library:
        case "polars":
            return pl.DataFrame({**columns, "paid": paid}), pl.Series("label", labels)
        case "arrow":
            return pa.table({**columns, "paid": paid}), pa.array(labels).dictionary_encode()
        case "arrow batch":
            return pa.record_batch(columns), pa.array(labels)
        case "pandas sparse":
            thin = pd.DataFrame(X * (np.abs(X) > 0.8)).astype(pd.SparseDtype(float, 0.0))
            return thin, pd.Series(y)
        case "pandas plain":
            return pd.DataFrame({**columns, "paid": paid}), pd.Series(labels).to_numpy()
        case "pandas floats":
            names = pd.Index(columns, name="column")
            return pd.DataFrame(X, columns=names, index=index), pd.Series(labels, index=index)
        case "pandas levels":
            names = pd.MultiIndex.from_product([["a", "b", "c", "d", "e"], [1]])
            return pd.DataFrame(X.astype(np.float32), columns=names), y
        case "polars floats":
            return pl.DataFrame(X, schema=list(columns)), y
        case "arrow floats":
            return pa.table(dict(zip(columns, X.T, strict=True))), pa.array(y)
        case "narwhals":
            import narwhals as nw

            return nw.from_native(pl.DataFrame(columns)), y
    frame = pd.DataFrame(columns, index=index).astype({"code": "Int16", "income": "Float64"})
    return frame, pd.Series(labels, index=index, name="label", dtype="category")


def mixed_table(n_rows: int) -> Any:
    """Return an Arrow table of numbers, categories of every kind and a label of text."""
    import pyarrow as pa

    rng = np.random.default_rng(0)
    label = rng.choice(3, n_rows, p=[0.6, 0.28, 0.12])
    numbers = rng.normal(size=(n_rows, 4)) + 0.8 * label[:, np.newaxis]
    names = np.array(["red", "green", None, "blue"], object)
    levels = (rng.integers(0, 4, (n_rows, 5)) + label[:, np.newaxis]) % 4
    return pa.table(
        {
            "n0": numbers[:, 0].astype(np.float32),
            "text": pa.array(names[levels[:, 0]]),
            "n1": numbers[:, 1],
            "category": pa.array(names[levels[:, 1]]).dictionary_encode(),
            "label": pa.array(np.array(["c", "b", "a"], object)[label]),
            "flag": pa.array(levels[:, 2] > 1),
            "whole": np.rint(30 * numbers[:, 2]).astype(np.int32),
            "code": pa.array(levels[:, 3], pa.int16()),
            "day": pa.array(levels[:, 4].astype("datetime64[D]")),
        },
        metadata={"kept": "yes"},
    )


def categories_in(library: str, *columns: str) -> tuple[Any, Any]:
    """Return columns of ``mixed_table``, by default all but the label, and other labels."""
    import polars as pl
    import pyarrow as pa

    y = data("overlap")[1]
    table = mixed_table(len(y)).drop_columns(["label"])
    table = table.select(list(columns) or table.column_names)
    match library:
        case "arrow":
            return table, pa.array(y)
        case "polars":
            return pl.from_arrow(table), y.tolist()
    return table.to_pandas(), y


def labels_in_forms(y: np.ndarray) -> dict[str, Any]:
    """Return labels 0 to 2 as other types, in other containers."""
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    text = np.array(["rare", "common", "other"])[y]
    return {
        "text": text,
        "object": text.astype(object),
        "StringDType": text.astype(np.dtypes.StringDType()),
        "dates": y.astype("datetime64[D]"),
        "bool": y == 1,
        "float": 2.0 * y,
        "column": y[:, np.newaxis],
        "one-hot": np.eye(3, dtype=int)[y],
        "list": text.tolist(),
        "Series": pd.Series(text, name="label", index=np.arange(len(y))[::-1]),
        "Int8": pd.Series(y, dtype="Int8"),
        "categories": pd.Series(pd.Categorical(text, ["rare", "never", "other", "common"])),
        "polars": pl.Series("label", text, dtype=pl.Categorical),
        "arrow": pa.chunked_array([text[:300].tolist(), text[300:].tolist()]),
        "decimals": pa.array([decimal.Decimal(label) for label in y.tolist()]),
    }
