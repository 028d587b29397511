"""Threads: how many may be used, limits on BLAS, and what a forked child must not enter.

The package imports this module first, so that the state of the parent process is noted in every
forked child.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class _Inherited:
    """What had been started where this process was forked off."""

    def __init__(self) -> None:
        self.numba_openmp = False
        self.scikit_learn = False

    def note(self) -> None:
        """Look at what the parent had loaded; called in the child."""
        self.numba_openmp = self.numba_openmp or _numba_layer() == "omp"
        # Whether it ran threads cannot be seen; a child of it had better not.
        self.scikit_learn = self.scikit_learn or "sklearn" in sys.modules


def _numba_layer() -> str | None:
    numba = sys.modules.get("numba")
    try:
        return None if numba is None else str(numba.threading_layer())
    except (AttributeError, ValueError):  # half imported, or no threads started yet
        return None


def _is_forked_worker() -> bool:
    """Whether multiprocessing forked this process off before the package was imported."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is None or multiprocessing.parent_process() is None:
        return False
    how = multiprocessing.get_start_method(allow_none=True)
    return how == "fork" or type(multiprocessing.current_process()).__name__ == "ForkProcess"


_inherited = _Inherited()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_inherited.note)
if _is_forked_worker():
    _inherited.note()


def kernel_threads_usable() -> bool:
    """Whether this process may enter numba's threaded code."""
    return not _inherited.numba_openmp


def scikit_learn_threads_usable() -> bool:
    """Whether this process may enter scikit-learn's threaded code."""
    return not _inherited.scikit_learn


def usable_threads() -> contextlib.AbstractContextManager[Any]:
    """Keep scikit-learn to one thread where it would wait for threads of the parent."""
    if scikit_learn_threads_usable():
        return contextlib.nullcontext()
    from threadpoolctl import threadpool_limits

    one: contextlib.AbstractContextManager[Any] = threadpool_limits(1, user_api="openmp")
    return one


def thread_count(n_jobs: int | None) -> int:
    """Resolve ``n_jobs``.

    Parameters
    ----------
    n_jobs
        None means all cores that the process may use (affinity and cgroup quota
        respected); negative values count back from there, as in joblib: -1 is all.

    Raises
    ------
    ValueError
        If ``n_jobs`` is 0.
    """
    if n_jobs == 0:
        raise ValueError(
            "n_jobs=0 has no meaning; give a positive number, -1 or None (all cores)."
        )
    if n_jobs is not None and n_jobs > 0:
        return int(n_jobs)
    cores = _usable_cores(_affinity())
    return cores if n_jobs is None else max(1, cores + 1 + n_jobs)


def _affinity() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ())


@functools.cache
def _usable_cores(affinity: frozenset[int]) -> int:
    """Return what joblib reads from several files, which takes 0.1 ms."""
    from joblib import cpu_count

    return int(cpu_count())


def in_threads(work: Callable[[slice], None], n: int, step: int, n_threads: int) -> None:
    """Do the work for slices of so many of n, in this thread where one is enough."""
    slices = [slice(start, start + step) for start in range(0, n, step)]
    if n_threads == 1 or len(slices) == 1:
        for some in slices:
            work(some)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(work, slices))


class _Limit:
    """How many are at it, and what the last of them lifts."""

    lock = threading.Lock()
    users = 0
    held: Any = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to the thread that calls it, in the whole process, until all are done.

    The threads of BLAS and our own would wait for each other: 1.8 s instead of 1.0 for
    the products of 50,000 x 20 with 5,000 x 20 on 2 cores. The limit is the process's, and
    whoever lifts it restores what was found at first; so it is lifted by the last.
    """
    from threadpoolctl import threadpool_limits

    with _Limit.lock:
        if not _Limit.users:
            _Limit.held = threadpool_limits(1, user_api="blas")
        _Limit.users += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.users -= 1
            if not _Limit.users:
                _Limit.held.restore_original_limits()
