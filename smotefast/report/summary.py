"""What a batch job did, as an object and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smotefast.storage.memory import format_size

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
        Whether the job was allowed to copy the rows as they were, and did.
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

    def _class_lines(self) -> list[str]:
        labels = list(self.counts_before)
        shown = labels[:_MOST_LINES]
        names = [_shown(label) for label in shown]
        width = max(map(len, ["class", *names]))
        lines = [
            _line(["class", "before", "after", "new", "removed"], width, self.rows_removed)
        ]
        for label, name in zip(shown, names, strict=True):
            counts = [self.counts_before[label], self.counts_after[label]]
            counts += [self._made(label), self._removed(label)]
            cells = [name, *(f"{n:,}" for n in counts)]
            lines.append(_line(cells, width, self.rows_removed))
        if len(labels) > len(shown):
            lines.append(f"... and {len(labels) - len(shown)} more classes")
        return lines

    def _job_lines(self) -> list[str]:
        rate = self.rows_written / max(self.seconds, 1e-9)
        lines = [
            f"rows written  {self.rows_written:,} to {self.destination}",
            f"time          {self.seconds:.1f} s ({rate:,.0f} rows a second)",
            f"peak memory   {format_size(self.peak_memory)} of "
            f"{format_size(self.memory_limit)} allowed",
        ]
        if self.copied:
            lines.append("nothing done  no class had to change")
        if self.search is not None:
            found = "" if self.recall is None else f" (recall {self.recall:.3f} on a sample)"
            lines.append(f"neighbours    {self.search}{found}")
        return lines


def _line(cells: list[str], width: int, with_removed: int) -> str:
    """Return a line of the table; its last column is there if any row was removed."""
    numbers = cells[1:] if with_removed else cells[1:-1]
    return " ".join([f"{cells[0]:<{width}}", *(f"{number:>15}" for number in numbers)])


def _shown(label: Any) -> str:
    """Return a label as one short piece of text that nothing in it can break."""
    text = str(label)
    text = text if text.strip() and text.isprintable() else repr(label)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
