"""``fit_resample`` of Dask data frames: planned at once, filled as partitions are computed."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from smotefast.batch.engines import Report
from smotefast.batch.lazy_parts import LazyParts, check_frame, prepare_parts
from smotefast.batch.peak_memory import process_memory
from smotefast.batch.resume import package_versions
from smotefast.batch.tasks import Part
from smotefast.cluster import (
    check_client,
    completed,
    import_distributed,
    open_engine,
    result_of,
)
from smotefast.cluster.shared_work import SharedFile, SharedWork, do_task, write_shared
from smotefast.storage import Location
from smotefast.storage.remote.shared_folder import SharedScratch

if TYPE_CHECKING:
    import pandas as pd
    from dask.dataframe import DataFrame
    from distributed import Client

# Kept until this process ends: nothing tells whether a partition is still to be computed.
_folders: list[SharedScratch] = []


def fit_resample(
    ddf: DataFrame,
    target: str,
    sampler: Any = "smote",
    *,
    keep: Iterable[str] = (),
    memory_limit: int | str | None = None,
    scratch: str | os.PathLike[str] | None = None,
    cluster: Client | None = None,
    progress: bool | None = False,
) -> DataFrame:
    """Resample a Dask DataFrame.

    The call computes the partitions once, to files, counts the classes and finds neighbors. The
    rows of the result are read or generated when its partitions are computed. They equal those
    of the sampler's ``fit_resample`` on all rows in the order of the partitions: the originals
    in this order, then the synthetic samples, class after class.

    Parameters
    ----------
    ddf
        The rows; all columns but the target, and those to keep, are features. The index is left
        out.
    target
        The column with the class.
    sampler
        A name such as "smote" or a sampler object: one that ``resample_dataset`` runs on a
        cluster.
    keep
        Columns that are no features, such as a key; synthetic samples get the values of their
        base row.
    memory_limit
        Largest resident memory of each process, such as "2GiB". None means the default of
        ``resample_dataset``.
    scratch
        Existing folder that all workers have under the same path, or the URL of a folder in a
        store such as "s3://bucket/scratch", for a copy of the rows, which stays until this
        process ends. None means the system's folder for temporary files, which is enough if all
        workers are on this machine.
    cluster
        A client whose workers have one task thread each. None means the current one.
    progress
        Whether a progress bar is shown during this call; None shows one in a terminal.

    Returns
    -------
    dask.dataframe.DataFrame
        With the columns and dtypes of ``ddf``; each partition is a part of about 128 MiB, and
        one task.

    Raises
    ------
    ValueError, TypeError
        If an argument or the data are not valid.
    MemoryError
        If the job would not stay under the limit; the message says how much it needs.
    RuntimeError
        If there is no client, or its workers cannot run the job.

    See Also
    --------
    smotefast.resample_dataset : Resample files on a cluster, and write the result.

    Examples
    --------
    >>> import dask.dataframe as dd, pandas as pd
    >>> from distributed import Client, LocalCluster
    >>> import smotefast.dask
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": ["a", "a", "a", "b"]})
    >>> options = {"threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    >>> with LocalCluster(n_workers=1, **options) as local, Client(local):
    ...     ddf = dd.from_pandas(frame, npartitions=2)
    ...     smotefast.dask.fit_resample(ddf, "y", "random")["y"].compute().tolist()
    ['a', 'a', 'a', 'b', 'b', 'b']
    """
    import dask.dataframe as dd

    if not isinstance(ddf, dd.DataFrame):
        raise TypeError(
            f"ddf is of type {type(ddf).__name__}, and must be a dask.dataframe.DataFrame. "
            "Resample frames in memory with the sampler's fit_resample."
        )
    arguments = check_frame(
        "ddf",
        [*ddf.columns],
        target=target,
        sampler=sampler,
        keep=keep,
        memory_limit=memory_limit,
        scratch=scratch,
    )
    client = _current_client() if cluster is None else cluster
    check_client(client)
    scratch_folder = SharedScratch(scratch)
    shared = scratch_folder.shared
    try:
        with open_engine(client, shared, package_versions, process_memory) as engine:
            _write(ddf, shared.location("rows"), client)
            parts = prepare_parts(
                arguments,
                [shared.location("rows")],
                target,
                engine=engine,
                scratch=shared,
                progress=progress,
            )
        frames = Frames(parts._replace(parts=[]), ddf._meta)
        file = write_shared(SharedWork(frames.frame), shared)
    except BaseException:
        scratch_folder.remove()
        raise
    _folders.append(scratch_folder)
    tasks = [pickle.dumps(part) for part in parts.parts]
    meta = _without_index(ddf._meta)
    resampled: DataFrame = dd.from_map(_partition, tasks, file=file, meta=meta)
    return resampled


class Frames(NamedTuple):
    """Fills partitions.

    Attributes
    ----------
    rows
        The rows of parts.
    meta
        An empty frame with the dtypes of the partitions.
    """

    rows: LazyParts
    meta: pd.DataFrame

    def frame(self, part: Part, report: Report) -> pd.DataFrame:
        """Return a part as a frame."""
        frame: pd.DataFrame = self.rows.table(part, report).to_pandas()
        dtypes = {
            name: dtype for name, dtype in self.meta.dtypes.items() if _is_complete(dtype)
        }
        return frame.astype(dtypes)


def _is_complete(dtype: Any) -> bool:
    """Whether a dtype is that of all partitions; categories may be unknown before."""
    from dask.dataframe.utils import UNKNOWN_CATEGORIES

    return UNKNOWN_CATEGORIES not in getattr(dtype, "categories", ())


def _partition(task: bytes, file: SharedFile) -> pd.DataFrame:
    """Fill a partition, on a worker."""
    frame: pd.DataFrame = do_task(file, task)[0]
    return frame


def _write(ddf: DataFrame, folder: Location, client: Client) -> None:
    """Write the partitions on the workers, with names in their order."""
    files = folder.files
    where = {"filesystem": files.arrow} if files.is_remote else {}
    with client.as_current():
        written = ddf.to_parquet(
            files.key(folder.path),
            engine="pyarrow",
            **where,
            write_index=False,
            compute=False,
            name_function=lambda number: f"part-{number:06d}.parquet",
        )
        for future in completed(client, [client.compute(written)]):
            result_of(client, future)


def _without_index(meta: pd.DataFrame) -> pd.DataFrame:
    return meta.reset_index(drop=True)


def _current_client() -> Client:
    """Return the client of this process.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    distributed = import_distributed()
    try:
        client: Client = distributed.get_client()
    except ValueError as error:
        raise RuntimeError(
            "There is no client of Dask. Start one with distributed.Client, whose workers have "
            "one task thread each, or give it as cluster."
        ) from error
    return client
