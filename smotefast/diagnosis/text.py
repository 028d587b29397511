"""A diagnosis as text for terminals, and the words it shares with the page."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast._messages import short_label
from smotefast.diagnosis.report import ClassFigures, Diagnosis, Point, Step
from smotefast.diagnosis.wording import ratio_words
from smotefast.report.text_lines import printable, text_table, wrapped

WIDTH = 96
HEADS = ["class", "rows", "new rows", "searched", "noise", "danger", "safe", "overlap"]
NO_POINTS = "no check found a problem."
BEFORE_COMPARING = "None of them is known to help before a comparison:"
# Rows of each of two classes that a comparison needs for its folds, and with two folds.
_ROWS_FOR_FOLDS, _FEWEST_ROWS = 10, 4
_MOST_CLASSES = 20
_LONGEST_LABEL = 24


def to_text(diagnosis: Diagnosis, compare: str | None = None) -> str:
    """Return the report as text, most serious points first.

    Its last line is a command that compares the candidates, or code without one.
    """
    return "\n".join(_lines(diagnosis, compare))


def folds(diagnosis: Diagnosis) -> int | None:
    """Return how many folds a comparison can have; 0 for its default, None for no comparison.

    Other classes than the two largest may be too small: they are left out.
    """
    _, second = sorted(diagnosis.counts.values())[-1:-3:-1]
    if second >= _ROWS_FOR_FOLDS:
        return 0
    return second // 2 if second >= _FEWEST_ROWS else None


def next_step(diagnosis: Diagnosis) -> str:
    """Return the code that compares the candidates, or why there is none."""
    n_folds = folds(diagnosis)
    if n_folds is None:
        return f"that needs {_FEWEST_ROWS} rows of two classes at least."
    option = f", folds={n_folds}" * (n_folds > 0)
    return f"smotefast.compare(X, y, samplers=report.candidates{option})"


def _lines(diagnosis: Diagnosis, compare: str | None) -> Iterator[str]:
    yield wrapped(summary(diagnosis), WIDTH)
    yield ""
    shown, rest = shown_classes(diagnosis.classes)
    yield from text_table([HEADS, *map(class_cells, shown)])
    if rest:
        yield f"... and {rest}"
    yield ""
    yield wrapped(legend(diagnosis), WIDTH)
    yield ""
    if not diagnosis.points:
        yield f"No points: {NO_POINTS}"
    for point in diagnosis.points:
        yield from _point_lines(point)
    yield ""
    yield "Decision guide:"
    for step in diagnosis.guide:
        yield wrapped(f"{step.question} {step_words(step)}", WIDTH, first="- ", rest="  ")
    yield ""
    names = ", ".join(diagnosis.candidates)
    if compare is None or folds(diagnosis) is None:
        yield wrapped(f"Candidates: {names}. {BEFORE_COMPARING} {next_step(diagnosis)}", WIDTH)
    else:
        yield wrapped(f"Candidates: {names}. {BEFORE_COMPARING}", WIDTH)
        yield f"  {compare}"


def summary(diagnosis: Diagnosis) -> str:
    """Return the size of the data in words."""
    minority = short_label(diagnosis.minority, _LONGEST_LABEL)
    return (
        f"{diagnosis.n_rows:,} rows, {diagnosis.n_features:,} columns, "
        f"{len(diagnosis.counts):,} classes (smallest: {minority}, 1 to "
        f"{ratio_words(diagnosis.imbalance, 3)}); checked for {diagnosis.judged}"
    )


def legend(diagnosis: Diagnosis) -> str:
    """Explain the columns of the table of classes."""
    is_sample = any(diagnosis.sampled[item.label] < item.n_rows for item in diagnosis.classes)
    searched = ", for a random sample of each class" if is_sample else ""
    return (
        "noise, danger, safe: share of the searched rows with all, at least half, or fewer "
        f"than half of their {diagnosis.n_neighbors} nearest neighbors in other classes. "
        "overlap: share whose nearest neighbor is of another class. Neighbors come from an "
        f"exact search among all rows{searched}. Distance: {diagnosis.distance}."
    )


def class_cells(item: ClassFigures) -> list[str]:
    """Return a class as a row of the table of classes."""
    counts = [f"{item.n_rows:,}", f"{item.n_new:,}", f"{item.n_searched:,}"]
    shares = [item.noise, item.danger, item.safe, item.overlap]
    shown = ("-" if share is None else f"{share:.1%}" for share in shares)
    return [short_label(item.label, _LONGEST_LABEL), *counts, *shown]


def shown_classes(classes: tuple[ClassFigures, ...]) -> tuple[list[ClassFigures], str]:
    """Return the classes to show, of very many the smallest ones and the three largest.

    The second value says how many others there are; it is empty if there are none.
    """
    if len(classes) <= _MOST_CLASSES:
        return list(classes), ""
    by_size = sorted(classes, key=lambda item: item.n_rows)
    shown = {id(item) for item in [*by_size[: _MOST_CLASSES - 3], *by_size[-3:]]}
    rest = f"{len(classes) - len(shown):,} more classes of intermediate size"
    return [item for item in classes if id(item) in shown], rest


def step_words(step: Step) -> str:
    """Return the answer of a step, its reason and what it suggests."""
    names = f" -> {', '.join(step.candidates)}" if step.candidates else ""
    return f"{'Yes' if step.answer else 'No'}. {step.reason}{names}"


def _point_lines(point: Point) -> Iterator[str]:
    mark = point.level.upper().ljust(9)
    yield wrapped(f"{mark}{point.name}: {point.text}", WIDTH, rest=" " * 9)
    yield wrapped(f"-> {point.advice}", WIDTH, first=" " * 9, rest=" " * 12)
    for line in point.code.splitlines():
        yield f"{' ' * 12}{printable(line)}"
