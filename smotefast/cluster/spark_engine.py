"""Tasks of a job as rows of a table of Spark, which ``mapInArrow`` takes to its executors.

Each row is a partition of its own, so that Spark repeats one task alone if it loses an
executor. Spark Connect has these methods as well.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from smotefast.cluster.shared_work import SharedFile, SharedWork, do_task, write_shared
from smotefast.cluster.worker_memory import WorkerMemory
from smotefast.storage.remote.shared_folder import SharedFolder

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Report = Callable[[int], None]
Work = Callable[[_Task, Report], _Result]
_TASKS, _RESULTS = "number long, task binary", "number long, result binary"


class SparkEngine:
    """Runs tasks on the executors of a session; see ``batch.engines.Engine``.

    Parameters
    ----------
    session
        The session.
    shared
        Folder for files that all executors and this process read.
    """

    def __init__(self, session: SparkSession, shared: SharedFolder) -> None:
        self._session, self._shared = session, shared

    @property
    def n_workers(self) -> int:
        """Tasks that run at a time; 0 in a session of Spark Connect, which does not tell."""
        try:
            return int(self._session.sparkContext.defaultParallelism)
        except Exception:  # of PySpark: the attribute is not supported
            return 0

    @property
    def worker_memory(self) -> WorkerMemory:
        """Nothing more than in this process: executors are not measured."""
        return WorkerMemory()

    def run(
        self,
        work: Work[_Task, _Result],
        tasks: Sequence[_Task],
        report: Report,
        *,
        n_at_once: int = 1,
        done: Callable[[_Task, _Result], object] = lambda task, result: None,
    ) -> list[_Result]:
        """Do tasks; return their results."""
        if not tasks:
            return []
        file = write_shared(SharedWork(work), self._shared)
        table = table_of_tasks(self._session, tasks)
        rows = table.mapInArrow(partial(_do_tasks, file), _RESULTS).collect()
        self._shared.remove(file.name)
        found = {row["number"]: pickle.loads(row["result"]) for row in rows}
        results = []
        for number, task in enumerate(tasks):
            result, n_rows = found[number]
            done(task, result)
            report(n_rows)
            results.append(result)
        return results

    def reduce(
        self,
        work: Work[_Task, _Result],
        merge: Callable[[Iterable[_Result]], _Result],
        tasks: Sequence[_Task],
        report: Report,
    ) -> _Result:
        """Do tasks; return what their results add up to in this process."""
        return merge(self.run(work, tasks, report))


def table_of_tasks(session: SparkSession, tasks: Sequence[object]) -> DataFrame:
    """Return a table with a row, and a partition, for each task."""
    rows = [(number, pickle.dumps(task)) for number, task in enumerate(tasks)]
    return session.createDataFrame(rows, _TASKS).repartitionByRange(len(rows), "number")


def _do_tasks(file: SharedFile, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Do the tasks of batches, on an executor; yield their pickled results."""
    import pyarrow as pa

    for batch in batches:
        results = [pickle.dumps(do_task(file, task)) for task in batch["task"].to_pylist()]
        columns = [batch["number"], pa.array(results, pa.binary())]
        yield pa.RecordBatch.from_arrays(columns, names=["number", "result"])
