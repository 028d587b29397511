"""Tasks of a job as futures of Dask: nothing else of a job is on the scheduler.

The scheduler runs a task again on another worker if it has lost one. Each attempt writes files
of its own, so a task that runs twice does no harm.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from smotefast.cluster.dask_clients import check_workers
from smotefast.cluster.dask_futures import completed, result_of
from smotefast.cluster.shared_work import (
    SharedFile,
    SharedWork,
    do_task,
    forget_shared,
    merge_results,
    write_shared,
)
from smotefast.cluster.worker_memory import ProcessMemory, WorkerMemory
from smotefast.storage.remote.shared_folder import SharedFolder

if TYPE_CHECKING:
    from distributed import Client, Future

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Report = Callable[[int], None]
Work = Callable[[_Task, Report], _Result]
# Results that one task merges.
_BRANCHES = 16


class DaskEngine:
    """Runs tasks as futures; see ``batch.engines.Engine``.

    Parameters
    ----------
    client
        Connected to the cluster.
    shared
        Folder for files that all workers read. When it is removed, attempts that still run
        fail.
    memory
        What the program takes on the workers.
    """

    def __init__(self, client: Client, shared: SharedFolder, memory: WorkerMemory) -> None:
        self._client, self._shared, self.worker_memory = client, shared, memory

    @property
    def n_workers(self) -> int:
        """Number of workers now."""
        return len(self._client.nthreads())

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
        file = write_shared(SharedWork(work), self._shared)
        futures = self._submit(file, tasks)
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
        self._shared.remove(file.name)
        return [results[number] for number in range(len(tasks))]

    def reduce(
        self,
        work: Work[_Task, _Result],
        merge: Callable[[Iterable[_Result]], _Result],
        tasks: Sequence[_Task],
        report: Report,
    ) -> _Result:
        """Do tasks, and merge their results on the workers, as a tree."""
        file = write_shared(SharedWork(work, merge), self._shared)
        futures = level = self._submit(file, tasks)
        try:
            while len(level) > 1:
                groups = [level[i : i + _BRANCHES] for i in range(0, len(level), _BRANCHES)]
                level = [
                    self._client.submit(merge_results, file, g, pure=False) for g in groups
                ]
            (last,) = completed(self._client, level)
            result, n_rows = result_of(self._client, last)
        except BaseException:
            self._cancel([*futures, *level])
            raise
        self._shared.remove(file.name)
        report(n_rows)
        merged: _Result = result
        return merged

    def _submit(self, file: SharedFile, tasks: Sequence[_Task]) -> list[Future[Any]]:
        pickled = [pickle.dumps(task) for task in tasks]
        futures: list[Future[Any]]
        futures = self._client.map(do_task, [file] * len(tasks), pickled, pure=False)
        return futures

    def _cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Cancel what does not run yet; what does, fails when the folder is removed."""
        with suppress(Exception):  # such as the error that the cluster is gone
            self._client.cancel(list(futures))


@contextmanager
def open_engine(
    client: Client,
    shared: SharedFolder,
    versions: Callable[[], Mapping[str, str]],
    memory: Callable[[], ProcessMemory],
) -> Iterator[DaskEngine]:
    """Return an engine for a job; the parameters are those of ``check_workers``."""
    yield DaskEngine(client, shared, check_workers(client, shared, versions, memory))
    with suppress(Exception):  # such as the error that a worker is gone
        client.run(forget_shared, shared)
