"""Work, bytes and memory of each step of a job, from footers and counted classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from smotefast._threads import thread_count
from smotefast.batch.block_plan import Plan
from smotefast.batch.column_sizes import fixed_bytes
from smotefast.batch.cost_model import UNITS, seconds
from smotefast.batch.feature_plan import scratch_need
from smotefast.batch.features import Features
from smotefast.batch.planned_search import Searches
from smotefast.batch.request import Request
from smotefast.batch.selection import SecondStep
from smotefast.report.job_plan import PlannedClass, PlannedStep
from smotefast.storage import ParquetSource

_CODECS = {name.removeprefix("encode ") for name in UNITS if name.startswith("encode ")}


class StoredBytes(NamedTuple):
    """Bytes of a column in all files: as stored, without compression by codec, and chunks."""

    stored: int
    by_codec: Counter[str]
    n_chunks: int


class StoredColumns:
    """Bytes of the columns of a source, from the footers.

    Parameters
    ----------
    source
        The files. Of a source that will be copied, ``row_bytes`` tells the sizes instead.
    columns
        Names of the columns.
    row_bytes
        Bytes of a row of each column.
    """

    def __init__(
        self, source: ParquetSource, columns: list[str], row_bytes: dict[str, float]
    ) -> None:
        self._n_rows = source.n_rows
        if source.is_copy:
            sizes = {name: int(row_bytes[name] * source.n_rows) for name in columns}
            self._columns = {
                name: StoredBytes(n, Counter(none=n), 1) for name, n in sizes.items()
            }
            return
        totals = {name: (Counter[str](), Counter[str]()) for name in columns}
        for file in source.files:
            with file.opened() as parquet:
                _add_chunks(parquet.metadata, totals)
        self._columns = {
            name: StoredBytes(plain["stored"], by_codec, plain["chunks"])
            for name, (plain, by_codec) in totals.items()
        }

    def stored(self, names: Iterable[str]) -> int:
        """Return the bytes of columns in the files."""
        return sum(self._columns[name].stored for name in names)

    def plain(self, names: Iterable[str]) -> int:
        """Return the bytes of columns without compression."""
        return sum(self._columns[name].by_codec.total() for name in names)

    def n_chunks(self, names: Iterable[str]) -> int:
        """Return the number of column chunks."""
        return sum(self._columns[name].n_chunks for name in names)

    def decoding(self, names: Iterable[str]) -> dict[str, float]:
        """Return the work of reading columns once."""
        total: Counter[str] = sum((self._columns[name].by_codec for name in names), Counter())
        return {f"decode {codec}": float(n) for codec, n in total.items()}

    def main_codec(self, names: Iterable[str]) -> str:
        """Return the codec of most bytes of some columns."""
        total: Counter[str] = sum((self._columns[name].by_codec for name in names), Counter())
        return total.most_common(1)[0][0] if total else "snappy"


def _add_chunks(metadata, totals: dict[str, tuple[Counter[str], Counter[str]]]) -> None:  # type: ignore[no-untyped-def]  # pyarrow ships no types
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for leaf in range(row_group.num_columns):
            chunk = row_group.column(leaf)
            path = chunk.path_in_schema
            name = path if path in totals else path.split(".")[0]
            if name in totals:
                plain, by_codec = totals[name]
                plain["stored"] += chunk.total_compressed_size
                plain["chunks"] += 1
                codec = chunk.compression.lower().partition("_")[0]
                by_codec[codec if codec in _CODECS else "none"] += chunk.total_uncompressed_size


class Output(NamedTuple):
    """Size of the result: rows, bytes without compression, bytes of its files, and codec."""

    n_rows: int
    plain: int
    stored: int
    codec: str


def expected_output(
    request: Request, stored: StoredColumns, classes: Iterable[PlannedClass]
) -> Output:
    """Return about how large the result will be.

    Synthetic numbers hardly compress. Of another codec than in the source only its highest
    size is known: that of the source, or without compression.
    """
    names, source = request.columns, request.source
    before = source.n_rows
    generated = sum(each.generated for each in classes)
    after = sum(each.before + each.generated if each.after is None else each.after
                for each in classes)  # fmt: skip
    kept = after / max(1, before + generated)
    n_originals = before * kept if request.arguments.writes_originals else 0
    n_new = generated * kept
    plain_row, stored_row = stored.plain(names) / before, stored.stored(names) / before
    codec = request.arguments.layout.compression or stored.main_codec(names)
    if codec == "none" or stored.main_codec(names) == "none":
        stored_row = plain_row
    plain = (n_originals + n_new) * plain_row
    n_bytes = n_originals * stored_row + n_new * (
        stored_row if request.needs.copies_rows else plain_row
    )
    return Output(round(n_originals + n_new), int(plain), int(n_bytes), codec)


def planned_steps(
    request: Request,
    features: Features,
    second: SecondStep,
    searches: Searches,
    stored: StoredColumns,
    output: Output,
    plan: Plan,
    n_copied: int,
) -> list[PlannedStep]:
    """Return the steps of a job; ``n_copied`` bytes are the files of a source to copy first."""
    partitioned = request.source.in_paths
    in_files = [name for name in request.columns if name not in partitioned]
    target = [request.target] if request.target in in_files else []
    gathered = _gathered_columns(request, features, second)
    read = [name for name in gathered if name in in_files]
    compared = [name for name in features.names if name in in_files]
    copied = in_files if request.arguments.writes_originals else []
    scratch = stored.plain(in_files) if request.source.is_copy else 0
    steps = _Steps(request, plan, scratch)
    steps.add("starting", {"process": 1.0}, has_memory=False)
    if request.source.is_copy:
        steps.add("copying", {"convert": float(n_copied)}, n_copied, scratch)
    steps.add("counting", _counting(request, stored, in_files, target), stored.stored(target))
    steps.add("planning", {"kernels": float(_loads_kernels(request, second))})
    rows, while_searching, neighbors = scratch_need(request, features, second)
    steps.scratch += rows
    gathering = _gathering(request, second, stored, gathered, read)
    steps.add("gathering", gathering, stored.stored(read), rows)
    steps.scratch += while_searching + neighbors
    steps.add(
        "searching",
        _searching(request, searches, stored, compared),
        searches.n_passes * stored.stored(compared),
        while_searching + neighbors,
    )
    steps.scratch -= while_searching
    making, n_read = _making(request, features, stored, copied), stored.stored(copied)
    if plan.shuffle is not None:
        n_bytes, in_runs = plan.shuffle.total_bytes, plan.shuffle.scratch_bytes
        sorting = {"sort": float(n_bytes), "spill": float(in_runs)}
        steps.scratch += in_runs
        steps.add("sorting", making | sorting, n_read, in_runs)
        making, n_read = {"sort": float(n_bytes)}, in_runs
    steps.scratch += output.stored
    steps.add("writing", making | _encoding(request, output), n_read, output.stored)
    steps.scratch = output.stored
    steps.add("committing", {"job": 1.0})
    return steps.steps


def _counting(
    request: Request, stored: StoredColumns, names: list[str], target: list[str]
) -> dict[str, float]:
    work = {"job": 1.0, "chunk": float(stored.n_chunks(names))}
    return {**work, "count": float(request.source.n_rows), **stored.decoding(target)}


def _loads_kernels(request: Request, second: SecondStep) -> bool:
    has_search = request.needs.neighbors_parameter is not None and bool(request.n_to_generate)
    return has_search or second.compares_rows


def _gathering(
    request: Request,
    second: SecondStep,
    stored: StoredColumns,
    gathered: list[str],
    read: list[str],
) -> dict[str, float]:
    if not gathered:
        return {}
    labels = {*request.class_sizes, *second.classes_to_search()}
    n_rows = sum(request.classes.counts[label] for label in labels)
    if request.needs.reads == "everything":
        n_rows = request.source.n_rows
    work = {"filter": float(request.source.n_rows), "gather": float(n_rows * len(gathered))}
    return {**work, **stored.decoding(read)}


def _searching(
    request: Request, searches: Searches, stored: StoredColumns, compared: list[str]
) -> dict[str, float] | None:
    """Return the work of the searches; None if nothing tells how long they take."""
    fits_model = request.needs.reads == "everything" and bool(request.n_to_generate)
    if searches.work is None or fits_model:
        return None
    n_passes = searches.n_passes
    n_values = n_passes * request.source.n_rows * len(compared)
    decoding = {unit: n * n_passes for unit, n in stored.decoding(compared).items()}
    return {"multiply-add": searches.work, "gather": float(n_values), **decoding}


def _making(
    request: Request, features: Features, stored: StoredColumns, copied: list[str]
) -> dict[str, float]:
    """Return the work of reading and generating the rows to write."""
    n_new = sum(request.n_to_generate.values())
    return {
        **stored.decoding(copied),
        "generate": float(n_new * len(features.names)),
        "filter": float(request.source.n_rows * (request.selector is not None)),
    }


def _encoding(request: Request, output: Output) -> dict[str, float]:
    return {
        f"encode {output.codec}": float(output.plain),
        "text": float(output.n_rows * _n_of_varying_size(request)),
        "flush": float(output.stored),
    }


def _gathered_columns(request: Request, features: Features, second: SecondStep) -> list[str]:
    """Return the columns that are read to gather rows."""
    if not request.class_sizes and not second.classes_to_search():
        return []
    return list(dict.fromkeys([request.target, *features.names, *request.base_columns]))


def _n_of_varying_size(request: Request) -> int:
    """Return the number of columns to write whose values vary in size, such as text."""
    types = (request.schema.field(name).type for name in request.columns)
    return sum(fixed_bytes(each) is None for each in types)


class _Steps:
    """Collects steps; ``scratch`` is what is beside the destination at the end of the next."""

    def __init__(self, request: Request, plan: Plan, scratch: int) -> None:
        n_jobs = getattr(request.over_sampler, "n_jobs", None)
        self._threads, self._plan = thread_count(n_jobs), plan
        self.scratch = scratch
        self.steps: list[PlannedStep] = []

    def add(
        self,
        name: str,
        work: dict[str, float] | None,
        n_read: int = 0,
        n_written: int = 0,
        *,
        has_memory: bool = True,
    ) -> None:
        """Add a step; without work its time is unknown."""
        plan = self._plan
        memory = plan.step_bytes.get(name, plan.program_bytes) if has_memory else None
        scratch = self.scratch if has_memory else 0
        taken = None
        if work is not None:
            work = {unit: n for unit, n in work.items() if n}
            taken = seconds(work, n_threads=self._threads, n_parts=plan.n_workers)
        self.steps.append(
            PlannedStep(name, taken, memory, n_read, n_written, scratch, work or {})
        )
