"""The memory allocator of Arrow: choose it, and return its free memory to the system.

This file is not part of ``storage``, which imports pyarrow: an allocator has to be chosen
before pyarrow is imported.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import sys
from typing import Any

# With such a limit, allocators may keep free memory from the start. If the job then needs all
# of the limit, it returns free memory with each batch.
RELAXED_LIMIT = 1 << 30
_is_chosen = _is_relaxed = _releases_often = False


@functools.cache
def _malloc_trim() -> ctypes._NamedFuncPointer | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)  # in glibc, not in musl


def choose_allocator() -> None:
    """Make Arrow use jemalloc, which returns freed memory at once; call before pyarrow loads.

    Only the command line calls this, before each job, because the choice holds for the whole
    process, and a job may relax it. Copying
    row groups of G bytes, jemalloc with a decay of 0 holds 2.0 G above the reader; Arrow's
    default mimalloc holds 4.6 G, or 3 G if released after each group.
    """
    global _is_chosen
    if "pyarrow" in sys.modules and not _is_chosen:
        return
    _is_chosen = True
    if sys.platform != "win32":  # Arrow has no jemalloc there, and would print a warning
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    import pyarrow as pa

    if uses_jemalloc():
        pa.jemalloc_set_decay_ms(0)


def relax_allocator() -> None:
    """Let jemalloc keep free pages for 0.1 s, in threads that have not used it so far.

    Reading 2,000,000 x 20 float32 then takes 0.15 s instead of 0.4 s, and about 80 MiB more.
    jemalloc's areas of memory keep the time with which they began. A relaxation after all
    threads had read rows changed nothing: 69,000 page faults for 1,000,000 x 20 float32, and
    4,500 with one before.
    """
    global _is_relaxed, _releases_often
    _releases_often = False
    if uses_jemalloc():
        import pyarrow as pa

        pa.jemalloc_set_decay_ms(100)
        _is_relaxed = True


def release_often() -> None:
    """Let ``releases_often`` be true, if free pages are kept that a job has no memory for."""
    global _releases_often
    _releases_often = _is_relaxed


def releases_often() -> bool:
    """Tell whether free memory is to be returned wherever a job looks at its memory."""
    return _releases_often


def uses_jemalloc() -> bool:
    """Tell whether Arrow's allocator is the one that ``choose_allocator`` selects."""
    import pyarrow as pa

    return bool(pa.default_memory_pool().backend_name == "jemalloc")


def release_memory() -> None:
    """Return unused memory of the allocators to the system."""
    if "pyarrow" in sys.modules:
        import pyarrow as pa

        pa.default_memory_pool().release_unused()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


def dask_setup(worker: Any) -> None:
    """Set up a worker of ``--dask local`` as a command, before tasks import anything.

    Dask calls this function of a module in ``preload``. A worker with pandas and without these
    choices takes 60 MiB more. Errors are printed by the process that plans.
    """
    from smotefast._deferred_imports import defer_imports

    defer_imports()
    choose_allocator()
    if worker.memory_manager.memory_limit >= RELAXED_LIMIT:
        relax_allocator()
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
