"""Tasks of a job as futures of Dask: nothing else of a job is on the scheduler.

The scheduler runs a task again on another worker if it has lost one. Each attempt writes files
of its own, so a task that runs twice does no harm.
"""

from __future__ import annotations

import os
import pickle
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from smotefast.cluster.dask_clients import check_workers
from smotefast.cluster.dask_futures import completed, result_of
from smotefast.cluster.shared_work import (
    SharedWork,
    do_task,
    forget_shared,
    merge_results,
    write_shared,
)

if TYPE_CHECKING:
    from distributed import Client, Future

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Report = Callable[[int], None]
Work = Callable[[_Task, Report], _Result]
_PREFIX = "cluster-"
# Results that one task merges.
_BRANCHES = 16


class DaskEngine:
    """Runs tasks as futures; see ``batch.engines.Engine``.

    Parameters
    ----------
    client
        Connected to the cluster.
    folder
        Folder for files that all workers read and write. When it is removed, attempts that
        still run fail.
    """

    def __init__(self, client: Client, folder: str) -> None:
        self._client, self.folder = client, folder

    def run(
        self,
        work: Work[_Task, _Result],
        tasks: Sequence[_Task],
        report: Report,
        *,
        n_at_once: int = 1,
        done: Callable[[_Task, _Result], object] = lambda task, result: None,
    ) -> list[_Result]:
        """Do tasks, one at a time on each worker; return their results."""
        if not tasks:  # an earlier run of the job has done them all
            return []
        futures = self._submit(self._share(SharedWork(work)), tasks)
        numbers = {future.key: number for number, future in enumerate(futures)}
        results: dict[int, _Result] = {}
        try:
            for future in completed(self._client, futures):
                number = numbers[future.key]
                results[number], n_rows = result_of(self._client, future)
                done(tasks[number], results[number])
                report(n_rows)
        except BaseException:
            self._cancel(futures)
            raise
        return [results[number] for number in range(len(tasks))]

    def reduce(
        self,
        work: Work[_Task, _Result],
        merge: Callable[[Iterable[_Result]], _Result],
        tasks: Sequence[_Task],
        report: Report,
    ) -> _Result:
        """Do tasks, and merge their results on the workers, as a tree."""
        path = self._share(SharedWork(work, merge))
        futures = level = self._submit(path, tasks)
        try:
            while len(level) > 1:
                groups = [level[i : i + _BRANCHES] for i in range(0, len(level), _BRANCHES)]
                level = [
                    self._client.submit(merge_results, path, g, pure=False) for g in groups
                ]
            (last,) = completed(self._client, level)
            result, n_rows = result_of(self._client, last)
        except BaseException:
            self._cancel([*futures, *level])
            raise
        report(n_rows)
        merged: _Result = result
        return merged

    def _submit(self, path: str, tasks: Sequence[_Task]) -> list[Future[Any]]:
        pickled = [pickle.dumps(task) for task in tasks]
        futures: list[Future[Any]]
        futures = self._client.map(do_task, [path] * len(tasks), pickled, pure=False)
        return futures

    def _share(self, work: SharedWork) -> str:
        path = os.path.join(self.folder, f"work-{secrets.token_hex(4)}.pickle")
        write_shared(work, path)
        return path

    def _cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Cancel what does not run yet; what does, fails when the folder is removed."""
        with suppress(Exception):  # such as the error that the cluster is gone
            self._client.cancel(list(futures))


@contextmanager
def open_engine(
    client: Client, folder: str, facts: Callable[[], Mapping[str, str]]
) -> Iterator[DaskEngine]:
    """Return an engine for a job, with a folder that is removed at the end.

    Parameters
    ----------
    client, facts
        Those of ``check_workers``.
    folder
        Folder of the job. Such folders of an earlier run, in it, are removed first.
    """
    for name in os.listdir(folder):
        if name.startswith(_PREFIX):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    shared = tempfile.mkdtemp(prefix=_PREFIX, dir=folder)
    try:
        check_workers(client, shared, facts)
        yield DaskEngine(client, shared)
        with suppress(Exception):  # such as the error that a worker is gone
            client.run(forget_shared)
    finally:
        shutil.rmtree(shared, ignore_errors=True)
