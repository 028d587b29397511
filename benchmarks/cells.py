"""What the cells of the tables are made of: numbers with units, spreads, Markdown."""

from __future__ import annotations

from typing import Any

from smotefast.bench.text import bytes_text
from smotefast.bench.text import seconds_text as seconds

NOTHING = (
    "*Not measured yet: run `python -m benchmarks.run`, then `python -m benchmarks.render`.*"
)


def number(value: float, unit: str = "") -> str:
    """Write a number with its unit as people read it."""
    if unit == "bytes":
        return bytes_text(value)
    if unit == "s":
        return seconds(value)
    if unit == "x":
        return f"{value:.0f}x" if value >= 10 else f"{value:.2g}x"
    return f"{value:.4g}"


def not_timed(side: dict[str, Any]) -> str:
    """Write what stands in place of the time of a side; nothing if it has one."""
    if "stopped" in side:
        return f"stopped after {side['stopped']:.0f} s"
    if "refused" in side:
        return "refused: " + side["refused"].replace("|", "\\|").replace("\n", " ")
    return ""


def reliability(side: dict[str, Any]) -> str:
    """Write how a side searched, and how far that can be relied on."""
    if side["recall"] is None:
        return str(side["search"] or "")
    text = f"{side['search']}, recall {side['recall']:.3f}"
    if side["disagreement"] is None:
        return text
    return f"{text}, disagreement {side['disagreement']:.2%}"


def spread(times: dict[str, Any] | None) -> str:
    """Write a median, with minimum and maximum where there are more than one."""
    if not times:
        return ""
    median = seconds(times["median"])
    if times["n"] == 1:
        return median
    return (
        f"{median} ({seconds(times['minimum'])} to {seconds(times['maximum'])}, n={times['n']})"
    )


def table(header: str, lines: list[str]) -> str:
    """Write a Markdown table, or say that there is nothing to show yet."""
    if not lines:
        return NOTHING
    return "\n".join([f"| {header} |", "|" + " --- |" * (header.count("|") + 1), *lines])
