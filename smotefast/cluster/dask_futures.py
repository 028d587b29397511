"""Futures of Dask: wait for them as long as there are workers, and return their results.

The scheduler keeps tasks without a word when no worker is left, or all are paused, as one might
come or go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smotefast.exceptions import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds to wait for the scheduler, and for a worker while there is none that takes tasks.
WAIT = 30
# Seconds between two looks at the futures, and at the workers.
_INTERVAL, _LOOK = 0.02, 2
_log = logging.getLogger("smotefast")


def completed(client: Client, futures: Sequence[Future[Any]]) -> Iterator[Future[Any]]:
    """Yield futures as they complete.

    Raises
    ------
    ClusterError
        If for half a minute there is no worker, or all are paused and do nothing.
    """
    from distributed import as_completed

    waiting = as_completed(futures, loop=client.loop)
    workers = _Workers(client)
    while not waiting.is_empty():
        if waiting.has_ready():
            yield next(waiting)
        else:
            workers.check()
            time.sleep(_INTERVAL)


def result_of(client: Client, future: Future[Any]) -> Any:
    """Return the result of a future; raise what its task raised, or say that it was lost."""
    from distributed import CancelledError
    from distributed.scheduler import KilledWorker

    try:
        return _fetched(client, future)
    except KilledWorker as error:
        raise ClusterError(
            f"Several workers ended, one after the other, while they did {error.task!r}. "
            "Look at the log of the last one; if it lacked memory, give each worker more, or "
            "lower memory_limit. The same job goes on from the parts that are done."
        ) from error
    except (CancelledError, OSError) as error:
        if isinstance(error, OSError) and not type(error).__module__.startswith("distributed"):
            raise  # of the task
        raise ClusterError(
            f"The cluster has dropped the tasks of the job ({error}). Check that its scheduler "
            "runs. The same job goes on from the parts that are done."
        ) from error


def _fetched(client: Client, future: Future[Any]) -> Any:
    """Return the result of a future, which is computed again if its worker is lost."""
    workers = _Workers(client)
    while True:
        try:
            return future.result(timeout=WAIT)
        except TimeoutError:
            if future.status == "error":
                raise  # of the task
            workers.check()


class _Stop(NamedTuple):
    """Why no task goes on: what the log says, and how the error begins and goes on."""

    log: str
    state: str
    advice: str


_NO_WORKER = _Stop(
    "No worker of the cluster is left; waiting %g s for another.",
    "The cluster has had no worker",
    "Look at the logs of its workers: if they lacked memory, give each one more, or lower "
    "memory_limit. Start new ones with 'dask worker ADDRESS --nthreads 1'",
)
_ALL_PAUSED = _Stop(
    "All workers of the cluster are paused; waiting %g s for one to go on.",
    "All workers of the cluster have been paused",
    "Dask pauses a worker that takes most of its memory. Give each worker a limit a quarter "
    "above memory_limit, end what else runs on them, or lower memory_limit",
)


class _Workers:
    """Looks every few seconds whether there are workers that take tasks."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._looked_at = time.monotonic()
        self._stopped_since: float | None = None

    def check(self) -> None:
        """Log when no task can go on; raise ClusterError if that lasts."""
        now = time.monotonic()
        if now < self._looked_at + min(_LOOK, WAIT):
            return
        stop = self._why_stopped()
        self._looked_at = now = time.monotonic()
        if stop is None:
            self._stopped_since = None
        elif self._stopped_since is None:
            self._stopped_since = now
            _log.warning(stop.log, WAIT)
        elif now >= self._stopped_since + WAIT:
            raise ClusterError(
                f"{stop.state} for {WAIT:g} seconds. {stop.advice}; the same job goes on from "
                "the parts that are done."
            )

    def _why_stopped(self) -> _Stop | None:
        """Return why no task goes on; None if the scheduler does not answer: futures tell."""
        with suppress(Exception):
            # Without the number, some versions tell of five workers.
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
            if not workers:
                return _NO_WORKER
            return None if any(map(_goes_on, workers)) else _ALL_PAUSED
        return None


def _goes_on(worker: Mapping[str, Any]) -> bool:
    """Return whether a worker takes tasks, or still does one."""
    if worker["status"] != "paused":
        return True
    return bool(worker["metrics"]["task_counts"].get("executing"))
