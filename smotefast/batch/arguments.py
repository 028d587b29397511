"""Arguments of ``resample_dataset``, checked before the data are read."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast.batch.engines import Engine
from smotefast.batch.layout import Layout, check_layout
from smotefast.batch.scan import Allowed
from smotefast.batch.steps import JobSteps, job_steps, refuse_on_cluster
from smotefast.cluster.worker_memory import WorkerMemory
from smotefast.registry import make_sampler
from smotefast.storage import (
    ArgumentError,
    ParquetSource,
    StreamSource,
    check_source,
    destination_location,
    resolve_memory_limit,
)
from smotefast.storage.file_access import LOCAL, Files, Location
from smotefast.storage.limits import Limit
from smotefast.storage.remote.urls import parse_url
from smotefast.storage.schemas import SCHEMAS

_CHOICES = {
    "rows": ("all", "synthetic"),
    "order": ("source", "shuffled"),
    "schema": SCHEMAS,
    "keep_fill": ("null", "base"),
    "if_balanced": ("error", "copy"),
    "absent_classes": ("error", "ignore"),
    "resume": ("auto", "never", "require"),
}


class Arguments(NamedTuple):
    """Checked arguments: paths as strings, the limit in bytes, copies of the samplers.

    The source is a list of locations, or an object that yields batches. ``files`` is where the
    destination is. ``on_cluster`` says that processes of several machines may do the tasks, and
    ``n_workers`` how many there are; 0 on this machine, and before that is known.
    ``worker_memory`` is what the program takes there.
    """

    source: Any
    destination: str
    files: Files
    steps: JobSteps
    limit: Limit
    writes_originals: bool
    order: str
    schema: Literal["unify", "strict"]
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    feature: tuple[str, ...]
    keep_fill: str
    allowed: Allowed
    resume: str
    weight_column: str | None
    weights_from: str | None
    provenance: bool
    layout: Layout
    partition_by: tuple[str, ...]
    report: str | None
    scratch: str | None
    format: str | None
    on_cluster: bool = False
    n_workers: int = 0
    worker_memory: WorkerMemory = WorkerMemory()

    def on(self, engine: Engine) -> Arguments:
        """Return the arguments of a job whose tasks an engine runs."""
        return self._replace(n_workers=engine.n_workers, worker_memory=engine.worker_memory)


def check_arguments(
    source: Any,
    destination: str | os.PathLike[str],
    *,
    sampler: Any = "smote",
    memory_limit: int | str | None = None,
    rows: str = "all",
    order: str = "source",
    schema: Literal["unify", "strict"] = "unify",
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: str = "null",
    feature: Iterable[str] = (),
    if_balanced: str = "error",
    absent_classes: str = "error",
    resume: str = "auto",
    weight_column: str | None = None,
    weights_from: str | None = None,
    provenance: bool = False,
    compression: str | None = None,
    compression_level: int | None = None,
    row_group_size: int | None = None,
    part_size: int | str | None = None,
    partition_by: Iterable[str] = (),
    report: str | os.PathLike[str] | None = None,
    scratch: str | os.PathLike[str] | None = None,
    format: str | None = None,
    is_written: bool = True,
    on_cluster: bool = False,
) -> Arguments:
    """Check the arguments of ``resample_dataset`` without looking at the data.

    Without ``is_written`` the destination is empty, as no rows are written.

    Raises
    ------
    ValueError, TypeError
        The message names the argument and the allowed values.
    """
    limit = resolve_memory_limit(memory_limit)
    _check_choices(
        rows=rows,
        order=order,
        schema=schema,
        keep_fill=keep_fill,
        if_balanced=if_balanced,
        absent_classes=absent_classes,
        resume=resume,
    )
    check_format(format)
    kept = column_names(keep, "keep")
    if keep_fill == "base" and not kept:
        raise ValueError("keep_fill='base' needs keep, the columns that it fills.")
    steps = job_steps(make_sampler(sampler))
    if rows == "synthetic" and not steps.over_sampler.sampling_strategy:
        raise ValueError(
            "rows='synthetic' leaves nothing to write: this job generates no samples."
        )
    _check_weights(steps, weight_column, weights_from)
    if on_cluster:
        refuse_on_cluster(steps, order)
    location = destination_location(destination) if is_written else Location("", LOCAL)
    return Arguments(
        check_source(source),
        *location,
        steps,
        limit,
        rows == "all",
        order,
        schema,
        column_names(drop, "drop"),
        kept,
        column_names(feature, "feature"),
        keep_fill,
        Allowed(if_balanced == "copy", absent_classes == "ignore"),
        resume,
        weight_column,
        weights_from,
        provenance,
        check_layout(compression, compression_level, row_group_size, part_size),
        column_names(partition_by, "partition_by"),
        None if report is None else file_path(report, "report"),
        None if scratch is None else file_path(scratch, "scratch", "folder"),
        format,
        on_cluster,
    )


def _check_weights(
    steps: JobSteps, weight_column: str | None, weights_from: str | None
) -> None:
    """Check that a job with weights only under-samples at random."""
    if weight_column is None:
        if weights_from is not None:
            raise ValueError("weights_from needs weight_column, the column to write.")
        return
    selector = steps.selector
    draws = selector is not None and selector.needs().reads == "nothing"
    if not draws or steps.over_sampler.sampling_strategy:
        raise ValueError(
            "weight_column needs the sampler 'random-under' alone: weights restore the class "
            "sizes only if the rows of a class are drawn at random, and none is generated."
        )


def _check_choices(**given: Any) -> None:
    """Check parameters that are one of a few words."""
    for parameter, value in given.items():
        choices = _CHOICES[parameter]
        if value not in choices:
            suggestion = did_you_mean(value, choices)
            allowed = " or ".join(map(repr, choices))
            raise ValueError(f"{parameter}={value!r} must be {allowed}.{suggestion}")


def check_format(format: str | None) -> None:
    """Raise ValueError unless the format of a source is known."""
    if format is not None and format != "delta":
        raise ValueError(
            f"format={format!r} must be 'delta', or left out for Parquet, CSV and Arrow files."
        )


def file_path(path: str | os.PathLike[str], parameter: str, what: str = "file") -> str:
    """Return the path of a file, or of a folder, of this machine as text.

    Raises
    ------
    ValueError, TypeError
        If it is not a path.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise TypeError(f"{parameter}={quote_name(path)} must be the path of a {what}.")
    text = os.fsdecode(path)
    if not text.strip() or "\0" in text:
        raise ValueError(f"{parameter}={text!r} is not the path of a {what}.")
    if parse_url(text) is not None:
        raise ValueError(f"{parameter} is a URL; it must be a {what} of this machine.")
    return text


