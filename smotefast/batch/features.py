"""Features of a job: what each kind of features offers, and checks that they share.

``CopiedFeatures``, ``NumericFeatures`` and ``CategoricalFeatures`` have one file each;
``feature_plan.py`` chooses one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from smotefast._messages import MAX_NAMES, short_label
from smotefast.batch.column_checks import check_columns, column_advice
from smotefast.batch.gathering import Gathered
from smotefast.batch.memory_needs import MemoryNeed, ScratchNeed
from smotefast.batch.reading import FileReader
from smotefast.batch.request import Request
from smotefast.batch.steps import text_advice_for_links
from smotefast.engine.job import Job
from smotefast.exceptions import NotNumericError, warn_resampling
from smotefast.storage import ParquetSource
from smotefast.tables.arrow_columns import check_numeric_fields, non_numeric_fields

_MOST_TO_DROP = 20
_ROWS_AT_ONCE, _MAX_VALUE = 1 << 16, 40


class Features(Protocol):
    """The features of a job: how they are checked, read into memory, and generated.

    The constructor checks the types of the columns. ``gather`` comes before ``columns``.

    Attributes
    ----------
    names
        The columns that ``columns`` returns.
    n_numbers, n_codes
        Number of numeric and of categorical features.
    dtype
        Of the numbers to compute with; None if no value is looked at.
    phase
        What the sampler does with the rows, for the progress bar.
    in_files
        Classes to over-sample whose rows are in temporary files.
    """

    names: list[str]
    n_numbers: int
    n_codes: int
    phase: str
    in_files: frozenset[Any]

    @property
    def dtype(self) -> np.dtype[Any] | None: ...  # noqa: D102  see the class

    def memory_need(self) -> MemoryNeed:
        """Return the memory of the rows and of the search."""
        ...

    def scratch_need(self) -> ScratchNeed:
        """Return the size of the temporary files."""
        ...

    def gather(self, reader: FileReader) -> Gathered:
        """Read rows into memory."""
        ...

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``, by name."""
        ...


class PicklableFeatures:
    """Base of features that generate columns in another process.

    What they need to gather rows is left out: sources and samplers may hold anything. Those
    that can be in files add what these take.
    """

    in_files: frozenset[Any] = frozenset()

    def scratch_need(self) -> ScratchNeed:
        """Return the size of the temporary files."""
        return ScratchNeed()

    def __getstate__(self) -> dict[str, Any]:
        left_out = {"_request", "_sampler"}
        return {name: value for name, value in vars(self).items() if name not in left_out}


def index_columns(source: ParquetSource, features: Iterable[str]) -> list[str]:
    """Return the features that are the index of a pandas frame; pandas marks those."""
    marked = (source.schema.pandas_metadata or {}).get("index_columns", [])
    named = [name for name in marked if isinstance(name, str)]  # a range is marked by a dict
    return [name for name in features if name in named or name.startswith("__index_level_")]


def refuse_index(source: ParquetSource, features: Iterable[str]) -> None:
    """Refuse features that are the index of a pandas frame."""
    if index := index_columns(source, features):
        few = index[:MAX_NAMES]
        raise ValueError(
            f"Column {index[0]!r} is the index of a pandas frame, not a feature. Leave it out "
            f"with drop={few}, or copy it to the output with keep={few}."
        )


def numeric_dtype(request: Request, features: list[str]) -> np.dtype[Any]:
    """Return the dtype that the sampler computes in; refuse columns that are not numeric."""
    fields = request.fields(features)
    try:
        dtype = check_numeric_fields(fields)
    except NotNumericError as error:
        names = list(non_numeric_fields(fields))[:_MOST_TO_DROP]
        advice = f"Leave it out with drop={names}, or copy it to the output with keep={names}."
        advice = f"{_first_text(request.source, names[0])}{advice} {_text_advice(request)}"
        raise error.with_advice(advice) from error.__cause__
    if dtype.kind == "b" and not request.needs.takes_categories:
        raise TypeError(
            f"{type(request.over_sampler).__name__} cannot interpolate between booleans, and "
            "all features are. Use the sampler 'random', which copies rows."
        )
    return np.dtype(np.float64) if dtype.kind == "b" else dtype


def _first_text(source: ParquetSource, name: str) -> str:
    """Return which value makes a column of a CSV file text, if those before it are numbers."""
    is_text = pa.types.is_string(source.schema.field(name).type)
    is_there = all(file.state for file in source.files)  # a plan has counted the rows only
    if not (is_text and source.is_copy and is_there):
        return ""
    missing = {*pa_csv.ConvertOptions().null_values}
    row, has_numbers = 0, False
    for batch in source.batches([name], _ROWS_AT_ONCE):
        for value in batch.column(0).to_pylist():
            row += 1
            if value in missing:
                continue
            if not _is_number(value):
                shown = short_label(repr(value), _MAX_VALUE)
                return f"{shown} in row {row:,} is no number. " if has_numbers else ""
            has_numbers = True
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # which Python allows between digits


def _text_advice(request: Request) -> str:
    """Return what else to do about a column of text."""
    over_sampler, selector = request.over_sampler, request.selector
    if selector is not None and request.needs.copies_rows and request.n_to_generate:
        return text_advice_for_links(over_sampler)
    only_removes = selector is not None and not request.n_to_generate
    needs = selector.needs() if selector is not None and only_removes else request.needs
    general = (
        "Or encode it; sampler='smote-nc' takes categories, and sampler='random' any type."
    )
    return needs.text_advice or general


def warn_about_columns(request: Request, batch_rows: int) -> None:
    """Warn about features that say nothing about the similarity of rows, such as keys."""
    suspects = check_columns(
        request.source,
        request.target,
        list(request.classes.counts),
        request.features,
        batch_rows=batch_rows,
    )
    if any(suspects):
        warn_resampling(column_advice(suspects))
