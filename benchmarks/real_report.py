"""The table of ``real_data``."""

from __future__ import annotations

from typing import Any

from benchmarks.cells import number, seconds
from benchmarks.programs import OURS, THEIRS
from benchmarks.report_table import ReportTable, class_sizes

_COLUMNS = (
    "data | rows | features | class sizes before | synthetic samples | "
    f"{OURS} | {THEIRS} | identical rows | peak memory"
)


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    peaks = one["peak"] or {}
    return (
        one["name"],
        f"{one['rows']:,}",
        str(one["features"]),
        class_sizes(one["before"]),
        f"{one['new_rows']:,}",
        *(seconds(one["seconds"][side]) for side in (OURS, THEIRS)),
        f"{one['equal']:.2%}",
        ", ".join(number(peak, "bytes") for peak in peaks.values()),
    )


TABLE = ReportTable("real_data", _COLUMNS, _cells)
