"""The table of ``real_data``, from its numbers or from the stored ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.programs import OURS, THEIRS
from benchmarks.tables import number, seconds

STORED = Path(__file__).parent / "results" / "real" / "real_data.json"
_COLUMNS = (
    "data",
    "rows",
    "features",
    "before",
    "new rows",
    OURS,
    THEIRS,
    "rows equal",
    "peak memory of each",
)


def stored_table() -> str:
    """Make the table of the stored numbers."""
    if not STORED.exists():
        return "*Not measured yet: run `python -m benchmarks.real_data FOLDER`.*"
    lines = [line(one) for one in json.loads(STORED.read_text())]
    return "\n".join([header(), *lines])


def header() -> str:
    """Return the head of the table."""
    return f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}"


def line(one: dict[str, Any]) -> str:
    """Return the line of one data set."""
    before = sorted(one["before"].values(), reverse=True)
    counts = f"{before[0]:,} : {before[-1]:,}"
    if len(before) > 2:
        counts = f"{len(before)} classes, {counts}"
    peaks = one["peak"] or {}
    cells = (
        one["name"],
        f"{one['rows']:,}",
        str(one["features"]),
        counts,
        f"{one['new_rows']:,}",
        *(seconds(one["seconds"][side]) for side in (OURS, THEIRS)),
        f"{one['equal']:.2%}",
        ", ".join(number(peak, "bytes") for peak in peaks.values()),
    )
    return f"| {' | '.join(cells)} |"
