"""Arguments of a job, checked as far as that goes before any file is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from smotefast._messages import did_you_mean, shown_name
from smotefast.batch.registry import make_sampler
from smotefast.batch.scan import Lenience
from smotefast.batch.steps import Steps, steps_of
from smotefast.storage import destination_path, local_path, resolve_limit
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
    limit = resolve_limit(memory_limit)
    if rows not in ("all", "synthetic"):
        meant = did_you_mean(rows, ["all", "synthetic"])
        raise ValueError(f"rows={rows!r} must be 'all' or 'synthetic'.{meant}")
    if keep_fill not in ("null", "base"):
        meant = did_you_mean(keep_fill, ["null", "base"])
        raise ValueError(f"keep_fill={keep_fill!r} must be 'null' or 'base'.{meant}")
    lenience = _lenience(if_balanced, absent_classes)
    steps = steps_of(make_sampler(sampler))
    if rows == "synthetic" and not steps.creation.sampling_strategy:
        raise ValueError("rows='synthetic' has nothing to write: this job makes no rows.")
    return Arguments(
        local_path(source, "source"),
        destination_path(destination),
        steps,
        limit,
        lenience,
        column_names(drop, "drop"),
        column_names(keep, "keep"),
    )


def _lenience(if_balanced: str, absent_classes: str) -> Lenience:
    if if_balanced not in ("error", "copy"):
        meant = did_you_mean(if_balanced, ["error", "copy"])
        raise ValueError(f"if_balanced={if_balanced!r} must be 'error' or 'copy'.{meant}")
    if absent_classes not in ("error", "ignore"):
        meant = did_you_mean(absent_classes, ["error", "ignore"])
        raise ValueError(
            f"absent_classes={absent_classes!r} must be 'error' or 'ignore'.{meant}"
        )
    return Lenience(if_balanced == "copy", absent_classes == "ignore")


def column_names(given: Iterable[str], parameter: str) -> tuple[str, ...]:
    """Return the names of columns, of which a single one may be given as it is."""
    names = (given,) if isinstance(given, str) else given
    if isinstance(names, Iterable):
        names = tuple(dict.fromkeys(names))
        if all(isinstance(name, str) for name in names):
            return names
    raise TypeError(
        f"{parameter}={shown_name(given)} must be the name of a column, or a list of names."
    )
