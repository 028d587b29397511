"""Arguments of a job, checked as far as that goes before any file is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from smotefast._messages import did_you_mean, quote_name
from smotefast.batch.request import Steps, steps_of
from smotefast.batch.scan import Lenience
from smotefast.registry import make_sampler
from smotefast.storage import destination_path, local_path, resolve_memory_limit
from smotefast.storage.limits import Limit


class Arguments(NamedTuple):
    """Arguments that hold: paths as text, the limit in bytes, copies of the samplers."""

    source: str
    destination: str
    steps: Steps
    limit: Limit
    lenience: Lenience
    drop: tuple[str, ...]
    keep: tuple[str, ...]


def check_arguments(
    source: Any,
    destination: Any,
    *,
    sampler: Any = "smote",
    memory_limit: int | str | None = None,
    rows: str = "all",
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: str = "null",
    if_balanced: str = "error",
    absent_classes: str = "error",
) -> Arguments:
    """Return the arguments of ``resample_dataset``, or refuse what no data can put right.

    Raises
    ------
    ValueError, TypeError
        Naming the argument and what is allowed.
    """
    limit = resolve_memory_limit(memory_limit)
    _check_word("rows", rows, "all", "synthetic")
    _check_word("keep_fill", keep_fill, "null", "base")
    _check_word("if_balanced", if_balanced, "error", "copy")
    _check_word("absent_classes", absent_classes, "error", "ignore")
    kept = column_names(keep, "keep")
    if keep_fill == "base" and not kept:
        raise ValueError("keep_fill='base' needs keep, the columns that it fills.")
    steps = steps_of(make_sampler(sampler))
    if rows == "synthetic" and not steps.creation.sampling_strategy:
        raise ValueError("rows='synthetic' has nothing to write: this job makes no rows.")
    return Arguments(
        local_path(source, "source"),
        destination_path(destination),
        steps,
        limit,
        Lenience(if_balanced == "copy", absent_classes == "ignore"),
        column_names(drop, "drop"),
        kept,
    )


def _check_word(parameter: str, given: Any, one: str, other: str) -> None:
    if given not in (one, other):
        meant = did_you_mean(given, [one, other])
        raise ValueError(f"{parameter}={given!r} must be {one!r} or {other!r}.{meant}")


def column_names(given: Iterable[str], parameter: str) -> tuple[str, ...]:
    """Return the names of columns, of which a single one may be given as it is."""
    names = (given,) if isinstance(given, str) else given
    if isinstance(names, Iterable):
        names = tuple(dict.fromkeys(names))
        if all(isinstance(name, str) for name in names):
            return names
    raise TypeError(
        f"{parameter}={quote_name(given)} must be the name of a column, or a list of names."
    )
