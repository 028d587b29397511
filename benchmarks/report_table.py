"""A Markdown table of measurements on real data, from its numbers or from the stored ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results" / "real"


class ReportTable(NamedTuple):
    """The columns of a table, what makes the cells of a line, and the program to run."""

    program: str
    columns: str
    cells: Callable[[dict[str, Any]], tuple[str, ...]]

    def header(self) -> str:
        """Return the head of the table."""
        return f"| {self.columns} |\n|{' --- |' * (self.columns.count('|') + 1)}"

    def line(self, one: dict[str, Any]) -> str:
        """Return the line of one measurement."""
        return f"| {' | '.join(self.cells(one))} |"

    def stored(self) -> str:
        """Make the table of the stored numbers."""
        path = RESULTS / f"{self.program}.json"
        if not path.exists():
            return f"*Not measured yet: run `python -m benchmarks.{self.program} FOLDER`.*"
        lines = [self.line(one) for one in json.loads(path.read_text())]
        return "\n".join([self.header(), *lines])


def class_sizes(counts: dict[str, int]) -> str:
    """Write the sizes of two classes, or of the largest and the smallest of many."""
    sizes = sorted(counts.values(), reverse=True)
    text = f"{sizes[0]:,} : {sizes[-1]:,}"
    return text if len(sizes) == 2 else f"{len(sizes)} classes, {text}"
