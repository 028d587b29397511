"""Threads: how many to use, one call at a time, reading ahead, limits on BLAS, and forks.

The package imports this module first, so that every forked child records the state of its
parent.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import threadpool_limits

S = TypeVar("S")
T = TypeVar("T")


class _Inherited:
    """Thread pools that the parent process had started before this process was forked."""

    def __init__(self) -> None:
        self.numba_openmp = False
        self.scikit_learn = False

    def record(self) -> None:
        """Record what the parent had loaded; runs in the child."""
        self.numba_openmp = self.numba_openmp or _numba_layer() == "omp"
        # Nothing tells whether it started threads; a forked child must not rely on it.
        self.scikit_learn = self.scikit_learn or "sklearn" in sys.modules


def _numba_layer() -> str | None:
    numba = sys.modules.get("numba")
    try:
        return None if numba is None else str(numba.threading_layer())
    except (AttributeError, ValueError):  # half imported, or no threads started yet
        return None


def _is_forked_worker() -> bool:
    """Tell whether multiprocessing forked this process before the package was imported."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is None or multiprocessing.parent_process() is None:
        return False
    method = multiprocessing.get_start_method(allow_none=True)
    return method == "fork" or type(multiprocessing.current_process()).__name__ == "ForkProcess"


_inherited = _Inherited()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_inherited.record)
if _is_forked_worker():
    _inherited.record()


def kernel_threads_usable() -> bool:
    """Tell whether this process may run threaded numba kernels."""
    return not _inherited.numba_openmp


def scikit_learn_threads_usable() -> bool:
    """Tell whether this process may run scikit-learn with threads."""
    return not _inherited.scikit_learn


def safe_scikit_learn_threads() -> AbstractContextManager[object]:
    """Limit scikit-learn to one thread if it would wait for threads of the parent process."""
    if scikit_learn_threads_usable():
        return nullcontext()
    from threadpoolctl import threadpool_limits

    limit: AbstractContextManager[object] = threadpool_limits(1, user_api="openmp")
    return limit


def thread_count(n_jobs: int | None) -> int:
    """Return the number of threads for ``n_jobs``.

    Parameters
    ----------
    n_jobs
        None means all cores that the process may use: affinity, quota of the container,
        NUMBA_NUM_THREADS, and the share of a worker process are respected. Negative values
        count from there, as in joblib: -1 means all.

    Raises
    ------
    ValueError
        If ``n_jobs`` is 0.
    """
    if n_jobs == 0:
        raise ValueError("n_jobs=0 is not valid. Use a positive number, or -1 or None for all.")
    if n_jobs is not None and n_jobs > 0:
        return int(n_jobs)
    cores = _share(_usable_cores(_affinity()))
    return cores if n_jobs is None else max(1, cores + 1 + n_jobs)


def _affinity() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ())


@functools.cache
def _usable_cores(affinity: frozenset[int]) -> int:
    """Return how many cores the process may use; cached, because it reads files for 0.1 ms.

    joblib reads the quota of the outermost control group only.
    """
    from joblib import cpu_count

    from smotefast._control_groups import cpu_quota

    return min(int(cpu_count()), cpu_quota() or sys.maxsize)


def _share(cores: int) -> int:
    """Return the cores that are the share of this process, if it is one of several workers.

    joblib sets NUMBA_NUM_THREADS in its loky workers. Nothing tells the share of a worker of
    ``multiprocessing.Pool`` or of joblib's backend of that name, so it is one, as joblib does.
    """
    threads = os.environ.get("NUMBA_NUM_THREADS", "")
    if threads.isdigit() and int(threads):
        return min(cores, int(threads))
    multiprocessing = sys.modules.get("multiprocessing")
    is_worker = multiprocessing is not None and multiprocessing.current_process().daemon
    return 1 if is_worker else cores


class _ThreadedCode:
    """Lock of code that uses threads: one Python thread at a time may enter it."""

    def __init__(self) -> None:
        self.renew_lock()

    def renew_lock(self) -> None:
        """Replace the lock: a forked child may inherit a locked one."""
        self.lock = threading.RLock()


_threaded_code = _ThreadedCode()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threaded_code.renew_lock)


def threaded_code_alone(n_threads: int) -> AbstractContextManager[object]:
    """Wait until no other Python thread runs code with several threads.

    Threads of a caller, such as joblib's threading backend, would otherwise start all cores
    each: four calls on 2 cores kept up to 12 threads busy.
    """
    return _threaded_code.lock if n_threads > 1 else nullcontext()


def run_in_threads(work: Callable[[slice], None], n: int, step: int, n_threads: int) -> None:
    """Call ``work`` for each slice of ``step`` items, in threads if there are several."""
    from smotefast._phases import advance  # logging takes time to import

    slices = [slice(start, start + step) for start in range(0, n, step)]
    if n_threads == 1 or len(slices) == 1:
        for part in slices:
            work(part)
            advance(min(part.stop, n) - part.start)
        return
    from concurrent.futures import ThreadPoolExecutor

    with threaded_code_alone(n_threads), ThreadPoolExecutor(n_threads) as threads:
        for part, _ in zip(slices, threads.map(work, slices), strict=True):
            advance(min(part.stop, n) - part.start)


def one_ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yield items that are not None; the next one is made in another thread meanwhile."""
    from concurrent.futures import ThreadPoolExecutor
    from inspect import GEN_RUNNING, getgeneratorstate

    pool = ThreadPoolExecutor(1, thread_name_prefix="smotefast-read")
    try:
        upcoming = pool.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = pool.submit(next, items, None)
            yield item
    finally:
        pool.shutdown()
        if getgeneratorstate(items) != GEN_RUNNING:  # it is after Ctrl-C at the thread's start
            items.close()


def map_ahead(
    work: Callable[[S], T], items: Iterator[S], n_threads: int
) -> Generator[T, None, None]:
    """Yield ``work(item)`` in the order of items; threads compute the next ones meanwhile."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="smotefast-map")
    try:
        upcoming = deque(pool.submit(work, item) for item in islice(items, n_threads + 1))
        while upcoming:
            result = upcoming.popleft().result()
            upcoming.extend(pool.submit(work, item) for item in islice(items, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


class _BlasLimit:
    """The active limit on BLAS threads, and how many callers use it."""

    lock = threading.Lock()
    users = 0
    limits: threadpool_limits | None = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread in the whole process.

    BLAS threads and the package's own threads would wait for each other: 1.8 s instead of 1.0 s
    for the products of 50,000 x 20 with 5,000 x 20 on 2 cores. The limit belongs to the
    process, so the last of several concurrent callers restores the original one.
    """
    from threadpoolctl import threadpool_limits

    with _BlasLimit.lock:
        if not _BlasLimit.users:
            _BlasLimit.limits = threadpool_limits(1, user_api="blas")
        _BlasLimit.users += 1
    try:
        yield
    finally:
        with _BlasLimit.lock:
            _BlasLimit.users -= 1
            if _BlasLimit.limits is not None and not _BlasLimit.users:
                _BlasLimit.limits.restore_original_limits()
