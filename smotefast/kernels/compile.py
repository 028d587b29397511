"""Decorators that compile kernels: numba flags, threads and forks in one file.

* ``inner``: a helper that only kernels call.
* ``parallel_kernel``: an entry point with ``prange``; it is called with ``n_threads=``.
* ``serial_kernel``: an entry point that runs in the thread of the caller.

A parallel kernel is compiled twice from one source, each when first needed: with threads and
without. The serial version runs for one thread and in forked children of a process whose
OpenMP threads had started (GNU OpenMP ends such a child). Calls of threaded code are
serialized, because numba's workqueue layer aborts when two Python threads enter it.
"""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.extending import intrinsic as intrinsic

from smotefast._threads import kernel_threads_usable, threaded_code_alone
from smotefast.kernels.compile_cache import cache_is_possible

prange = numba.prange
JIT_DISABLED = bool(numba.config.DISABLE_JIT)

# No fastmath: bits matter. nogil lets a writer thread work while a kernel runs.
# error_model="numpy" drops zero-division branches from inner loops.
_FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

# Distances that only propose candidates may reorder sums and use FMA, but never nnan/ninf.
# The exact order is computed afterwards in float64 without these flags.
REASSOCIATE = {"reassoc", "contract", "nsz"}

inner = functools.partial(numba.njit, **_FLAGS)


@contextlib.contextmanager
def _threaded_entry(n_threads: int) -> Iterator[None]:
    """Run threaded code alone and with ``n_threads`` threads."""
    with threaded_code_alone(2):  # also for one thread: workqueue aborts otherwise
        before = numba.get_num_threads()
        try:
            numba.set_num_threads(max(1, min(n_threads, max_threads())))
            yield
        finally:
            numba.set_num_threads(before)


def max_threads() -> int:
    """Return the number of threads of numba, the upper limit of ``n_threads``."""
    return int(numba.config.NUMBA_NUM_THREADS)


def target_has(feature: str) -> bool:
    """Whether code is compiled for processors with this feature.

    ``NUMBA_CPU_NAME=generic`` and ``NUMBA_CPU_FEATURES`` override what this machine has.
    """
    features = numba.config.CPU_FEATURES
    if features is not None:
        return f"+{feature}" in features.split(",")
    from llvmlite import binding

    return bool(binding.get_host_cpu_features().get(feature, False))


class _Compiled:
    """A compiled function that falls back to an uncached one if the cache cannot be used."""

    def __init__(self, py_func: Callable[..., Any], flags: dict[str, Any]) -> None:
        self.py_func = py_func
        self.flags = {**_FLAGS, **flags}
        cached = {"cache": True} if cache_is_possible() else {}
        self.dispatcher = numba.njit(**cached, **self.flags)(py_func)

    def __call__(self, *args: Any) -> Any:
        try:
            try:
                return self.dispatcher(*args)
            except (AttributeError, ImportError):
                # The cache names a type of the smotefast version that wrote it.
                FunctionCache(self.py_func).flush()
            return self.dispatcher(*args)
        except OSError:  # kernels raise none, so the cache failed: disk full or folder gone
            self.dispatcher = numba.njit(**self.flags)(self.py_func)
        return self.dispatcher(*args)


def _serial_source(py_func: Callable[..., Any]) -> Callable[..., Any]:
    """Copy a function under another name: numba names its cache file after it."""
    assert isinstance(py_func, types.FunctionType)
    copy = types.FunctionType(
        py_func.__code__, py_func.__globals__, py_func.__name__, py_func.__defaults__
    )
    copy.__qualname__ = py_func.__qualname__ + "_serial"
    copy.__module__ = py_func.__module__
    return copy


def parallel_kernel(
    py_func: Callable[..., Any] | None = None, *, fastmath: set[str] | bool = False
) -> Callable[..., Any]:
    """Compile an entry point with ``prange``; call it as ``f(*args, n_threads=2)``."""
    if py_func is None:
        return functools.partial(parallel_kernel, fastmath=fastmath)
    compiled: dict[str, _Compiled] = {}

    def get(which: str) -> _Compiled:
        if which not in compiled:
            with threaded_code_alone(2):  # two threads must not both compile it
                if which not in compiled:
                    compiled[which] = make(which)
        return compiled[which]

    def make(which: str) -> _Compiled:
        if which == "serial":
            return _Compiled(_serial_source(py_func), {"fastmath": fastmath})
        return _Compiled(py_func, {"fastmath": fastmath, "parallel": True})

    @functools.wraps(py_func)
    def call(*args: Any, n_threads: int) -> Any:
        if n_threads == 1 or not kernel_threads_usable():
            return get("serial")(*args)
        with _threaded_entry(n_threads):
            return get("threads")(*args)

    return call


def serial_kernel(py_func: Callable[..., Any]) -> Callable[..., Any]:
    """Compile an entry point without threads, when it is first called."""

    @functools.cache
    def compiled() -> _Compiled:
        return _Compiled(py_func, {})

    @functools.wraps(py_func)
    def call(*args: Any) -> Any:
        return compiled()(*args)

    return call
