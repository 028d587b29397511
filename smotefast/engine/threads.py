"""How many threads a sampler may use."""

from __future__ import annotations

import functools
import os


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
