"""What the program takes on workers of a cluster, beside what it takes in the planning process.

Workers differ: they import Dask, may have another allocator, or have done other jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class ProcessMemory(NamedTuple):
    """Memory of a process before a job: its bytes, and whether it has loaded kernels."""

    n_bytes: int
    has_kernels: bool


class WorkerMemory(NamedTuple):
    """Memory of the program on workers, where it differs from that of this process.

    Attributes
    ----------
    more
        Bytes that the program takes beyond those that it takes in this process.
    least
        Bytes that it takes on workers which have loaded kernels, for earlier jobs.
    """

    more: int = 0
    least: int = 0


def worker_memory(here: ProcessMemory, workers: Iterable[ProcessMemory]) -> WorkerMemory:
    """Compare workers with this process.

    Kernels take 70 to 130 MiB. Workers without them are compared with this process if it has
    none, too: a job loads them in both.
    """
    more = least = 0
    for worker in workers:
        if worker.has_kernels:
            least = max(least, worker.n_bytes)
        elif not here.has_kernels:
            more = max(more, worker.n_bytes - here.n_bytes)
    return WorkerMemory(more, least)
