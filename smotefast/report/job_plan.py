"""What a job will do, before it runs: as text for people, and as values of JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from smotefast._messages import short_label
from smotefast._typing import Label
from smotefast.storage.process_memory import format_size

# Names the format; a later version of it gets another number.
_FORMAT = "smotefast plan 1"
_MAX_CLASSES = 20
_MAX_LABEL_LENGTH = 30
_UNKNOWN = "-"


class PlannedClass(NamedTuple):
    """A class: rows in the source, samples to generate, and rows of the result.

    ``after`` is None if the second sampler finds out which rows it removes.
    """

    label: Label
    before: int
    generated: int
    after: int | None


class PlannedSearch(NamedTuple):
    """A search for neighbors.

    Attributes
    ----------
    label
        The class whose rows are queries; None for rows of several classes.
    n_queries, n_rows, n_columns, k
        Rows to find neighbors for, rows among which, columns compared, neighbors of each.
    how
        "exact", "approximate" or "estimator"; "undecided" if the data decide.
    method, reason
        The method, and the rule by which it is used.
    """

    label: Label | None
    n_queries: int
    n_rows: int
    n_columns: int
    k: int
    how: str
    method: str
    reason: str


class PlannedStep(NamedTuple):
    """A step of a job.

    Attributes
    ----------
    name
        A key of ``Summary.seconds_by_step``, or "starting" for the process itself.
    seconds
        Estimate; None if nothing tells.
    memory
        Peak of resident memory, in bytes; None if unknown.
    n_read, n_written
        Bytes of files.
    scratch
        Bytes beside the destination at the end of the step.
    work
        Amounts of work by unit of the cost model.
    """

    name: str
    seconds: float | None
    memory: int | None
    n_read: int
    n_written: int
    scratch: int
    work: Mapping[str, float]


class Refusal(NamedTuple):
    """An error that the job would end with."""

    error: Exception

    @property
    def message(self) -> str:
        """The message of the job."""
        return " ".join(str(self.error).split())


@dataclass(frozen=True)
class JobPlan:
    """What ``resample_dataset`` with the same arguments would do; nothing was written.

    Attributes
    ----------
    source, destination
        The paths; the destination may be None.
    n_rows, n_files
        Rows and files of the source; the rows are None if they were not counted.
    n_columns, n_features
        Columns to write, and features among them.
    classes
        The classes, with their rows.
    searches
        Searches for neighbors.
    steps
        The steps, in their order.
    n_threads, n_parts
        Threads, and parts that are written at the same time, that the estimate of time assumes.
    memory_limit
        In bytes.
    memory_expected, memory_needed, memory_program
        Expected peak, lowest limit that is enough for the same classes in memory (less may be,
        if more of them are in temporary files), and what the program itself takes of the peak;
        None if the job would be refused before.
    classes_in_files
        Classes whose rows will be in temporary files, because they do not fit into memory.
    n_written
        Bytes of the result, about.
    refused
        The errors that the job would end with; empty if nothing is known to be wrong.
    warnings, unknown
        Warnings of the job; and what is not known before it runs.
    """

    source: str
    destination: str | None
    memory_limit: int
    n_rows: int | None = None
    n_files: int = 0
    n_columns: int | None = None
    n_features: int | None = None
    classes: tuple[PlannedClass, ...] = ()
    searches: tuple[PlannedSearch, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    n_threads: int = 1
    n_parts: int = 1
    memory_expected: int | None = None
    memory_needed: int | None = None
    memory_program: int | None = None
    classes_in_files: tuple[Label, ...] = ()
    n_written: int | None = None
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())

    @property
    def seconds(self) -> float | None:
        """Estimate of the whole time; None if a step has none."""
        each = [step.seconds for step in self.steps]
        return sum(s for s in each if s is not None) if each and None not in each else None

    @property
    def scratch(self) -> int:
        """Bytes on the disk of the destination, besides an old destination."""
        return max((step.scratch for step in self.steps), default=0)

    def __str__(self) -> str:
        return self.text()

    def text(self, words: Callable[[str], str] = str) -> str:
        """Return the plan as tables; ``words`` translates messages, for the shell."""
        blocks = [
            _table(rows) for rows in (self._facts(), self._class_rows(), self._step_rows())
        ]
        blocks.append("\n".join(map(_search_line, self.searches)))
        blocks.append(_listed("warning: ", map(words, self.warnings)))
        blocks.append(_listed("unknown: ", map(words, self.unknown)))
        refused = [words(each.message) for each in self.refused]
        blocks.append(_listed("refused: ", refused) or "Nothing is refused.")
        return "\n\n".join(block for block in blocks if block)

    def to_dict(self, words: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the plan as values of JSON."""
        return {
            "format": _FORMAT,
            "source": self.source,
            "destination": self.destination,
            "rows": self.n_rows,
            "files": self.n_files,
            "columns": self.n_columns,
            "features": self.n_features,
            "classes": [
                {"label": c.label, "before": c.before, "made": c.generated, "after": c.after}
                for c in self.classes
            ],
            "searches": [_search_entry(search) for search in self.searches],
            "steps": [_step_entry(step) for step in self.steps],
            "seconds": self.seconds,
            "threads": self.n_threads,
            "parts_at_once": self.n_parts,
            "memory_limit": self.memory_limit,
            "memory_expected": self.memory_expected,
            "memory_needed": self.memory_needed,
            "memory_program": self.memory_program,
            "classes_in_files": list(self.classes_in_files),
            "bytes_written": self.n_written,
            "bytes_scratch": self.scratch,
            "refused": [
                {"message": words(each.message), "error": type(each.error).__name__}
                for each in self.refused
            ],
            "warnings": list(map(words, self.warnings)),
            "unknown": list(map(words, self.unknown)),
        }

    def _facts(self) -> list[list[str]]:
        rows = _number(self.n_rows)
        files = f"{self.n_files:,} file{'s' * (self.n_files != 1)}"
        facts = [["source", f"{self.source}: {rows} rows, {files}"]]
        if self.n_columns is not None:
            facts.append(
                ["columns", f"{self.n_columns:,}, of which {self.n_features:,} features"]
            )
        if self.n_written is not None:
            size = format_size(self.n_written)
            facts.append(["result", f"about {size}; {format_size(self.scratch)} of scratch"])
        if self.memory_needed is not None:
            expected = _size(self.memory_expected)
            needed = format_size(self.memory_needed, round_up=True)
            limit = format_size(self.memory_limit)
            least = f"{needed} is enough"
            if self.memory_needed < (self.memory_expected or 0):
                least += ", with smaller blocks"
            facts.append(["memory", f"{expected} of {limit}; {least}"])
        if self.classes_in_files:
            facts.append(["files", files_text(self.classes_in_files)])
        if self.steps:
            threads = f"{self.n_threads} thread{'s' * (self.n_threads != 1)}"
            facts.append(["time", f"about {_duration(self.seconds)}, with {threads}"])
        return facts

    def _class_rows(self) -> list[list[str]]:
        """Return a header and one row per class, those that change first."""
        if not self.classes:
            return []
        shown = sorted(self.classes, key=lambda c: not c.generated and c.after == c.before)
        shown = shown if len(shown) > _MAX_CLASSES else list(self.classes)
        table = [["class", "before", "new", "after"]]
        for label, before, generated, after in shown[:_MAX_CLASSES]:
            name = short_label(label, _MAX_LABEL_LENGTH)
            table.append([name, f"{before:,}", f"{generated:,}", _number(after)])
        if len(shown) > _MAX_CLASSES:
            table.append([f"... and {len(shown) - _MAX_CLASSES:,} more", "", "", ""])
        return table

    def _step_rows(self) -> list[list[str]]:
        if not self.steps:
            return []
        table = [["step", "seconds", "memory", "read", "written", "scratch"]]
        for step in self.steps:
            sizes = (step.n_read, step.n_written, step.scratch)
            shown = [format_size(n) if n else _UNKNOWN for n in sizes]
            table.append([step.name, _seconds(step.seconds), _size(step.memory), *shown])
        return table


