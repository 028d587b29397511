"""Options that commands share, and how what is typed becomes Python values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer


class Rows(StrEnum):
    """Which rows a destination gets."""

    ALL = "all"
    SYNTHETIC = "synthetic"


class IfBalanced(StrEnum):
    """What becomes of classes that have the rows asked for."""

    ERROR = "error"
    COPY = "copy"


class AbsentClasses(StrEnum):
    """What becomes of classes that are named and have no rows."""

    ERROR = "error"
    IGNORE = "ignore"


class KeepFill(StrEnum):
    """What new rows get in columns that are carried through."""

    NULL = "null"
    BASE = "base"


Source = Annotated[str, typer.Argument(help="A Parquet file or a folder of them.")]
Destination = Annotated[
    str, typer.Argument(help="NAME.parquet makes one file, a name without an ending a folder.")
]
Target = Annotated[str, typer.Option(help="The column that holds the class.")]
Sampler = Annotated[str, typer.Option(help="See 'smotefast samplers'.")]
Strategy = Annotated[
    str,
    typer.Option(
        help="auto, minority, not minority, not majority, all; a ratio such as 0.5; or the "
        "rows of each class afterwards as JSON: '{\"fraud\": 100000}'."
    ),
]
Neighbors = Annotated[
    int | None,
    typer.Option(help="How many neighbours to choose from.", show_default="the sampler's"),
]
Search = Annotated[
    str | None, typer.Option(help="auto, exact or approximate.", show_default="auto")
]
SmallClass = Annotated[
    str | None,
    typer.Option(
        help="What becomes of a class with fewer than k+1 rows: error, clamp (fewer "
        "neighbours) or duplicate (also copies of a single row).",
        show_default="error",
    ),
]
Categorical = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="A column of categories, for smote-nc; may be repeated.",
        show_default="all that are not numeric",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Any other parameter of the sampler, such as m_neighbors=20; may be repeated.",
    ),
]
Then = Annotated[
    str | None,
    typer.Option(
        metavar="SAMPLER",
        help="Take rows away afterwards: random-under or tomek-links.",
        show_default="none",
    ),
]
ThenSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--then-set",
        metavar="NAME=VALUE",
        help="A parameter of it, such as sampling_strategy=all; may be repeated.",
    ),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same rows.")]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        help="What the process may occupy, such as 512MiB or 2GiB.",
        show_default="2GiB; at most 3/4 of the container's or machine's memory",
    ),
]
WhichRows = Annotated[
    Rows, typer.Option(help="Write the originals and the new rows, or the new rows only.")
]
Drop = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Leave a column out; may be repeated."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="Carry a column through without computing with it, such as a key or a date; may "
        "be repeated.",
    ),
]
KeptValues = Annotated[
    KeepFill,
    typer.Option(
        "--keep-fill",
        help="What new rows get in these columns: null, or the value of the row that a new row "
        "was made from.",
    ),
]
Balanced = Annotated[
    IfBalanced,
    typer.Option(
        "--if-balanced",
        help="Where a ratio or a number of rows asks for fewer than a class has (of samplers "
        "that take rows away: for more): end with an error, or leave the class as it is.",
    ),
]
Absent = Annotated[
    AbsentClasses,
    typer.Option(
        "--absent-classes",
        help="Where a class named in the strategy has no rows, or there is only one class: end "
        "with an error, or pass over it.",
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace the destination once all is done.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show neither progress nor summary.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def read_categorical(columns: Sequence[str] | None) -> Any:
    """Read ``--categorical``: names of columns, or one word that chooses them by their type.

    Examples
    --------
    >>> read_categorical(["city", "auto"]), read_categorical(["not numeric"])
    (['city', 'auto'], 'not numeric')
    """
    if columns and len(columns) == 1 and columns[0] in ("auto", "not numeric"):
        return columns[0]
    return columns or None


def read_strategy(text: str) -> Any:
    """Read ``--sampling-strategy``: a number, a JSON object, or a word as it is.

    Examples
    --------
    >>> read_strategy("0.5"), read_strategy('{"fraud": 1e5}'), read_strategy("auto")
    (0.5, {'fraud': 100000}, 'auto')
    """
    text = text.strip()
    if text.startswith(("{", "[")):
        try:
            counts = json.loads(text, parse_float=_whole, object_pairs_hook=_each_once)
        except json.JSONDecodeError as error:
            raise ValueError(f"--sampling-strategy {text!r} is not JSON: {error}") from error
        for label, n in counts.items() if isinstance(counts, dict) else ():
            if type(n) is not int or n < 0:  # true is an int, too
                raise ValueError(
                    f"--sampling-strategy has {json.dumps(n)} rows for class {label!r}. Give a "
                    "whole number, 0 or more."
                )
        return counts
    try:
        return float(text)
    except ValueError:
        return text


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice, of which JSON would take the last."""
    for key, n in Counter(key for key, _ in pairs).items():
        if n > 1:
            raise ValueError(f"A JSON object names {key!r} twice. Name it once.")
    return dict(pairs)


def _whole(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def read_settings(
    settings: Sequence[str], options: Mapping[str, str], option: str = "--set"
) -> dict[str, Any]:
    """Read ``--set``: values are JSON where they can be, otherwise texts.

    Parameters
    ----------
    settings
        As they were typed.
    options
        The option of each parameter that has one of its own.
    option
        What they were typed after.

    Examples
    --------
    >>> read_settings(["m_neighbors=20", "kind=borderline-2", "shrinkage=0.5"], {})
    {'m_neighbors': 20, 'kind': 'borderline-2', 'shrinkage': 0.5}
    """
    values = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not (equals and name.strip()):
            raise ValueError(
                f"{option} {setting!r} must be NAME=VALUE, such as m_neighbors=20."
            )
        name = name.strip().replace("-", "_")
        if name in options:
            raise ValueError(f"{option} {setting!r} is not taken: use {options[name]}.")
        try:
            values[name] = json.loads(text, object_pairs_hook=_each_once)
        except json.JSONDecodeError:
            values[name] = text.strip()
    return values
