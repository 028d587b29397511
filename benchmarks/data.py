"""Data made by numpy from fixed seeds, in the manner of ``make_classification``.

Each class is a mixture of Gaussian clusters; each cluster has its own centre and its own
random linear map, so that distances are neither uniform nor all alike. Everything is made
in a process of its own and loaded from files, so that making it costs no measured memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.processes import call

_CLUSTERS = 10  # per class


def made_once(place: Path, function: str, **arguments: Any) -> str:
    """Return a folder, made by a function in its own process when first asked for."""
    if not place.exists():
        call(function, folder=str(place), **arguments)
    return str(place)


def arrays(
    folder: Path,
    n_samples: int,
    n_minority: int,
    n_features: int,
    dtype: str,
    overlap: float = 0.0,
) -> str:
    """Return a folder with X.npy and y.npy; ``overlap`` is as in ``make_arrays``."""
    name = f"{n_samples}x{n_features}-{n_minority}-{dtype}"
    if overlap:
        name += f"-overlap{overlap:g}"
    shape = {"n_samples": n_samples, "n_minority": n_minority, "n_features": n_features}
    how = {"dtype": dtype, "overlap": overlap}
    return made_once(folder / name, "benchmarks.data:make_arrays", **shape, **how)


def make_arrays(
    folder: str,
    n_samples: int,
    n_minority: int,
    n_features: int,
    dtype: str,
    overlap: float = 0.0,
) -> None:
    """Write X.npy and y.npy; the minority is class 1, the rows are in random order.

    ``overlap`` is the share of the majority that lies in clusters of the minority: without
    it the clusters of the two hardly touch, and next to no row is in danger.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    y = random_labels([n_samples - n_minority, n_minority], rng)
    home = y if not overlap else np.where(rng.random(n_samples) < overlap, 1, y)
    save_arrays(folder, clustered_rows(home, n_features, rng).astype(dtype, copy=False), y)


def random_labels(counts: list[int], rng: Any) -> Any:
    """Return labels 0, 1, ... in random order, as many of each as ``counts`` says."""
    import numpy as np

    y = np.zeros(sum(counts), dtype=np.int64)
    order, stop = rng.permutation(len(y)), 0
    for label in range(len(counts) - 1, 0, -1):
        start, stop = stop, stop + counts[label]
        y[order[start:stop]] = label
    return y


def save_arrays(folder: str, X: Any, y: Any) -> None:
    """Write X.npy and y.npy."""
    import numpy as np

    place = Path(folder)
    place.mkdir(parents=True)
    np.save(place / "X.npy", X)
    np.save(place / "y.npy", y)


def clustered_rows(y: Any, n_features: int, rng: Any, shape_seed: int = 1) -> Any:
    """Return float32 rows for labels 0 and 1; ``shape_seed`` fixes centres and maps."""
    import numpy as np

    shapes = np.random.default_rng(shape_seed)
    centres = shapes.normal(scale=2.0, size=(2 * _CLUSTERS, n_features))
    maps = shapes.uniform(-1, 1, size=(2 * _CLUSTERS, n_features, n_features))
    cluster = y * _CLUSTERS + rng.integers(0, _CLUSTERS, len(y))
    X = np.empty((len(y), n_features), dtype=np.float32)
    for c in range(2 * _CLUSTERS):
        rows = np.flatnonzero(cluster == c)
        noise = rng.standard_normal((len(rows), n_features), dtype=np.float32)
        X[rows] = noise @ maps[c].astype(np.float32) + centres[c].astype(np.float32)
    return X


def parquet(folder: Path, n_samples: int, n_features: int, minority_share: float) -> str:
    """Return a Parquet file of float32 columns and a label, made when first asked for."""
    place = folder / f"{n_samples}x{n_features}.parquet"
    if not place.exists():
        shape = {"n_samples": n_samples, "n_features": n_features}
        call(
            "benchmarks.data:make_parquet",
            path=str(place),
            minority_share=minority_share,
            **shape,
        )
    return str(place)


def make_parquet(path: str, n_samples: int, n_features: int, minority_share: float) -> None:
    """Write row groups of up to 500,000 rows; random floats get no dictionary."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    fields = [(f"x{i}", pa.float32()) for i in range(n_features)]
    schema = pa.schema([*fields, ("label", pa.int32())])
    with pq.ParquetWriter(path, schema, use_dictionary=["label"]) as writer:
        for start in range(0, n_samples, 500_000):
            n = min(500_000, n_samples - start)
            y = np.zeros(n, dtype=np.int32)
            y[rng.permutation(n)[: round(n * minority_share)]] = 1
            X = clustered_rows(y, n_features, rng)
            columns = [np.ascontiguousarray(column) for column in X.T]
            writer.write_table(pa.table([*columns, y], schema=schema))


def mixed_frame(n_samples: int) -> tuple[Any, Any]:
    """Return a pandas frame of 16 columns of every usual kind, and labels, 10% of them 1."""
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
    seconds = rng.integers(0, 10**9, n_samples)
    columns["when"] = pd.Series(seconds.astype("M8[s]"))
    y = pd.Series((rng.random(n_samples) < 0.1).astype("i8"), name="label")
    return pd.DataFrame(columns), y
