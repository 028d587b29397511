"""What columns look like: keys, numbers in disguise, codes.

Figures of columns flow in; positions of columns that look so flow out.
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
    """Return the columns that name rows."""
    numbers = set(facts.columns.numbers)
    return [
        j
        for j, one in sorted(facts.figures.items())
        if is_identifier(one, is_number=j in numbers)
    ]


def is_identifier(one: ColumnFigures, *, is_number: bool) -> bool:
    """Tell whether no drawn value comes twice, where some should."""
    if one.n_drawn < IDENTIFIER_ROWS or one.n_distinct < one.n_drawn:
        return False
    if not is_number:
        return bool(one.texts) and not hold_numbers(one)
    repeats = one.n_drawn**2 / 2 / (one.high - one.low + 1)
    return one.is_whole and repeats >= IDENTIFIER_REPEATS


def texts_of_numbers(facts: Facts) -> list[int]:
    """Return the columns of text that hold numbers."""
    return [j for j in facts.columns.categories if hold_numbers(facts.figures[j])]


def hold_numbers(one: ColumnFigures) -> bool:
    """Tell whether nearly all texts of a column read as numbers."""
    if len(one.texts) < NUMBER_TEXTS_LEAST:
        return False
    return sum(map(reads_as_number, one.texts)) >= NUMBER_TEXTS * len(one.texts)


def reads_as_number(text: str) -> bool:
    """Tell whether a text is a number.

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
    """Return the columns of categories that are neither keys nor numbers written as text."""
    other = {*identifiers(facts), *texts_of_numbers(facts)}
    return [j for j in facts.columns.categories if j not in other]


def real_numbers(facts: Facts) -> list[int]:
    """Return the columns of numbers, written as text or not, that are no keys."""
    keys = set(identifiers(facts))
    numbers = (*facts.columns.numbers, *texts_of_numbers(facts))
    return [j for j in numbers if j not in keys]


def few_valued(facts: Facts) -> tuple[list[int], list[int]]:
    """Return numeric columns of two whole numbers, and of a few that come again and again."""
    two, few = [], []
    for j in facts.columns.numbers:
        one = facts.figures[j]
        if not one.is_whole or one.is_constant:
            continue
        if one.n_distinct == 2:
            two.append(j)
        elif 2 < one.n_distinct <= min(FEW_VALUES, one.n_drawn / FEW_VALUES_REPEAT):
            few.append(j)
    return two, few
