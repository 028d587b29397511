"""Reports as text for terminals: wrapped lines and tables without control characters."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill


def printable(text: str) -> str:
    """Return a text with spaces instead of line breaks and control characters."""
    return "".join(character if character.isprintable() else " " for character in text)


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    """Break a text into lines.

    Parameters
    ----------
    text
        The text; control characters become spaces.
    width
        Number of characters of a line.
    first, rest
        What the first line and the others begin with.
    """
    return fill(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


def text_table(rows: list[list[str]], n_texts: int = 1) -> Iterator[str]:
    """Return rows of cells as lines; the first columns are text, the others numbers.

    Examples
    --------
    >>> print(*text_table([["class", "rows"], ["fraud", "7"]]), sep="|")
    class  rows|fraud     7
    """
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if j < n_texts else cell.rjust(width)
            for j, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