def column_names(names: Iterable[str], parameter: str) -> tuple[str, ...]:
    """Return names of columns without duplicates; a single name may be a plain string."""
    listed_names = (names,) if isinstance(names, str) else names
    if isinstance(listed_names, Iterable):
        unique = tuple(dict.fromkeys(listed_names))
        if all(isinstance(name, str) for name in unique):
            return unique
    raise TypeError(
        f"{parameter}={quote_name(names)} must be the name of a column, or a list of names."
    )


def split_columns(
    source: ParquetSource | StreamSource,
    target: str,
    drop: tuple[str, ...],
    keep: tuple[str, ...] = (),
    feature: tuple[str, ...] = (),
) -> tuple[list[str], list[str]]:
    """Return the names of the columns to write, and of the features among them.

    Columns in ``keep``, and partition columns that ``feature`` does not name, are written, but
    are not features.

    Raises
    ------
    ValueError
        If a column does not exist, or no feature remains.
    """
    _check_names(source, target, drop, keep, feature)
    dropped, kept = frozenset(drop), {*keep, *(source.partitioned - {*feature})}
    columns = [name for name in source.schema.names if name not in dropped]
    features = [name for name in columns if name != target and name not in kept]
    if not features:
        raise ValueError(
            f"{source.path!r} has no feature: no column besides the target {target!r}"
            f"{' and those to keep' if keep else ''}"
            f"{' and partition columns' if source.partitioned else ''}."
        )
    return columns, features


def _header_advice(source: ParquetSource | StreamSource) -> str:
    """Say so if the names of columns seem to be the first row of a text without a header."""
    is_text = isinstance(source, StreamSource) and source.reread is not None
    names = source.schema.names
    if not is_text or not all(n.replace(".", "", 1).lstrip("-").isdigit() for n in names):
        return ""
    return " They seem to be a row: the first line of a CSV file must have the names."


def _check_names(
    source: ParquetSource | StreamSource,
    target: str,
    drop: tuple[str, ...],
    keep: tuple[str, ...],
    feature: tuple[str, ...],
) -> None:
    names = source.schema.names
    known = frozenset(names)
    if not isinstance(target, str):
        raise ArgumentError(f"target={target!r} is not the name of a column.")
    parameters = [("target", target), *(("drop", name) for name in drop)]
    for parameter, name in [*parameters, *(("keep", name) for name in keep)]:
        if name not in known and not (parameter == "drop" and name in source.names):
            raise ValueError(
                f"{parameter}={name!r} is not a column of {source.path!r}."
                f"{did_you_mean(name, names)} Its columns are {list_names(names)}."
                f"{_header_advice(source)}"
            )
    others = [name for name in feature if name not in source.partitioned]
    if others:
        raise ArgumentError(
            f"feature={others[0]!r} is not a partition column of {source.path!r}. Columns in "
            "the files are features anyway."
        )
    if target in drop:
        raise ArgumentError(f"The target column {target!r} cannot be dropped.")
    if target in keep:
        raise ArgumentError(
            f"The target column {target!r} is written anyway; leave it out of keep."
        )
    named = {"drop": drop, "keep": keep, "feature": feature}
    for one, other in itertools.combinations(named, 2):
        both = [name for name in named[one] if name in set(named[other])]
        if both:
            raise ArgumentError(
                f"Column {both[0]!r} is named in {one} and in {other}; it can be in one of "
                "them."
            )
