"""The table of ``real_cleaning``."""

from __future__ import annotations

from typing import Any

from benchmarks.cells import number, reliability
from benchmarks.family_report import either, took
from benchmarks.programs import EXACT, OURS, THEIRS
from benchmarks.report_table import ReportTable, class_sizes

_SIDES = (OURS, EXACT, THEIRS)
_COLUMNS = (
    "data | sampler | rows | features | class sizes before | class sizes after | "
    f"{' | '.join(_SIDES)} | same decisions | identical rows | search | peak memory"
)


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    sides = [one["sides"][side] for side in _SIDES if side in one["sides"]]
    return (
        one["name"],
        one["sampler"],
        f"{one['rows']:,}",
        str(one["features"]),
        class_sizes(one["before"]),
        either([class_sizes(side["after"]) for side in sides if "after" in side]),
        *(took(one["sides"][side]) if side in one["sides"] else "" for side in _SIDES),
        *(_shares(sides, of) for of in ("decisions_equal", "rows_equal")),
        either([reliability(side) for side in sides if "disagreement" in side]),
        ", ".join(number(side["peak"], "bytes") for side in sides),
    )


def _shares(sides: list[dict[str, Any]], of: str) -> str:
    return either([f"{side[of]:.2%}" for side in sides if of in side])


TABLE = ReportTable("real_cleaning", _COLUMNS, _cells)
