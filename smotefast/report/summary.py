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
        Rows of each class in the source, and with the new rows.
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

    @property
    def rows_new(self) -> int:
        """Rows that were made."""
        return sum(self.counts_after.values()) - sum(self.counts_before.values())

    def __str__(self) -> str:
        return "\n".join([*self._class_lines(), "", *self._job_lines()])

    def _class_lines(self) -> list[str]:
        labels = list(self.counts_before)
        shown = labels[:_MOST_LINES]
        names = [_shown(label) for label in shown]
        width = max(map(len, ["class", *names]))
        lines = [f"{'class':<{width}} {'before':>15} {'after':>15} {'new':>15}"]
        for label, name in zip(shown, names, strict=True):
            before, after = self.counts_before[label], self.counts_after[label]
            lines.append(f"{name:<{width}} {before:>15,} {after:>15,} {after - before:>15,}")
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
        if self.search is not None:
            found = "" if self.recall is None else f" (recall {self.recall:.3f} on a sample)"
            lines.append(f"neighbours    {self.search}{found}")
        return lines


def _shown(label: Any) -> str:
    """Return a label as one short piece of text that nothing in it can break."""
    text = str(label)
    text = text if text.strip() and text.isprintable() else repr(label)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
