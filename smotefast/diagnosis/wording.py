"""Shares, counts and lists of names, as the report writes them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from smotefast._messages import quote_name

_MOST_LISTED = 6
_PLURALS = {"class": "classes"}


def percent(share: float) -> str:
    """Write a share; only 0 is "0%", and only 1 is "100%".

    Examples
    --------
    >>> percent(0.123), percent(0.001), percent(0.999), percent(1)
    ('12%', 'less than 1%', 'more than 99%', '100%')
    """
    if 0 < share < 0.01:
        return "less than 1%"
    return "more than 99%" if 0.99 < share < 1 else f"{share:.0%}"


def counted(n: int, noun: str) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2_000, "row"), counted(2, "class")
    ('1 row', '2,000 rows', '2 classes')
    """
    return f"{n:,} {_plural(noun, n)}"


def listed(noun: str, names: Sequence[Hashable], figures: Sequence[str] = ()) -> str:
    """List columns or classes by name, with a figure for each if there are any.

    Examples
    --------
    >>> listed("column", ["age"]), listed("column", [0, 3])
    ("column 'age'", 'columns 0 and 3')
    >>> listed("class", range(8), ["9%"] * 8)
    'classes 0 (9%), 1 (9%), 2 (9%), 3 (9%), 4 (9%), 5 (9%) and 2 more'
    """
    shown = [quote_name(name) for name in names[:_MOST_LISTED]]
    if figures:
        shown = [f"{name} ({text})" for name, text in zip(shown, figures, strict=False)]
    n_more = len(names) - len(shown)
    last = f"{n_more} more" if n_more else shown.pop()
    text = f"{', '.join(shown)} and {last}" if shown else last
    return f"{_plural(noun, len(names))} {text}"


def _plural(noun: str, n: int) -> str:
    return noun if n == 1 else _PLURALS.get(noun, f"{noun}s")
