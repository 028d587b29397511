"""Arguments and options of the commands, and functions that parse their values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer


class Rows(StrEnum):
    """The rows that a job writes."""

    ALL = "all"
    SYNTHETIC = "synthetic"


class IfBalanced(StrEnum):
    """What to do with classes that already have the requested number of rows."""

    ERROR = "error"
    COPY = "copy"


class AbsentClasses(StrEnum):
    """What to do with classes in the strategy that have no rows."""

    ERROR = "error"
    IGNORE = "ignore"


class KeepFill(StrEnum):
    """The values of synthetic rows in kept columns."""

    NULL = "null"
    BASE = "base"


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A Parquet file or a folder of Parquet files.",
        show_default=False,
    ),
]
Destination = Annotated[
    str,
    typer.Argument(
        metavar="DESTINATION",
        help="The file to write (NAME.parquet), or a folder for part files (any other name).",
        show_default=False,
    ),
]
Target = Annotated[
    str,
    typer.Option(metavar="COLUMN", help="Column with the class labels.", show_default=False),
]
Sampler = Annotated[
    str,
    typer.Option(metavar="NAME", help="The sampler; 'smotefast samplers' lists all of them."),
]
SamplingStrategy = Annotated[
    str,
    typer.Option(
        metavar="STRATEGY",
        help="Which classes to resample, and to how many rows: auto, minority, not minority, "
        "not majority, all; a ratio such as 0.5; or JSON with the number of rows of each class "
        "in the result, such as '{\"fraud\": 100000}'.",
    ),
]
KNeighbors = Annotated[
    int | None,
    typer.Option(
        metavar="K", help="Number of nearest neighbors.", show_default="the sampler's default"
    ),
]
Search = Annotated[
    str | None,
    typer.Option(
        metavar="METHOD",
        help="Nearest-neighbor search: auto, exact or approximate.",
        show_default="auto",
    ),
]
SmallClass = Annotated[
    str | None,
    typer.Option(
        metavar="ACTION",
        help="How to treat a class with fewer than K+1 rows: error; clamp (use fewer "
        "neighbors); or duplicate (also copy the row of a class with a single row).",
        show_default="error",
    ),
]
Categorical = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="A categorical column, for smote-nc. Can be repeated.",
        show_default="all columns that are not numeric",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set another parameter of the sampler, such as m_neighbors=20. Can be repeated.",
    ),
]
Then = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A second sampler that removes rows from the result: random-under or tomek-links.",
        show_default="none",
    ),
]
ThenSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--then-set",
        metavar="NAME=VALUE",
        help="Set a parameter of the second sampler, such as sampling_strategy=all. Can be "
        "repeated.",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="N", help="Random seed. The same seed gives the same rows.")
]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Maximum resident memory of the process, such as 512MiB or 2GiB.",
        show_default="2GiB, or 3/4 of the memory of a small container or machine",
    ),
]
RowsToWrite = Annotated[
    Rows, typer.Option(help="Write original and synthetic rows, or synthetic rows only.")
]
Drop = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Leave out a column. Can be repeated."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="Copy a column, such as a key or a date, without using it as a feature. Can be "
        "repeated.",
    ),
]
KeepFillValue = Annotated[
    KeepFill,
    typer.Option(
        "--keep-fill",
        help="Values of synthetic rows in kept columns: null, or the value of the base row.",
    ),
]
IfBalancedAction = Annotated[
    IfBalanced,
    typer.Option(
        "--if-balanced",
        help="If a class already has the requested number of rows or more (for samplers that "
        "remove rows: or fewer): stop with an error, or copy the class unchanged.",
    ),
]
AbsentClassesAction = Annotated[
    AbsentClasses,
    typer.Option(
        "--absent-classes",
        help="If a class in the strategy has no rows, or the data have a single class: stop "
        "with an error, or ignore it.",
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace an existing destination when the job succeeds."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print neither a progress bar nor a summary.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")]


def parse_categorical(columns: Sequence[str] | None) -> str | Sequence[str] | None:
    """Parse ``--categorical``: names of columns, or "auto" or "not numeric".

    Examples
    --------
    >>> parse_categorical(["city", "auto"]), parse_categorical(["not numeric"])
    (['city', 'auto'], 'not numeric')
    """
    if columns and len(columns) == 1 and columns[0] in ("auto", "not numeric"):
        return columns[0]
    return columns or None


def parse_strategy(text: str) -> float | str | dict[str, int] | list[Any]:
    """Parse ``--sampling-strategy``: a number, JSON, or a word.

    Examples
    --------
    >>> parse_strategy("0.5"), parse_strategy('{"fraud": 1e5}'), parse_strategy("auto")
    (0.5, {'fraud': 100000}, 'auto')
    """
    text = text.strip()
    if text.startswith(("{", "[")):
        return _parse_counts(text)
    try:
        return float(text)
    except ValueError:
        return text


def _parse_counts(text: str) -> dict[str, int] | list[Any]:
    try:
        counts: dict[str, int] | list[Any] = json.loads(
            text, parse_float=_parse_number, object_pairs_hook=_refuse_duplicate_keys
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"--sampling-strategy {text!r} is not valid JSON: {error}") from error
    for label, n in counts.items() if isinstance(counts, dict) else ():
        if type(n) is not int or n < 0:  # True is an int as well
            raise ValueError(
                f"--sampling-strategy has {json.dumps(n)} rows for class {label!r}. Use a "
                "whole number, 0 or more."
            )
    return counts


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raise if a key occurs twice; json would silently use the last value."""
    for key, n in Counter(key for key, _ in pairs).items():
        if n > 1:
            raise ValueError(f"A JSON object contains {key!r} twice. Name it once.")
    return dict(pairs)


def _parse_number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def parse_settings(
    settings: Sequence[str], own_options: Mapping[str, str], option: str = "--set"
) -> dict[str, Any]:
    """Parse ``--set``: values are JSON if possible, otherwise text.

    Parameters
    ----------
    settings
        NAME=VALUE texts.
    own_options
        Parameters that have their own option, with that option.
    option
        The option that the settings belong to, for messages.

    Examples
    --------
    >>> parse_settings(["m_neighbors=20", "kind=borderline-2", "shrinkage=0.5"], {})
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
        if name in own_options:
            raise ValueError(f"{option} {setting!r} is not allowed: use {own_options[name]}.")
        try:
            values[name] = json.loads(text, object_pairs_hook=_refuse_duplicate_keys)
        except json.JSONDecodeError:
            values[name] = text.strip()
    return values
