"""Work in numpy and SciPy, which lets go of the interpreter's lock, in threads of Python."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def in_threads(work: Callable[[slice], None], n: int, step: int, n_threads: int) -> None:
    """Do the work for slices of so many of n, in this thread where one is enough."""
    slices = [slice(start, start + step) for start in range(0, n, step)]
    if n_threads == 1 or len(slices) == 1:
        for some in slices:
            work(some)
        return
    with ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(work, slices))
