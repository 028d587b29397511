"""Generators of rows: clusters, uniform, overlapping, heavy tails, duplicates, categories.

A generator is a function of a ``DataSet`` and a random generator that returns X and y. All use
fixed seeds: a data set is the same on each machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast.bench.cases import DataSet

Rows = tuple[np.ndarray, np.ndarray]
Generator = Callable[[DataSet, np.random.Generator], Rows]

_CLUSTERS = 10  # of each class
_OVERLAP = 0.3
_COPIES = 10
_UNEVENNESS = 0.5  # of the Dirichlet shares: a few levels have most of the rows


def random_labels(counts: list[int], rng: np.random.Generator) -> np.ndarray:
    """Return labels 0, 1, ... in random order, as many of each as ``counts`` says."""
    y = np.zeros(sum(counts), dtype=np.int64)
    order, stop = rng.permutation(len(y)), 0
    for label in range(len(counts) - 1, 0, -1):
        start, stop = stop, stop + counts[label]
        y[order[start:stop]] = label
    return y


def clustered_rows(
    y: np.ndarray,
    n_features: int,
    rng: np.random.Generator,
    shape_seed: int = 1,
    n_classes: int = 2,
) -> np.ndarray:
    """Return float32 rows of Gaussian clusters, 10 of each class, each with its linear map.

    ``shape_seed`` fixes centers and maps: distances are neither uniform nor all equal.
    """
    shapes = np.random.default_rng(shape_seed)
    n_clusters = n_classes * _CLUSTERS
    centers = shapes.normal(scale=2.0, size=(n_clusters, n_features))
    maps = shapes.uniform(-1, 1, size=(n_clusters, n_features, n_features))
    cluster = y * _CLUSTERS + rng.integers(0, _CLUSTERS, len(y))
    X = np.empty((len(y), n_features), dtype=np.float32)
    for c in range(n_clusters):
        rows = np.flatnonzero(cluster == c)
        noise = rng.standard_normal((len(rows), n_features), dtype=np.float32)
        X[rows] = noise @ maps[c].astype(np.float32) + centers[c].astype(np.float32)
    return X


def level_codes(y: np.ndarray, levels: list[int], rng: np.random.Generator) -> np.ndarray:
    """Return columns of codes, each with so many levels, whose shares differ by class."""
    codes = np.empty((len(y), len(levels)), dtype=np.int64)
    for column, n_levels in enumerate(levels):
        for label in np.unique(y):
            rows = np.flatnonzero(y == label)
            shares = rng.dirichlet(np.full(n_levels, _UNEVENNESS))
            codes[rows, column] = rng.choice(n_levels, len(rows), p=shares)
    return codes


def clusters(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return clusters of each class, which hardly touch those of other classes."""
    y = random_labels(data.class_counts(), rng)
    return clustered_rows(y, data.n_features, rng, n_classes=data.n_classes), y


def overlapping(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return clusters; 30% of the largest class lie in clusters of the smaller classes."""
    y = random_labels(data.class_counts(), rng)
    is_moved = (y == 0) & (rng.random(len(y)) < _OVERLAP)
    home = np.where(is_moved, rng.integers(1, data.n_classes, len(y)), y)
    return clustered_rows(home, data.n_features, rng, n_classes=data.n_classes), y


def uniform(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return rows without structure: the hardest case for indexes of neighbors."""
    y = random_labels(data.class_counts(), rng)
    return rng.random((len(y), data.n_features)), y


def heavy_tails(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return columns of Student's t with two degrees of freedom, shifted by class."""
    y = random_labels(data.class_counts(), rng)
    return rng.standard_t(2, (len(y), data.n_features)) + y[:, np.newaxis], y


def duplicates(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return about ten copies of each row, at random positions."""
    y = random_labels(data.class_counts(), rng)
    distinct = clustered_rows(y, data.n_features, rng, n_classes=data.n_classes)
    X = np.empty_like(distinct)
    for label in range(data.n_classes):
        rows = np.flatnonzero(y == label)
        pool = rows[: max(1, len(rows) // _COPIES)]
        X[rows] = distinct[rng.choice(pool, len(rows))]
    return X, y


def mixed(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return clusters, and categories of 8 levels in the last columns (``n_categories``)."""
    y = random_labels(data.class_counts(), rng)
    n_numbers = data.n_features - data.n_categories
    numbers = clustered_rows(y, n_numbers, rng, n_classes=data.n_classes)
    return np.column_stack([numbers, level_codes(y, [8] * data.n_categories, rng)]), y


def nominal(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return categories of 5 to 20 levels in all columns."""
    y = random_labels(data.class_counts(), rng)
    return level_codes(y, rng.integers(5, 21, data.n_features).tolist(), rng), y


SHAPES: dict[str, Generator] = {
    "clusters": clusters,
    "uniform": uniform,
    "overlapping": overlapping,
    "heavy-tails": heavy_tails,
    "duplicates": duplicates,
    "mixed": mixed,
    "nominal": nominal,
}


def make_rows(data: DataSet, shapes: dict[str, Generator]) -> tuple[Rows, dict[str, Any]]:
    """Return X as float64 and y of a data set, and what is stored about it."""
    if data.file is not None:
        X, y, about = _read_file(data)
    else:
        X, y = shapes[data.shape](data, np.random.default_rng(data.seed))
        about = {}
    X = np.ascontiguousarray(X, dtype=np.float64)
    counts = np.unique(y, return_counts=True)[1]
    sizes = {"rows": len(X), "features": X.shape[1], "class_sizes": sorted(counts.tolist())}
    if data.file is not None:  # other files have the same name
        about["checksum"] = zlib.crc32(y.data, zlib.crc32(X.data))
    return (X, np.asarray(y)), {**sizes, **about}


def _read_file(data: DataSet) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """Return the numeric columns of a file and the class as a code; rows with gaps left out."""
    from smotefast._messages import did_you_mean, list_names, one_class
    from smotefast.evaluation.sources import sample_rows
    from smotefast.storage import check_source, open_any_source, opened_for_reading
    from smotefast.tables import open_target

    assert data.target is not None
    with opened_for_reading(open_any_source(check_source(data.file), [])) as source:
        names = source.schema.names
        if data.target not in names:
            raise ValueError(
                f"target={data.target!r} is not a column.{did_you_mean(data.target, names)} "
                f"The columns are {list_names(names)}."
            )
        table = _table(source.batches(names, 1 << 16), source.schema)
    labels = open_target(table.column(data.target)).values
    numbers = [name for name in names if name != data.target and _is_number(table, name)]
    if not numbers:
        raise ValueError(f"{data.file!r} has no column of numbers besides the target.")
    X = np.column_stack([_values(table.column(name)) for name in numbers])
    classes, y = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(one_class(data.target, classes.tolist()[0]))
    is_complete = np.isfinite(X).all(axis=1)
    X, y = X[is_complete], y[is_complete]
    left_out = {"columns_left_out": len(names) - 1 - len(numbers)}
    left_out["rows_left_out"] = int((~is_complete).sum())
    if 0 < data.n_rows < len(X):
        rows = sample_rows(y, data.n_rows, data.seed)
        X, y = X[rows], y[rows]
    return X, y, left_out


def _table(batches: Any, schema: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches(batches, schema)


def _is_number(table: Any, name: str) -> bool:
    from pyarrow import types

    kind = table.schema.field(name).type
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _values(column: Any) -> np.ndarray:
    import pyarrow as pa

    values: np.ndarray = column.cast(pa.float64()).to_numpy()
    return values
