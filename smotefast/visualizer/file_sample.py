"""A sample of the rows of files, in two columns or by principal components."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast.batch.arguments import split_columns
from smotefast.batch.scan import scan_classes
from smotefast.batch.stages import copying_within
from smotefast.batch.tasks import copy_tasks
from smotefast.diagnosis.data import Columns, Data
from smotefast.diagnosis.files import block_rows, file_data
from smotefast.diagnosis.pictures import principal_components
from smotefast.engine.class_counts import Counts
from smotefast.report.progress import make_progress
from smotefast.storage import (
    ParquetSource,
    StreamSource,
    check_source,
    explain_limit,
    open_any_source,
    opened_for_reading,
    printable_path,
    resolve_memory_limit,
    shown_path,
)
from smotefast.tables.arrow_tables import ArrowSchema
from smotefast.visualizer.embedding import PlotData

MOST_ROWS = 2_000
_MOST_CLASSES = 8
# The page squares differences of values; larger ones are no finite numbers then.
_LARGEST = 1e150


def sample_files(
    path: Any,
    target: str,
    *,
    feature: Sequence[str] = (),
    drop: Sequence[str] = (),
    n_rows: int = 1_000,
    progress: bool | None = None,
) -> PlotData:
    """Draw rows of files with a fixed seed, in two columns.

    Parameters
    ----------
    path
        A Parquet, CSV or Arrow file, a folder of such files, or a pattern.
    target
        Column with the class labels.
    feature
        Columns to draw. Two are the axes; more are projected on two principal components. By
        default these are all columns of numbers.
    drop
        Columns to leave out.
    n_rows
        Number of rows. Each class keeps its share of the rows, but not fewer than 5% of
        ``n_rows`` if it has them.
    progress
        As for ``diagnose_dataset``.

    Raises
    ------
    ValueError
        If there are not two columns of numbers, or more than 8 classes.
    """
    limit = resolve_memory_limit(None)
    opened = open_any_source(check_source(path), tuple(drop))
    names, unused = _number_columns(opened, target, tuple(feature), tuple(drop))
    with (
        explain_limit(limit),
        make_progress(progress) as shown,
        opened_for_reading(opened, *copying_within(limit.n_bytes, shown)) as source,
    ):
        shown.phase("reading", 2 * source.n_rows)
        classes = scan_classes(source, target, copy_tasks(source, source.n_rows), shown)
        _check_n_classes(target, classes.counts)
        columns = Columns.from_kinds(names, ["number"] * len(names), set())
        step = block_rows(source, target, columns, len(classes.counts), limit.n_bytes)
        data = file_data(source, target, classes, columns, step)
        positions = sample_positions(data.classes, list(classes.counts.values()), n_rows)
        values = _values_at(data, positions, shown.advance)
        source.check_unchanged()
    return _plot_data(_name_of(path), data, positions, values, unused)


def _number_columns(
    source: ParquetSource | StreamSource,
    target: str,
    feature: tuple[str, ...],
    drop: tuple[str, ...],
) -> tuple[list[str], list[str]]:
    """Return the names of the columns to draw, and of columns that hold no numbers."""
    partitions = tuple(name for name in feature if name in source.partitioned)
    _, features = split_columns(source, target, drop, (), partitions)
    for name in feature:
        if name not in features:
            raise ValueError(
                f"feature={name!r} is not a column to draw.{did_you_mean(name, features)} The "
                f"columns are {list_names(features)}."
            )
    names = list(dict.fromkeys(feature)) or features
    kinds = ArrowSchema(map(source.schema.field, names)).column_types()
    numbers = [name for name, kind in zip(names, kinds, strict=True) if kind == "number"]
    others = [name for name in names if name not in numbers]
    if len(numbers) < 2 or (feature and others):
        raise ValueError(
            "The plot needs columns of numbers, two or more. Of "
            f"{list_names(names)}, these hold numbers: {list_names(numbers) or 'none'}."
        )
    return numbers, others


def _check_n_classes(target: str, counts: Counts) -> None:
    if len(counts) > _MOST_CLASSES:
        raise ValueError(
            f"The target column {target!r} has {len(counts)} classes; the page shows at most "
            f"{_MOST_CLASSES}. Name another column, or join rare classes first."
        )


def sample_positions(classes: np.ndarray, counts: Sequence[int], n_rows: int) -> np.ndarray:
    """Draw positions of rows with a fixed seed, ascending.

    Each class keeps its share of the rows, but at least 5% of ``n_rows`` if it has them; the
    largest class gives way.
    """
    random_state = np.random.RandomState(0)
    drawn = []
    for code, n in enumerate(_sample_sizes(counts, n_rows)):
        positions = np.flatnonzero(classes == code)
        if n < len(positions):
            positions = positions[random_state.permutation(len(positions))[:n]]
        drawn.append(positions)
    return np.sort(np.concatenate(drawn))


def _sample_sizes(counts: Sequence[int], n_rows: int) -> list[int]:
    total = sum(counts)
    if total <= n_rows:
        return list(counts)
    least = n_rows // 20
    sizes = [max(min(n, least), n * n_rows // total) for n in counts]
    largest = int(np.argmax(counts))
    sizes[largest] = n_rows - sum(sizes[:largest] + sizes[largest + 1 :])
    return sizes


def _values_at(data: Data, positions: np.ndarray, advance: Any) -> np.ndarray:
    """Return the numbers of some rows, shape (n_rows, n_columns)."""
    parts = []
    for block in data.blocks():
        first, last = np.searchsorted(positions, [block.start, block.start + block.n_rows])
        parts.append(block.numbers[positions[first:last] - block.start])
        advance(block.n_rows)
    return np.concatenate(parts)


def _name_of(path: Any) -> str:
    text = shown_path(path)
    return printable_path(os.path.basename(text.rstrip("/")) or text)


def _plot_data(
    name: str, data: Data, positions: np.ndarray, values: np.ndarray, unused: list[str]
) -> PlotData:
    finite = np.abs(values) <= _LARGEST  # False for NaN
    columns, empty = _with_numbers(data.columns.names, finite.any(axis=0))
    values, finite = (each[:, finite.any(axis=0)] for each in (values, finite))
    usable = finite.all(axis=1)
    values, codes = values[usable], data.classes[positions][usable]
    present = np.unique(codes)
    if len(present) < 2:
        raise ValueError(
            f"The rows with finite numbers in all of {list_names(columns)} have "
            f"{len(present)} classes; two are needed. Draw other columns."
        )
    sentences = [_sampled_rows(data, len(positions))]
    if not usable.all():
        sentences.append(
            f"{np.count_nonzero(~usable)} of them have missing or infinite values."
        )
    if unused:
        sentences.append(f"Columns without numbers are left out: {list_names(unused)}.")
    if empty:
        sentences.append(f"Columns without finite numbers are left out: {list_names(empty)}.")
    if len(columns) > 2:
        values, columns, sentence = named_components(values)
        sentences.append(sentence)
    return PlotData(
        name=name,
        columns=(columns[0], columns[1]),
        x=values[:, 0].tolist(),
        y=values[:, 1].tolist(),
        codes=np.searchsorted(present, codes).tolist(),
        classes=[_json_label(data.labels[code]) for code in present],
        about=" ".join(sentences),
    )


def _with_numbers(names: Sequence[Any], has_numbers: np.ndarray) -> tuple[list[str], list[str]]:
    """Return the columns with finite numbers, and those without any."""
    columns: tuple[list[str], list[str]] = [], []
    for name, is_usable in zip(names, has_numbers, strict=True):
        columns[not is_usable].append(str(name))
    if len(columns[0]) < 2:
        raise ValueError(
            "The plot needs two columns with finite numbers. The rows drawn have none in "
            f"{list_names(columns[1])}. Draw other columns."
        )
    return columns


def _json_label(label: Any) -> Any:
    """Return a label as JavaScript holds it: its numbers are floats."""
    return str(label) if isinstance(label, int) and abs(label) > 2**53 else label


def _sampled_rows(data: Data, n_drawn: int) -> str:
    n_rows = len(data.classes)
    if n_drawn == n_rows:
        return f"All {n_rows:,} rows."
    counts = np.bincount(data.classes, minlength=len(data.labels))
    listed = ", ".join(
        f"{count:,} of class {label}" for label, count in zip(data.labels, counts, strict=True)
    )
    return f"{n_drawn:,} of {n_rows:,} rows ({listed}), drawn by class."


def named_components(values: np.ndarray) -> tuple[np.ndarray, list[str], str]:
    """Project standardized columns on two principal components.

    Returns
    -------
    tuple
        The projected rows, rounded to four decimals; names of the components; and a sentence
        about them.
    """
    projected, shares = principal_components(values)
    names = [f"component {i + 1} ({shares[i]:.0%})" for i in (0, 1)]
    sentence = (
        f"Two principal components of {values.shape[1]} standardized columns, with "
        f"{shares[:2].sum():.0%} of the variance. The page finds neighbors in this picture, "
        "not in all columns."
    )
    return np.round(projected, 4), names, sentence
