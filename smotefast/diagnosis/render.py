"""A diagnosis as plain text, for terminals and logs."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from smotefast.diagnosis.findings import ClassFigures, Findings, Point

WIDTH = 96
_MOST_CLASSES = 20
_LONGEST = 24


def as_text(diagnosis: Findings) -> str:
    """Return the report, most serious points first."""
    return "\n".join(_lines(diagnosis))


def _lines(diagnosis: Findings) -> Iterator[str]:
    yield _wrapped(
        f"{diagnosis.n_rows:,} rows, {diagnosis.n_features:,} columns, "
        f"{len(diagnosis.counts):,} classes; judged for {diagnosis.judged}"
    )
    yield ""
    yield from _table(diagnosis.classes)
    yield ""
    yield _wrapped(how_it_was_found(diagnosis))
    yield ""
    if not diagnosis.points:
        yield "No points: nothing stands in the way of resampling."
    for point in diagnosis.points:
        yield from _point(point)
    yield ""
    yield _wrapped(f"Sampler: {diagnosis.advice.sampler or 'none'}. {diagnosis.advice.reason}")
    for name, when in diagnosis.advice.alternatives:
        yield _wrapped(f"or {name}: {when}", first="   ", rest="      ")
    yield _wrapped(f"First: {diagnosis.advice.first}")


def how_it_was_found(diagnosis: Findings) -> str:
    """Say what the figures are of."""
    most = [one for one in diagnosis.classes if diagnosis.sampled[one.label] < one.n_rows]
    which = "all rows" if not most else "rows drawn of each class, as many as 'searched' says,"
    return (
        f"noise, danger, safe: {which} with all, at least half, and fewer than half of their "
        f"{diagnosis.n_neighbors} nearest rows foreign; overlap: with a foreign nearest row. "
        f"They were searched for among all rows, exactly. Distance: {diagnosis.distance}."
    )


HEADS = ("class", "rows", "new rows", "searched", "noise", "danger", "safe", "overlap")


def cells(one: ClassFigures) -> list[str]:
    """Return a class as a row of the table of classes."""
    counts = [f"{one.n_rows:,}", f"{one.n_new:,}", f"{one.n_searched:,}"]
    shares = [one.noise, one.danger, one.safe, one.overlap]
    return [short(one.label), *counts, *("-" if x is None else f"{x:.1%}" for x in shares)]


def shown_classes(classes: tuple[ClassFigures, ...]) -> list[ClassFigures]:
    """Return the classes that a table shows: of very many the smallest and the largest."""
    if len(classes) <= _MOST_CLASSES:
        return list(classes)
    by_size = sorted(classes, key=lambda one: one.n_rows)
    chosen = {id(one) for one in [*by_size[: _MOST_CLASSES - 3], *by_size[-3:]]}
    return [one for one in classes if id(one) in chosen]


def short(label: Any) -> str:
    """Return a label as one short piece of text that nothing in it can break."""
    text = str(label)
    text = text if text.strip() and text.isprintable() else repr(label)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _table(classes: tuple[ClassFigures, ...]) -> Iterator[str]:
    shown = shown_classes(classes)
    rows = [list(HEADS), *map(cells, shown)]
    widths = [max(len(row[j]) for row in rows) for j in range(len(HEADS))]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *numbers])
    if len(shown) < len(classes):
        yield f"... and {len(classes) - len(shown):,} more classes of sizes between these"


def _point(point: Point) -> Iterator[str]:
    mark = point.level.upper().ljust(9)
    yield _wrapped(f"{mark}{point.name}: {point.text}", rest=" " * 9)
    yield _wrapped(f"-> {point.advice}", first=" " * 9, rest=" " * 12)


def _wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    text = "".join(one if one.isprintable() else " " for one in text)
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