def files_text(labels: Sequence[Label]) -> str:
    """Say which classes have their rows in temporary files."""
    shown = [short_label(label, _MAX_LABEL_LENGTH) for label in labels[:_MAX_CLASSES]]
    if len(labels) > len(shown):
        shown.append(f"and {len(labels) - len(shown):,} more")
    classes = "class" if len(labels) == 1 else "classes"
    return f"the rows of {classes} {', '.join(shown)} do not fit into memory: temporary files"


def _search_line(search: PlannedSearch) -> str:
    label = "" if search.label is None else f"class {short_label(search.label, 30)}: "
    how = "exact or approximate" if search.how == "undecided" else search.how
    return (
        f"search  {label}{search.k} neighbors of {search.n_queries:,} rows among "
        f"{search.n_rows:,} rows x {search.n_columns:,}: {how} ({search.method}). "
        f"{search.reason}".strip()
    )


def _search_entry(search: PlannedSearch) -> dict[str, Any]:
    return {
        "label": search.label,
        "queries": search.n_queries,
        "rows": search.n_rows,
        "columns": search.n_columns,
        "k": search.k,
        "search": search.how,
        "method": search.method,
        "reason": search.reason,
    }


def _step_entry(step: PlannedStep) -> dict[str, Any]:
    return {
        "step": step.name,
        "seconds": None if step.seconds is None else round(step.seconds, 3),
        "memory": step.memory,
        "bytes_read": step.n_read,
        "bytes_written": step.n_written,
        "bytes_scratch": step.scratch,
        "work": dict(step.work),
    }


def _table(rows: list[list[str]]) -> str:
    """Return aligned columns: the first to the left, numbers to the right."""
    if not rows:
        return ""
    if len(rows[0]) == 2:
        return "\n".join(f"{name:<8} {value}" for name, value in rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not j else cell.rjust(width)
            for j, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _listed(mark: str, lines: Any) -> str:
    return "\n".join(f"{mark}{line}" for line in lines)


def _number(n: int | None) -> str:
    return _UNKNOWN if n is None else f"{n:,}"


def _size(n_bytes: int | None) -> str:
    return _UNKNOWN if n_bytes is None else format_size(n_bytes)


def _seconds(seconds: float | None) -> str:
    return _UNKNOWN if seconds is None else f"{seconds:.1f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "- (a step cannot be estimated)"
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
