"""What a batch job did, as an object and as text."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from smotefast._messages import one_line_label
from smotefast.storage.paths import shown_path
from smotefast.storage.process_memory import format_size

_MOST_LINES = 20
_LONGEST = 40


@dataclass(frozen=True)
class Summary:
    """The result of ``resample_dataset``.

    Attributes
    ----------
    destination
        Where the rows are.
    counts_before, counts_after
        Rows of each class in the source, and in what is made of it.
    rows_written
        Rows in the destination.
    seconds
        From the call to the finished destination.
    peak_memory, memory_limit
        Largest resident set of the process during the job, and the limit given; bytes.
    search
        How neighbours were found: "exact", "approximate", "estimator", or None.
    recall
        Share of the true neighbours found on a sample, where the search was approximate.
    counts_made
        Rows made of each class that got any; None means all that came to it.
    copied
        Whether the rows are those of the source: none was made, and no step took any away.
    """

    destination: str
    counts_before: dict[Any, int]
    counts_after: dict[Any, int]
    rows_written: int
    seconds: float
    peak_memory: int
    memory_limit: int
    search: str | None = None
    recall: float | None = None
    counts_made: dict[Any, int] | None = None
    copied: bool = False

    @property
    def rows_new(self) -> int:
        """Rows that were made."""
        return sum(map(self._made, self.counts_before))

    @property
    def rows_removed(self) -> int:
        """Rows that were taken away, of the originals and of the new ones."""
        return sum(map(self._removed, self.counts_before))

    def _made(self, label: Any) -> int:
        if self.counts_made is None:
            return self.counts_after[label] - self.counts_before[label]
        return self.counts_made.get(label, 0)

    def _removed(self, label: Any) -> int:
        return self.counts_before[label] + self._made(label) - self.counts_after[label]

    def __str__(self) -> str:
        return "\n".join([*self._class_lines(), "", *self._job_lines()])

    def _repr_html_(self) -> str:
        """Return the summary as a table for notebooks."""
        header, *rows = self._class_cells()
        shown = [_html_row(header, "th"), *(_html_row(row, "td") for row in rows)]
        if self._n_more:
            shown.append(f"<tr><td>... and {self._n_more} more classes</td></tr>")
        facts = [_html_row(list(fact), "td") for fact in self._facts(" rows")]
        return f"<table>{''.join(shown)}</table><table>{''.join(facts)}</table>"

    def _class_lines(self) -> list[str]:
        cells = self._class_cells()
        width = max(len(row[0]) for row in cells)
        lines = [_line(row, width) for row in cells]
        if self._n_more:
            lines.append(f"... and {self._n_more} more classes")
        return lines

    @property
    def _n_more(self) -> int:
        return max(0, len(self.counts_before) - _MOST_LINES)

    def _shown_classes(self) -> list[Any]:
        """Return the classes that have a line: of many, those first that changed."""
        labels = list(self.counts_before)
        if len(labels) > _MOST_LINES:
            labels.sort(key=lambda label: not (self._made(label) or self._removed(label)))
        return labels[:_MOST_LINES]

    def _class_cells(self) -> list[list[str]]:
        """Return a header and a row for each class; "removed" is there if any row was."""
        cells = [["class", "before", "after", "new", "removed"]]
        for label in self._shown_classes():
            counts = [self.counts_before[label], self.counts_after[label]]
            counts += [self._made(label), self._removed(label)]
            cells.append([one_line_label(label, _LONGEST), *(f"{n:,}" for n in counts)])
        return cells if self.rows_removed else [row[:-1] for row in cells]

    def _job_lines(self) -> list[str]:
        return [f"{name:<13} {value}" for name, value in self._facts()]

    def _facts(self, unit: str = "") -> list[tuple[str, str]]:
        """Return what is told of the job, with units."""
        rate = self.rows_written / max(self.seconds, 1e-9)
        allowed = format_size(self.memory_limit)
        facts = [
            ("rows written", f"{self.rows_written:,}{unit} to {shown_path(self.destination)}"),
            ("time", f"{self.seconds:.1f} s ({rate:,.0f} rows a second)"),
            ("peak memory", f"{format_size(self.peak_memory)} of {allowed} allowed"),
        ]
        if self.copied:
            facts.append(("nothing done", "no class had to change"))
        if self.search is not None:
            found = "" if self.recall is None else f" (recall {self.recall:.3f} on a sample)"
            facts.append(("neighbours", f"{self.search}{found}"))
        return facts


def _line(cells: list[str], width: int) -> str:
    return " ".join([f"{cells[0]:<{width}}", *(f"{number:>15}" for number in cells[1:])])


def _html_row(cells: list[str], kind: str) -> str:
    return "<tr>" + "".join(f"<{kind}>{html.escape(cell)}</{kind}>" for cell in cells) + "</tr>"
