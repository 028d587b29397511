"""What a forked child has to know: which threads its parent had started.

OpenMP's threads do not exist in a forked child. GNU OpenMP ends a child that enters
numba's threaded code all the same, and one that enters scikit-learn's waits for ever.
The package imports this first, so that the note is taken whoever started the threads.
"""

from __future__ import annotations

import contextlib
import os
import sys
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
