"""Work, bytes and memory of each step of a job, from footers and counted classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from smotefast._threads import thread_count
from smotefast.batch.block_plan import Plan
from smotefast.batch.cost_model import UNITS, seconds
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
    names, target, n_rows = request.columns, request.target, request.source.n_rows
    in_parquet = [name for name in names if name not in request.source.partitioned]
    gathered = _gathered_columns(request, features)
    read = [name for name in gathered if name in in_parquet]
    labels = {*request.class_sizes, *second.classes_to_search()}
    n_gathered = sum(request.classes.counts[label] for label in labels)
    if request.needs.reads == "everything":
        n_gathered = n_rows
    steps = _Steps(request, plan)
    scratch = 0
    steps.add("starting", {"process": 1.0}, memory=None)
    if request.source.is_copy:
        scratch = stored.plain(in_parquet)
        work = {"convert": float(n_copied)}
        steps.add("copying", work, n_read=n_copied, n_written=scratch, scratch=scratch)
    of_target = [target] if target in in_parquet else []
    steps.add(
        "counting",
        {"job": 1.0, "chunk": float(stored.n_chunks(in_parquet)), "count": float(n_rows),
         **stored.decoding(of_target)},
        n_read=stored.stored(of_target), scratch=scratch,
    )  # fmt: skip
    computes = request.needs.neighbors_parameter is not None and request.n_to_generate
    loads = bool(computes) or second.compares_rows
    steps.add("planning", {"kernels": float(loads)}, scratch=scratch)
    steps.add(
        "gathering",
        {"filter": float(n_rows), "gather": float(n_gathered * len(gathered)),
         **stored.decoding(read)} if labels else {},
        n_read=stored.stored(read) * bool(labels), scratch=scratch,
    )  # fmt: skip
    feature_columns = [name for name in features.names if name in in_parquet]
    passes = searches.n_passes
    decoding = {unit: n * passes for unit, n in stored.decoding(feature_columns).items()}
    steps.add(
        "searching",
        None if searches.work is None or _has_estimator(request)
        else {"multiply-add": searches.work, "gather": float(
            passes * n_rows * len(feature_columns)), **decoding},
        n_read=passes * stored.stored(feature_columns), scratch=scratch,
    )  # fmt: skip
    copied = in_parquet if request.arguments.writes_originals else []
    n_new = sum(request.n_to_generate.values())
    making = {
        **stored.decoding(copied),
        "generate": float(n_new * len(features.names)),
        "filter": float(n_rows * (request.selector is not None)),
    }
    encoding = {f"encode {output.codec}": float(output.plain), "flush": float(output.stored)}
    n_read, sort = stored.stored(copied), plan.shuffle
    if sort is not None:
        in_files = sort.scratch_bytes
        making["sort"] = float(sort.total_bytes)
        scratch += in_files
        steps.add("sorting", making, n_read=n_read, n_written=in_files, scratch=scratch)
        making, n_read = {"sort": float(sort.total_bytes)}, in_files
    steps.add(
        "writing", making | encoding, n_read=n_read, n_written=output.stored,
        scratch=scratch + output.stored,
    )  # fmt: skip
    steps.add("committing", {"job": 1.0}, scratch=output.stored)
    return steps.steps


class _Steps:
    def __init__(self, request: Request, plan: Plan) -> None:
        n_jobs = getattr(request.over_sampler, "n_jobs", None)
        self._threads, self._plan = thread_count(n_jobs), plan
        self.steps: list[PlannedStep] = []

    def add(
        self,
        name: str,
        work: dict[str, float] | None,
        *,
        n_read: int = 0,
        n_written: int = 0,
        scratch: int = 0,
        memory: int | None = 0,
    ) -> None:
        """Add a step; without work its time is unknown."""
        if memory is not None:
            memory = self._plan.step_bytes.get(name, self._plan.program_bytes)
        work = None if work is None else {unit: n for unit, n in work.items() if n}
        taken = None if work is None else seconds(
            work, n_threads=self._threads, n_parts=self._plan.n_workers
        )  # fmt: skip
        self.steps.append(
            PlannedStep(name, taken, memory, n_read, n_written, scratch, work or {})
        )


def _gathered_columns(request: Request, features: Features) -> list[str]:
    """Return the columns that are read to gather rows."""
    return list(dict.fromkeys([request.target, *features.names, *request.base_columns]))


def _has_estimator(request: Request) -> bool:
    """Whether the sampler fits a model to all rows: nothing tells how long that takes."""
    return request.needs.reads == "everything" and bool(request.n_to_generate)
