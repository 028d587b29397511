"""What columns seem to hold: identifiers, numbers written as text, codes.

Each function returns the indices of such columns.
"""

from __future__ import annotations

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.thresholds import (
    FEW_VALUES,
    FEW_VALUES_REPEAT,
    IDENTIFIER_REPEATS,
    IDENTIFIER_ROWS,
    NUMBER_TEXTS,
    NUMBER_TEXTS_LEAST,
)


def identifiers(facts: Facts) -> list[int]:
    """Return the columns that identify rows."""
    numbers = set(facts.columns.numbers)
    return [
        j
        for j, figures in sorted(facts.figures.items())
        if _is_identifier(figures, is_number=j in numbers)
    ]


def _is_identifier(figures: ColumnFigures, *, is_number: bool) -> bool:
    """Whether no sampled value occurs twice, although duplicates would be expected."""
    n = figures.n_sampled
    if n < IDENTIFIER_ROWS or figures.n_distinct < n:
        return False
    if not is_number:
        return bool(figures.texts) and not _hold_numbers(figures.texts)
    expected_repeats = n**2 / 2 / (figures.high - figures.low + 1)
    return figures.is_whole and expected_repeats >= IDENTIFIER_REPEATS


def texts_of_numbers(facts: Facts) -> list[int]:
    """Return the columns of text that hold numbers."""
    return [j for j in facts.columns.categories if _hold_numbers(facts.figures[j].texts)]


def _hold_numbers(texts: tuple[str, ...]) -> bool:
    """Whether nearly all texts read as numbers."""
    if len(texts) < NUMBER_TEXTS_LEAST:
        return False
    return sum(map(reads_as_number, texts)) >= NUMBER_TEXTS * len(texts)


def reads_as_number(text: str) -> bool:
    """Whether a text is a number.

    Examples
    --------
    >>> reads_as_number(" 1e3"), reads_as_number("12 kg")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True


def real_categories(facts: Facts) -> list[int]:
    """Return the columns of categories, without identifiers and numbers written as text."""
    others = {*identifiers(facts), *texts_of_numbers(facts)}
    return [j for j in facts.columns.categories if j not in others]


def real_numbers(facts: Facts) -> list[int]:
    """Return the columns of numbers, also those written as text, without identifiers."""
    keys = set(identifiers(facts))
    numbers = (*facts.columns.numbers, *texts_of_numbers(facts))
    return [j for j in numbers if j not in keys]


def few_valued(facts: Facts) -> tuple[list[int], list[int]]:
    """Return columns of two whole numbers, and columns of a few frequent whole numbers."""
    two, few = [], []
    for j in facts.columns.numbers:
        figures = facts.figures[j]
        if not figures.is_whole or figures.is_constant:
            continue
        if figures.n_distinct == 2:
            two.append(j)
        elif 2 < figures.n_distinct <= min(FEW_VALUES, figures.n_sampled / FEW_VALUES_REPEAT):
            few.append(j)
    return two, few
