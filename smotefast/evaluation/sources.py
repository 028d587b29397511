"""Rows of a comparison: files as a table, samples drawn by class, and code that reads files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast.evaluation.arguments import Arguments
from smotefast.evaluation.data import EvaluationData
from smotefast.storage import check_source, open_any_source, opened_for_reading, shown_path
from smotefast.storage.paths import PARQUET
from smotefast.storage.source import ParquetSource
from smotefast.tables import open_target

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 1 << 16
# Formats that printed code reads, by the ends of names.
_KINDS = {
    "csv": (".csv", ".csv.gz"),
    "parquet": PARQUET,
    "feather": (".feather", ".arrow"),
}
# Rows of a class in a sample of the rows, if it has so many.
_FEWEST = 20


def read_files(path: Any, target: Any, arguments: Arguments) -> tuple[pa.Table, list[str]]:
    """Read files as an Arrow table, with at most ``max_rows`` rows.

    Returns
    -------
    table
        The columns of the files, with the target.
    warnings
        Whether it is a sample.
    """
    import pyarrow as pa

    if not isinstance(target, str):
        raise TypeError(f"X={path!r} is a path: name its target column, target='label'.")
    drop = [str(name) for name in arguments.drop]
    source = open_any_source(check_source(path), drop)
    _check_columns(drop, "drop", sorted(source.names))
    with opened_for_reading(source) as source:
        _check_columns([target], "target", source.schema.names)
        names = [name for name in source.schema.names if name not in drop]
        limit = arguments.max_rows
        if limit is None or source.n_rows <= limit:
            batches = list(source.batches(names, _BATCH_ROWS))
            return pa.Table.from_batches(batches), []
        rows = sample_rows(_labels(source, target), limit, arguments.seed)
        text = _sampled(len(rows), source.n_rows, limit)
        return pa.Table.from_batches(_taken(source, names, rows)), [text]


def _sampled(n_rows: int, n_all: int, limit: int) -> str:
    least = f", and {_FEWEST} rows of each class are the least" * (n_rows > limit)
    return f"{n_rows:,} of {n_all:,} rows, drawn by class: max_rows={limit}{least}."


def _check_columns(given: Iterable[str], parameter: str, names: list[str]) -> None:
    for name in given:
        if name not in names:
            raise ValueError(
                f"{parameter}={name!r} is not a column.{did_you_mean(name, names)} The columns "
                f"are {list_names(names)}."
            )


def _labels(source: ParquetSource, target: str) -> np.ndarray:
    import pyarrow as pa

    batches = list(source.batches([target], _BATCH_ROWS))
    return open_target(pa.Table.from_batches(batches).column(0)).values


def _taken(
    source: ParquetSource, names: list[str], rows: np.ndarray
) -> Iterable[pa.RecordBatch]:
    """Return some rows of a source, in order."""
    import pyarrow as pa

    start = 0
    for batch in source.batches(names, _BATCH_ROWS):
        stop = start + batch.num_rows
        used = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)] - start
        if len(used):
            yield batch.take(pa.array(used))
        start = stop


def sample_rows(labels: np.ndarray, n_rows: int, seed: int) -> np.ndarray:
    """Draw rows by class, in proportion to the classes; returns positions, ascending.

    Of small classes all rows are drawn, or at least 20: none disappears.
    """
    rng = np.random.default_rng(seed)
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    exact = counts * (n_rows / len(labels))
    kept = np.floor(exact).astype(int)
    missing = n_rows - int(kept.sum())
    kept[np.argsort(kept - exact, kind="stable")[:missing]] += 1
    kept = np.maximum(kept, np.minimum(counts, _FEWEST))
    kept[kept.argmax()] -= max(0, min(int(kept.sum()) - n_rows, int(kept.max()) - _FEWEST))
    parts = [
        rng.choice(np.flatnonzero(codes == c), n, replace=False) for c, n in enumerate(kept)
    ]
    return np.sort(np.concatenate(parts))


def usable_rows(data: EvaluationData, arguments: Arguments) -> tuple[EvaluationData, list[str]]:
    """Return the rows of classes that are large enough, at most ``max_rows``."""
    warnings = []
    limit = arguments.max_rows
    if limit is not None and data.n_rows > limit:
        rows = sample_rows(data.y, limit, arguments.seed)
        if len(rows) < data.n_rows:  # files are a sample already
            warnings.append(_sampled(len(rows), data.n_rows, limit))
            data = data.take(rows)
    counts = data.counts
    if len(data.labels) < 2:
        raise ValueError(
            "The target needs to have more than 1 class, and all rows are of class "
            f"{data.labels[0]!r}. Name the column that holds the class."
        )
    small = [c for c, n in enumerate(counts) if n < 2 * arguments.folds]
    if len(data.labels) - len(small) < 2:
        sizes = ", ".join(f"{data.labels[c]!r}: {counts[c]}" for c in range(len(counts))[:10])
        raise ValueError(
            f"folds={arguments.folds} need two classes of at least {2 * arguments.folds} rows; "
            f"the rows of the classes are {sizes}. "
            f"{'Lower folds, or collect' if arguments.folds > 2 else 'Collect'} more rows."
        )
    if small:
        names = list_names(data.labels[c] for c in small)
        warnings.append(
            f"Classes with fewer than {2 * arguments.folds} rows are left out: {names}."
        )
        data = data.without_classes(small)
    return data, warnings


def loading_code(path: Any, target: str) -> str:
    """Return code that reads the files with pandas; what pandas cannot read is left open."""
    shown = shown_path(path) if isinstance(path, str | bytes | os.PathLike) else None
    lines = None if shown is None else _reading(shown)
    if lines is None:
        name = shown or type(path).__name__
        lines = f"X = ...  # a pandas frame with the rows of {name!r}"
    return f"{lines}\ny = X.pop({target!r})"


def _reading(path: str) -> str | None:
    """Return lines that read files as this module does; None for other formats."""
    if "://" in path or os.path.isfile(path):
        kind = _kind([path])
        if kind == "csv" and "://" not in path:  # pandas reads text such as "NA" as missing
            return f"from pyarrow import csv\n\nX = csv.read_csv({path!r}).to_pandas()"
        return kind and f"import pandas as pd\n\nX = pd.read_{kind}({path!r})"
    if os.path.isdir(path):
        kind = _kind(os.listdir(path))
        if kind == "parquet":
            return f"import pandas as pd\n\nX = pd.read_parquet({path!r})"
        files, imports = repr(path), ""
    else:
        kind = _kind(glob.glob(path, recursive=True))
        files, imports = f"sorted(glob.glob({path!r}, recursive=True))", "import glob\n\n"
    return kind and (
        f"{imports}from pyarrow import dataset\n\n"
        f"X = dataset.dataset({files}, format={kind!r}).to_table().to_pandas()"
    )


def _kind(paths: list[str]) -> str | None:
    """Return the format of files by their names; None for several or other formats."""
    kinds = {
        next((kind for kind, ends in _KINDS.items() if path.lower().endswith(ends)), None)
        for path in paths
    }
    return kinds.pop() if len(kinds) == 1 else None
