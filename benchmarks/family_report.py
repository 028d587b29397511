"""The table of ``real_family``."""

from __future__ import annotations

from typing import Any

from benchmarks.cells import not_timed, number, seconds
from benchmarks.programs import OURS, THEIRS
from benchmarks.report_table import ReportTable, class_sizes

_COLUMNS = (
    "data | sampler | rows | features | class sizes before | class sizes after | "
    f"synthetic samples | {OURS} | {THEIRS} | identical rows | peak memory"
)


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    sides = [one["sides"][side] for side in (OURS, THEIRS)]
    done = [side for side in sides if "after" in side]
    equal = one["equal"]
    return (
        one["name"],
        one["sampler"],
        f"{one['rows']:,}",
        str(one["features"]),
        class_sizes(one["before"]),
        either([class_sizes(side["after"]) for side in done]),
        either([f"{side['new_rows']:,}" for side in done]),
        *(took(side) for side in sides),
        "" if equal is None else f"{equal:.2%}",
        ", ".join(number(side["peak"], "bytes") for side in sides),
    )


def either(texts: list[str]) -> str:
    """Write what both sides have once, and what differs beside each other."""
    return " / ".join(dict.fromkeys(texts))


def took(side: dict[str, Any]) -> str:
    """Write the seconds of a side, or what it has in place of them."""
    return not_timed(side) or seconds(side["seconds"])


TABLE = ReportTable("real_family", _COLUMNS, _cells)
