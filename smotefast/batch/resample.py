"""``resample_dataset``: its parameters and what they mean; ``run_job.py`` does the work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from smotefast.batch.arguments import check_arguments
from smotefast.batch.layout import Codec
from smotefast.batch.run_job import run_job
from smotefast.cluster import check_client
from smotefast.report import Summary

Path = str | os.PathLike[str]


def resample_dataset(
    source: Path | Sequence[Path] | Any,
    destination: str | os.PathLike[str],
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
    resume: Literal["auto", "never", "require"] = "auto",
    weight_column: str | None = None,
    weights_from: str | None = None,
    provenance: bool = False,
    compression: Codec | None = None,
    compression_level: int | None = None,
    row_group_size: int | None = None,
    part_size: int | str | None = None,
    partition_by: Iterable[str] = (),
    report: str | os.PathLike[str] | None = None,
    scratch: str | os.PathLike[str] | None = None,
    format: Literal["delta"] | None = None,
    cluster: Any = None,
) -> Summary:
    """Resample a data set in Parquet files that may be larger than memory.

    The rows equal those of the sampler's ``fit_resample`` on the whole table with the same
    seed: the originals in their order, then the synthetic samples, class after class (see
    ``order``). Columns keep their order, types and metadata. Rows of a class to over-sample
    that do not fit into the memory limit are in temporary files. A sampler that cannot use
    these raises an error before it reads the rows.

    Parameters
    ----------
    source
        Parquet files: a file, a folder, a pattern such as ``"data/*.parquet"``, or a list of
        these, read in the order given, and the files of a folder or pattern in the order of
        their names. A folder may have subfolders. Names such as ``day=1`` of subfolders are
        values of partition columns, which are written and are not features; synthetic samples
        get those of their base row. CSV files with a header (.csv, .csv.gz), Arrow files
        (.arrow, .feather, .ipc), and objects that yield batches (a pyarrow Dataset or
        RecordBatchReader, a polars LazyFrame, a DuckDB relation) are first copied to a Parquet
        file next to the destination, in the order in which they yield their rows. Paths may be
        URLs of stores, such as ``"s3://bucket/folder"``.
    destination
        The output: one file if the name ends in ``.parquet``, ``.pq`` or ``.parq``, otherwise a
        folder of part files. At any moment it is absent, unchanged or complete. A folder in a
        store, such as ``"s3://bucket/folder"``, is complete if ``_manifest.json`` is in it.
    target
        The column with the class. All other columns, except those in ``drop`` and ``keep``, are
        features.
    sampler
        A name such as "smote" or "borderline-smote" (``smotefast samplers`` lists them), or a
        sampler object, which is not changed.
    memory_limit
        Largest resident memory of the whole process, such as "2GiB". None means 2 GiB, but at
        most three quarters of the memory of the container or the machine, and not more than
        other processes leave free.
    rows
        "all" writes the originals and the synthetic samples, "synthetic" only the latter.
    order
        "source" writes the originals in their order, then the synthetic samples. "shuffled"
        writes all rows in a random order that follows from their number and the seed alone. A
        job whose rows do not fit into the memory limit sorts them in files next to the
        destination. The seed is the ``random_state`` of the sampler, or of its first step that
        has one; for None, numpy's global generator is looked at, but not advanced.
    schema
        "unify" reads files whose columns differ in order, nullability, width of numbers or
        strings, that have a column as dictionary or without values. "strict" refuses them.
    overwrite
        Whether an existing destination is replaced when the new one is complete.
    progress
        None shows a progress bar in a terminal or a notebook; True or False shows it or not; a
        callable is called with ``(rows_done, rows_total)`` as rows are written. The logger
        ``smotefast`` gets lines about the progress at level INFO in any case.
    drop
        Columns to leave out of the features and of the output.
    keep
        Columns of any type that are not features and are copied to the output, such as keys
        and dates; original rows keep their values.
    keep_fill
        Value of these columns in synthetic samples: "null", or "base" for the value of the
        base row.
    feature
        Partition columns that are features.
    if_balanced
        "copy" leaves a class unchanged if it already has enough rows (for samplers that remove
        rows: few enough rows). If no class needs to change, all rows are copied and the summary
        says so. "error" raises an error.
    absent_classes
        "ignore" accepts classes in ``sampling_strategy`` that have no rows, and copies the rows
        if there is only one class. "error" raises an error.
    resume
        What to do if the same job was interrupted (by Ctrl-C, SIGTERM, a memory limit that was
        too low, or a crash): "auto" goes on from the searches and parts that were done, "never"
        starts anew. "require" raises an error if there is no such job. A job is the same if its
        source, options, versions and destination are; memory limit and threads may differ.
    weight_column
        Name of a column to write with the weight of each row, for the sampler "random-under":
        rows of its class before, divided by rows after, as ``RandomUnderSampler``'s
        ``sample_weight_``.
    weights_from
        A numeric column with weights that are multiplied into this column; it may be the same.
    provenance
        Whether to write columns with the provenance of each row: ``is_synthetic``, and for
        synthetic samples ``base_row`` and ``neighbor_row``, counted in the source from 0, and
        the ``step`` between them. The neighbor of a copied row is the row itself; samples that
        do not lie between two rows have no step.
    compression
        Codec of all columns: "none", "snappy", "gzip", "zstd", "lz4" or "brotli". By default,
        each column has the codec that it has in the source.
    compression_level
        Level of the codec; higher levels give smaller files and take longer. None means the
        default of the codec.
    row_group_size
        Rows of each row group; the last one of a file may have fewer, and so may others whose
        rows are larger than the job has estimated. By default, row groups have up to 48 MiB in
        memory and 1,000,000 rows, and fewer if memory is short.
    part_size
        Size of the rows of a part file in memory, such as "64MiB". A part has at least one row
        group of the source, or one synthetic sample. None means 128 MiB.
    partition_by
        Columns whose values become names of folders, such as ``day=1``, instead of columns of
        the files: the target, partition columns of the source, or those in ``keep``. A missing
        value is ``__HIVE_DEFAULT_PARTITION__``.
    report
        A JSON file to write when the job is complete, with the counts, samplers, options,
        source, versions, times, memory, and the parts with their checksums. An old report is
        replaced.
    scratch
        Folder of this machine for the files of jobs whose destination is in a store. None means
        a folder for temporary files. To go on with an interrupted job, it must be the same. On
        a cluster, all workers must have it under the same path; with None, files that they
        share are in the store.
    format
        "delta" reads the current version of a Delta table, with the package deltalake. None
        reads files by their names.
    cluster
        A client of Dask, such as ``distributed.Client("tcp://scheduler:8786")``, whose workers
        count classes, gather rows and write parts. They need one task thread each, the same
        versions of the packages, and the source and the destination under the same paths.
        ``memory_limit`` is that of each process. None means threads of this process. Parts have
        the same rows either way. Samplers that compare rows of all classes, and
        ``order="shuffled"``, are refused.

    Returns
    -------
    Summary
        Class sizes before and after, number of rows written, time, peak memory, the parts, and
        the recall of an approximate search.

    Raises
    ------
    ValueError, TypeError
        If an argument or the data are not valid; nothing was written.
    OSError
        If a file cannot be read or written; the destination is unchanged.
    MemoryError
        If the job would not stay under the limit; the message says how much it needs.
    RuntimeError
        If the workers of the cluster cannot run the job, or have lost tasks of it; the same job
        goes on from the parts that are done.

    See Also
    --------
    smotefast.verify_dataset : Check the output by its report.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, result = os.path.join(folder, "in.parquet"), os.path.join(folder, "out")
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     summary = smotefast.resample_dataset(
    ...         source, result, target="y", sampler="random", progress=False
    ...     )
    >>> summary.counts_after
    {'a': 2, 'b': 2}
    """
    if cluster is not None:
        check_client(cluster)
    arguments = check_arguments(
        source,
        destination,
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
        resume=resume,
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
        on_cluster=cluster is not None,
    )
    return run_job(arguments, target, overwrite=overwrite, progress=progress, cluster=cluster)
