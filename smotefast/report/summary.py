"""The result of a file job: class counts, time and memory, as text or an HTML table."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from smotefast._messages import short_label
from smotefast._typing import Label
from smotefast.storage.paths import printable_path
from smotefast.storage.process_memory import format_size

_MAX_CLASSES = 20
_MAX_LABEL_LENGTH = 40


class WrittenPart(NamedTuple):
    """A file of the output.

    Attributes
    ----------
    file
        Name of the file.
    n_rows, n_bytes
        Its rows, and its size on disk.
    checksum
        Of its bytes, such as "crc32:0a1b2c3d".
    group_rows
        Largest number of rows of a row group.
    is_resumed
        Whether an interrupted run of the job has written it.
    """

    file: str
    n_rows: int
    n_bytes: int
    checksum: str
    group_rows: int
    is_resumed: bool = False


@dataclass(frozen=True)
class Summary:
    """The result of ``resample_dataset``.

    Attributes
    ----------
    destination
        Path of the resampled data; empty for ``iter_resampled``, which writes none.
    counts_before, counts_after
        Number of rows of each class in the source and in the resampled data.
    rows_written
        Number of rows in the destination, or that an iterator yields.
    seconds
        Duration of the whole job, or of its preparation.
    peak_memory, memory_limit
        Peak resident memory of the process during the job, and its limit, in bytes.
    search
        How nearest neighbors were found: "exact", "approximate", "estimator", or None.
    recall
        Share of true nearest neighbors found in a sample, if the search was approximate.
    counts_made
        Number of synthetic rows of each class that has any. None means that no row was
        removed, so it is the difference of the other counts.
    copied
        Whether the job copied the source without change, as no class had to be resampled.
    parts
        The files of the destination.
    seconds_by_step
        Duration of each step: "counting", "planning", "gathering", "searching", "sorting" (of a
        shuffled output), "writing" and "committing".
    scratch_bytes
        Size of the temporary files of a shuffled output.
    """

    destination: str
    counts_before: dict[Label, int]
    counts_after: dict[Label, int]
    rows_written: int
    seconds: float
    peak_memory: int
    memory_limit: int
    search: str | None = None
    recall: float | None = None
    counts_made: dict[Label, int] | None = None
    copied: bool = False
    parts: tuple[WrittenPart, ...] = ()
    seconds_by_step: Mapping[str, float] = field(default_factory=dict)
    scratch_bytes: int = 0

    @property
    def rows_new(self) -> int:
        """Number of synthetic rows."""
        return sum(map(self._n_new, self.counts_before))

    @property
    def rows_removed(self) -> int:
        """Number of removed rows, both original and synthetic ones."""
        return sum(map(self._n_removed, self.counts_before))

    def _n_new(self, label: Label) -> int:
        if self.counts_made is None:
            return self.counts_after[label] - self.counts_before[label]
        return self.counts_made.get(label, 0)

    def _n_removed(self, label: Label) -> int:
        return self.counts_before[label] + self._n_new(label) - self.counts_after[label]

    def __str__(self) -> str:
        header, *rows = self._class_table()
        width = max(len(row[0]) for row in (header, *rows))
        lines = [_text_row(row, width) for row in (header, *rows)]
        if self._n_hidden:
            lines.append(f"... and {self._n_hidden} more classes")
        facts = [f"{name:<13} {value}" for name, value in self._facts()]
        return "\n".join([*lines, "", *facts])

    def _repr_html_(self) -> str:
        """Return the summary as HTML tables for notebooks."""
        header, *rows = self._class_table()
        classes = [_html_row(header, "th"), *(_html_row(row, "td") for row in rows)]
        if self._n_hidden:
            classes.append(f"<tr><td>... and {self._n_hidden} more classes</td></tr>")
        facts = [_html_row(list(fact), "td") for fact in self._facts(" rows")]
        return f"<table>{''.join(classes)}</table><table>{''.join(facts)}</table>"

    @property
    def _n_hidden(self) -> int:
        return max(0, len(self.counts_before) - _MAX_CLASSES)

    def _shown_classes(self) -> list[Label]:
        """Return the classes to list; if there are too many, those that changed come first."""
        labels = list(self.counts_before)
        if len(labels) > _MAX_CLASSES:
            labels.sort(key=lambda label: not (self._n_new(label) or self._n_removed(label)))
        return labels[:_MAX_CLASSES]

    def _class_table(self) -> list[list[str]]:
        """Return a header and one row per class; "removed" is a column if any row was."""
        table = [["class", "before", "after", "new", "removed"]]
        for label in self._shown_classes():
            counts = [self.counts_before[label], self.counts_after[label]]
            counts += [self._n_new(label), self._n_removed(label)]
            name = short_label(label, _MAX_LABEL_LENGTH)
            table.append([name, *(f"{n:,}" for n in counts)])
        return table if self.rows_removed else [row[:-1] for row in table]

    def _facts(self, unit: str = "") -> list[tuple[str, str]]:
        """Return names and values of the other facts about the job."""
        peak, limit = format_size(self.peak_memory), format_size(self.memory_limit)
        facts = [*self._work(unit), ("peak memory", f"{peak} (limit {limit})")]
        if self.scratch_bytes:
            facts.append(("scratch", f"{format_size(self.scratch_bytes)} of temporary files"))
        n_resumed = sum(part.is_resumed for part in self.parts)
        if n_resumed:
            facts.append(("resumed", f"{n_resumed:,} of {len(self.parts):,} parts"))
        if self.copied:
            facts.append(("unchanged", "no class had to be resampled"))
        if self.search is not None:
            recall = "" if self.recall is None else f" (recall {self.recall:.3f} on a sample)"
            facts.append(("neighbors", f"{self.search}{recall}"))
        return facts

    def _work(self, unit: str) -> list[tuple[str, str]]:
        """Return the rows and the time."""
        rows = f"{self.rows_written:,}{unit}"
        if not self.destination:
            return [("rows", rows), ("preparation", f"{self.seconds:.1f} s")]
        rate = self.rows_written / max(self.seconds, 1e-9)
        return [
            ("rows written", f"{rows} to {printable_path(self.destination)}"),
            ("time", f"{self.seconds:.1f} s ({rate:,.0f} rows per second)"),
        ]


def _text_row(cells: list[str], width: int) -> str:
    return " ".join([f"{cells[0]:<{width}}", *(f"{number:>15}" for number in cells[1:])])


def _html_row(cells: list[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
