"""Where the tasks of a job run: in threads of this process, or on the workers of a cluster.

The list of tasks is the same. Work is a function of a task, and of a function that is to be
called with numbers of rows. On a cluster, work travels in a file that the workers share, and
a task as a few numbers, see ``smotefast.cluster``.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, Generic, Protocol, TypeVar

from smotefast.cluster.worker_memory import WorkerMemory

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Report = Callable[[int], None]
Work = Callable[[_Task, Report], _Result]
# Seconds between two looks at the threads, at most: a signal is handled then.
_INTERVAL = 0.2


def ignore(task: Any, result: Any) -> None:
    """Do nothing with a result but return it."""


class Engine(Protocol):
    """Runs tasks.

    Attributes
    ----------
    n_workers
        Number of processes of a cluster when the job begins; 0 on this machine, and if it is
        unknown.
    worker_memory
        What the program takes there.
    """

    @property
    def n_workers(self) -> int:
        """Number of processes of a cluster when the job begins."""
        ...

    @property
    def worker_memory(self) -> WorkerMemory:
        """What the program takes on the workers."""
        ...

    def run(
        self,
        work: Work[_Task, _Result],
        tasks: Sequence[_Task],
        report: Report,
        *,
        n_at_once: int = 1,
        done: Callable[[_Task, _Result], object] = ignore,
    ) -> list[_Result]:
        """Do tasks; return their results, in the order of the tasks.

        Parameters
        ----------
        work
            Does a task.
        tasks
            The tasks.
        report
            Called in this thread, with numbers of rows.
        n_at_once
            Tasks that this process may do at a time. A cluster does one on each worker.
        done
            Called with each task that is done, and its result, in any thread.
        """
        ...

    def reduce(
        self,
        work: Work[_Task, _Result],
        merge: Callable[[Iterable[_Result]], _Result],
        tasks: Sequence[_Task],
        report: Report,
    ) -> _Result:
        """Do tasks; return what ``merge`` makes of their results, in the order of the tasks.

        ``merge`` takes results of tasks that follow each other, its results among them.
        """
        ...


class ThisMachine:
    """Runs tasks in threads of this process; see ``Engine``."""

    n_workers = 0
    worker_memory = WorkerMemory()

    def run(
        self,
        work: Work[_Task, _Result],
        tasks: Sequence[_Task],
        report: Report,
        *,
        n_at_once: int = 1,
        done: Callable[[_Task, _Result], object] = ignore,
    ) -> list[_Result]:
        """Do tasks, so many at a time; return their results."""

        def do(task: _Task, count: Report) -> _Result:
            result = work(task, count)
            done(task, result)
            return result

        with closing(_Threads(do, n_at_once)) as threads:
            return threads.run(tasks, report)

    def reduce(
        self,
        work: Work[_Task, _Result],
        merge: Callable[[Iterable[_Result]], _Result],
        tasks: Sequence[_Task],
        report: Report,
    ) -> _Result:
        """Do tasks one after the other in this thread; return what they add up to."""
        return merge(work(task, report) for task in tasks)


THIS_MACHINE = ThisMachine()


class _StoppedError(Exception):
    """The other threads are to end, because one has failed or the job was interrupted."""


class _Threads(Generic[_Task, _Result]):
    """Threads that work on tasks. ``close`` ends them when they report the next time.

    Parameters
    ----------
    work
        Does a task. Its second argument is to be called with numbers of rows, 0 among them.
    n_workers
        Tasks at a time.
    """

    def __init__(self, work: Work[_Task, _Result], n_workers: int) -> None:
        self._work = work
        self._n_rows: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._must_stop = threading.Event()
        self._pool = ThreadPoolExecutor(n_workers, thread_name_prefix="smotefast-part")

    def run(self, tasks: Sequence[_Task], report: Report) -> list[_Result]:
        """Do tasks; return their results. ``report`` is called in this thread."""
        futures = [self._pool.submit(self._do, task) for task in tasks]
        pending = futures
        while pending:
            self._report(report, _INTERVAL)
            for future in [each for each in pending if each.done()]:
                future.result()
            pending = [each for each in pending if not each.done()]
        self._report(report, 0)
        return [future.result() for future in futures]

    def _do(self, task: _Task) -> _Result:
        try:
            return self._work(task, self._count)
        finally:
            self._n_rows.put(0)  # wakes the thread that waits

    def _count(self, n_rows: int) -> None:
        if self._must_stop.is_set():
            raise _StoppedError
        if n_rows:
            self._n_rows.put(n_rows)

    def _report(self, report: Report, timeout: float) -> None:
        """Report the rows that were written; wait for the first ones."""
        with contextlib.suppress(queue.Empty):
            n_rows = self._n_rows.get(timeout=timeout) if timeout else 0
            while True:
                if n_rows:
                    report(n_rows)
                n_rows = self._n_rows.get_nowait()

    def close(self) -> None:
        """End the threads."""
        self._must_stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
