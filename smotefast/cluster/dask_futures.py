"""Futures of Dask: wait for them as long as there are workers, and return their results.

The scheduler keeps tasks without a word when no worker is left, as one might come.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smotefast.exceptions import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds to wait for the scheduler, and for a worker while there is none.
WAIT = 30
# Seconds between two looks at the futures, and at the workers.
_INTERVAL, _LOOK = 0.02, 2
_log = logging.getLogger("smotefast")


def completed(client: Client, futures: Sequence[Future[Any]]) -> Iterator[Future[Any]]:
    """Yield futures as they complete.

    Raises
    ------
    ClusterError
        If there is no worker for half a minute.
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


class _Workers:
    """Looks every few seconds whether there are workers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._looked_at = time.monotonic()
        self._gone_since: float | None = None

    def check(self) -> None:
        """Log when no worker is left; raise ClusterError if none comes."""
        now = time.monotonic()
        if now < self._looked_at + min(_LOOK, WAIT):
            return
        n_workers = self._count()
        self._looked_at = now = time.monotonic()
        if n_workers:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
            _log.warning("No worker of the cluster is left; waiting %g s for another.", WAIT)
        elif now >= self._gone_since + WAIT:
            raise ClusterError(
                f"The cluster has had no worker for {WAIT:g} seconds. Look at the logs of its "
                "workers: if they lacked memory, give each one more, or lower memory_limit. "
                "Start new ones with 'dask worker ADDRESS --nthreads 1'; the same job goes on "
                "from the parts that are done."
            )

    def _count(self) -> int:
        """Return the number of workers; 1 if the scheduler does not answer: futures tell."""
        with suppress(Exception):
            return len(self._client.nthreads())
        return 1
