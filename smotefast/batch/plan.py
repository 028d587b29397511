"""``plan_dataset``: what ``resample_dataset`` would do with the same arguments."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from smotefast.batch.arguments import Arguments, check_arguments
from smotefast.batch.layout import Codec
from smotefast.batch.planned_stages import Planning
from smotefast.report import LoggedProgress, make_progress
from smotefast.report.job_plan import JobPlan

Path = str | os.PathLike[str]
_ANY_FILE, _ANY_FOLDER = "result.parquet", "result"


def plan_dataset(
    source: Path | Sequence[Path] | Any,
    destination: Path | None = None,
    *,
    target: str,
    sampler: Any = "smote",
    memory_limit: int | str | None = None,
    rows: Literal["all", "synthetic"] = "all",
    order: Literal["source", "shuffled"] = "source",
    schema: Literal["unify", "strict"] = "unify",
    overwrite: bool = False,
    progress: bool | Callable[[int, int], object] | None = None,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: Literal["null", "base"] = "null",
    feature: Iterable[str] = (),
    if_balanced: Literal["error", "copy"] = "error",
    absent_classes: Literal["error", "ignore"] = "error",
    weight_column: str | None = None,
    weights_from: str | None = None,
    provenance: bool = False,
    compression: Codec | None = None,
    compression_level: int | None = None,
    row_group_size: int | None = None,
    part_size: int | str | None = None,
    partition_by: Iterable[str] = (),
    report: Path | None = None,
    scratch: Path | None = None,
    format: Literal["delta"] | None = None,
) -> JobPlan:
    """Say what a job would do, what it would take, and whether it would be refused.

    Only the target column, samples of the rows, and columns that look like keys are read.
    Nothing is written or removed.

    Parameters
    ----------
    source
        As for ``resample_dataset``. The classes of text and Arrow files, and of a pyarrow
        Dataset, are counted by reading all their rows. No row is read of other objects.
    destination
        Where the job would write; None for any new file, or any new folder if there is a
        ``part_size``.
    target, sampler, memory_limit, rows, order, schema, overwrite, progress, drop, keep
        As for ``resample_dataset``.
    keep_fill, feature, if_balanced, absent_classes, weight_column, weights_from, provenance
        As for ``resample_dataset``.
    compression, compression_level, row_group_size, part_size, partition_by, report
        As for ``resample_dataset``.
    scratch, format
        As for ``resample_dataset``.

    Returns
    -------
    JobPlan
        Classes, searches, steps with memory, bytes and time, errors that the job would raise,
        and warnings. ``print`` shows it as tables.

    Raises
    ------
    ValueError, TypeError
        If an argument is not valid, whatever the data are.

    See Also
    --------
    smotefast.resample_dataset : Do it.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = os.path.join(folder, "in.parquet")
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     plan = smotefast.plan_dataset(source, target="y", sampler="random")
    >>> [tuple(each) for each in plan.classes], plan.refused
    ([('a', 2, 0, 2), ('b', 1, 1, 2)], ())
    """
    anywhere = _ANY_FILE if part_size is None and not partition_by else _ANY_FOLDER
    arguments = check_arguments(
        source,
        anywhere if destination is None else destination,
        sampler=sampler,
        memory_limit=memory_limit,
        rows=rows,
        order=order,
        schema=schema,
        drop=drop,
        keep=keep,
        keep_fill=keep_fill,
        feature=feature,
        if_balanced=if_balanced,
        absent_classes=absent_classes,
        weight_column=weight_column,
        weights_from=weights_from,
        provenance=provenance,
        compression=compression,
        compression_level=compression_level,
        row_group_size=row_group_size,
        part_size=part_size,
        partition_by=partition_by,
        report=report,
        scratch=scratch,
        format=format,
    )
    planning = Planning(arguments, target, has_destination=destination is not None)
    with LoggedProgress(make_progress(progress)) as shown:
        return planning.run(overwrite, shown)


def check_memory(arguments: Arguments, target: str, *, overwrite: bool) -> None:
    """Raise the first error of a job that is known when its memory is planned.

    The parameters are those of ``run_job``.
    """
    planning = Planning(arguments, target, has_destination=True, stops_at_memory=True)
    with LoggedProgress(make_progress(False)) as shown:
        for refused in planning.run(overwrite, shown).refused:
            raise refused.error
