"""Data sets of the documents, made from fixed seeds in processes that end before measuring.

A function that returns a folder or a file makes it when it is called first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smotefast.bench.processes import call


def arrays(
    folder: Path,
    n_samples: int,
    n_minority: int,
    n_features: int,
    dtype: str,
    overlap: float = 0.0,
) -> str:
    """Return a folder with X.npy and y.npy, two classes of Gaussian clusters."""
    name = f"{n_samples}x{n_features}-{n_minority}-{dtype}"
    if overlap:
        name += f"-overlap{overlap:g}"
    sizes = {"n_samples": n_samples, "n_minority": n_minority, "n_features": n_features}
    return _made(folder / name, "clusters", **sizes, dtype=dtype, overlap=overlap)


def mixed_arrays(folder: Path, n_samples: int, n_minority: int, n_categories: int = 4) -> str:
    """Return a folder with 20 float64 columns, of which the last ones are categories."""
    name = f"{n_samples}x20-{n_minority}-{n_categories}categories"
    sizes = {"n_samples": n_samples, "n_minority": n_minority, "n_categories": n_categories}
    return _made(folder / name, "mixed", **sizes)


def nominal_arrays(folder: Path, counts: list[int]) -> str:
    """Return a folder with 20 columns of codes, and ``counts`` rows of each class."""
    name = f"{sum(counts)}x20-nominal-{'-'.join(map(str, counts))}"
    return _made(folder / name, "nominal", counts=counts)


def parquet(folder: Path, n_samples: int, n_features: int, minority_share: float) -> str:
    """Return a Parquet file of float32 columns and a label."""
    path = folder / f"{n_samples}x{n_features}.parquet"
    if not path.exists():
        sizes = {"n_samples": n_samples, "n_features": n_features}
        call("benchmarks.data:make_parquet", path=str(path), share=minority_share, **sizes)
    return str(path)


def load(folder: str) -> tuple[Any, Any]:
    """Return X and y of a folder."""
    import numpy as np

    return np.load(Path(folder) / "X.npy"), np.load(Path(folder) / "y.npy")


def _made(place: Path, kind: str, **sizes: Any) -> str:
    if not place.exists():
        call("benchmarks.data:make", kind=kind, folder=str(place), sizes=sizes)
    return str(place)


def make(kind: str, folder: str, sizes: dict[str, Any]) -> None:
    """Write X.npy and y.npy of a kind of data."""
    import numpy as np

    makers = {"clusters": _clusters, "mixed": _mixed, "nominal": _nominal}
    X, y = makers[kind](np.random.default_rng(0), **sizes)
    Path(folder).mkdir(parents=True)
    np.save(Path(folder) / "X.npy", X)
    np.save(Path(folder) / "y.npy", y)


def _clusters(
    rng: Any, n_samples: int, n_minority: int, n_features: int, dtype: str, overlap: float
) -> tuple[Any, Any]:
    """Make clusters; ``overlap`` is the share of the majority in clusters of the minority.

    Without it the clusters of the two hardly touch, and next to no row is in danger.
    """
    import numpy as np

    from smotefast.bench.shapes import clustered_rows, random_labels

    y = random_labels([n_samples - n_minority, n_minority], rng)
    home = y if not overlap else np.where(rng.random(n_samples) < overlap, 1, y)
    return clustered_rows(home, n_features, rng).astype(dtype, copy=False), y


def _mixed(rng: Any, n_samples: int, n_minority: int, n_categories: int) -> tuple[Any, Any]:
    """Make clusters beside categories of 8 levels, coded as numbers."""
    import numpy as np

    from smotefast.bench.shapes import clustered_rows, level_codes, random_labels

    y = random_labels([n_samples - n_minority, n_minority], rng)
    numbers = clustered_rows(y, 20 - n_categories, rng)
    codes = level_codes(y, [8] * n_categories, rng)
    return np.column_stack([numbers, codes]).astype(np.float64), y


def _nominal(rng: Any, counts: list[int]) -> tuple[Any, Any]:
    """Make columns of 5 to 20 levels."""
    from smotefast.bench.shapes import level_codes, random_labels

    y = random_labels(counts, rng)
    return level_codes(y, rng.integers(5, 21, 20).tolist(), rng), y


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
