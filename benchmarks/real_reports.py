"""Markdown tables of the measurements on public data, from their numbers or stored ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cells import not_timed, number, reliability, seconds
from benchmarks.programs import EXACT, OURS, THEIRS

RESULTS = Path(__file__).parent / "results" / "real"
_SIDES = (OURS, EXACT, THEIRS)


class ReportTable(NamedTuple):
    """The columns of a table, and what makes the cells of a line."""

    name: str
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
        path = RESULTS / f"real_{self.name}.json"
        if not path.exists():
            return f"*Not measured yet: run `python -m benchmarks.real {self.name} FOLDER`.*"
        lines = [self.line(one) for one in json.loads(path.read_text())]
        return "\n".join([self.header(), *lines])


def class_sizes(counts: dict[str, int]) -> str:
    """Write the sizes of two classes, or of the largest and the smallest of many."""
    sizes = sorted(counts.values(), reverse=True)
    text = f"{sizes[0]:,} : {sizes[-1]:,}"
    return text if len(sizes) == 2 else f"{len(sizes)} classes, {text}"


def _either(texts: list[str]) -> str:
    """Write what all sides have once, and what differs beside each other."""
    return " / ".join(dict.fromkeys(texts))


def _took(side: dict[str, Any]) -> str:
    """Write the seconds of a side, or what it has in place of them."""
    return not_timed(side) or seconds(side["seconds"])


def _peaks(sides: list[dict[str, Any]]) -> str:
    return ", ".join(number(side["peak"], "bytes") for side in sides)


def _sizes(one: dict[str, Any]) -> tuple[str, ...]:
    return f"{one['rows']:,}", str(one["features"]), class_sizes(one["before"])


def _of_data(one: dict[str, Any]) -> tuple[str, ...]:
    peaks = (one["peak"] or {}).values()
    return (
        one["name"],
        *_sizes(one),
        f"{one['new_rows']:,}",
        *(seconds(one["seconds"][side]) for side in (OURS, THEIRS)),
        f"{one['equal']:.2%}",
        ", ".join(number(peak, "bytes") for peak in peaks),
    )


def _of_family(one: dict[str, Any]) -> tuple[str, ...]:
    sides = [one["sides"][side] for side in (OURS, THEIRS)]
    done = [side for side in sides if "after" in side]
    return (
        one["name"],
        one["sampler"],
        *_sizes(one),
        _either([class_sizes(side["after"]) for side in done]),
        _either([f"{side['new_rows']:,}" for side in done]),
        *map(_took, sides),
        "" if one["equal"] is None else f"{one['equal']:.2%}",
        _peaks(sides),
    )


def _of_cleaning(one: dict[str, Any]) -> tuple[str, ...]:
    sides = [one["sides"][side] for side in _SIDES if side in one["sides"]]
    shares = (
        _either([f"{side[of]:.2%}" for side in sides if of in side])
        for of in ("decisions_equal", "rows_equal")
    )
    return (
        one["name"],
        one["sampler"],
        *_sizes(one),
        _either([class_sizes(side["after"]) for side in sides if "after" in side]),
        *(_took(one["sides"][side]) if side in one["sides"] else "" for side in _SIDES),
        *shares,
        _either([reliability(side) for side in sides if "disagreement" in side]),
        _peaks(sides),
    )


_BEFORE = "rows | features | class sizes before"
TABLES = {
    "data": ReportTable(
        "data",
        f"data | {_BEFORE} | synthetic samples | {OURS} | {THEIRS} | identical rows "
        "| peak memory",
        _of_data,
    ),
    "family": ReportTable(
        "family",
        f"data | sampler | {_BEFORE} | class sizes after | synthetic samples | {OURS} "
        f"| {THEIRS} | identical rows | peak memory",
        _of_family,
    ),
    "cleaning": ReportTable(
        "cleaning",
        f"data | sampler | {_BEFORE} | class sizes after | {' | '.join(_SIDES)} "
        "| same decisions | identical rows | search | peak memory",
        _of_cleaning,
    ),
}
