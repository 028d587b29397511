"""``smotefast compare``: parse lists of options, run the comparison and write its reports."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TypeVar

from smotefast.cli.report_files import check_report_path, write_report_file
from smotefast.evaluation import Comparison

T = TypeVar("T")


def names_in(text: str) -> list[str]:
    """Return names that are separated by commas.

    Examples
    --------
    >>> names_in("logistic, boosting")
    ['logistic', 'boosting']
    """
    return [part.strip() for part in text.split(",") if part.strip()]


def numbers_in(text: str | None, option: str, kind: Callable[[str], T]) -> list[T] | None:
    """Return numbers that are separated by commas; None for no text.

    Raises
    ------
    ValueError
        If a part is not a number.
    """
    if text is None:
        return None
    try:
        return [kind(part) for part in names_in(text)]
    except ValueError:
        raise ValueError(
            f"{option} {text!r} must be numbers that are separated by commas, such as "
            f"{'0.1,0.3,1' if kind is float else '3,5'}."
        ) from None


def check_paths(paths: dict[str, str | None], overwrite: bool) -> None:
    """Raise OSError if a report cannot be written; ``paths`` by kind.

    Raises
    ------
    ValueError
        If two reports have the same path.
    """
    given = [os.path.realpath(path) for path in paths.values() if path is not None]
    if len(set(given)) < len(given):
        raise ValueError(f"{' and '.join(paths)} have the same name. Use two files.")
    for kind, path in paths.items():
        if path is not None:
            check_report_path(path, overwrite, kind)


def write_reports(
    comparison: Comparison, paths: dict[str, str | None], overwrite: bool
) -> None:
    """Write the reports; a file is never incomplete."""
    for kind, path in paths.items():
        if path is None:
            continue
        if kind == "JSON":
            text = json.dumps(comparison.to_dict(), indent=2, ensure_ascii=False) + "\n"
        else:
            text = comparison.to_html()
        write_report_file(path, text, overwrite=overwrite, kind=kind)
