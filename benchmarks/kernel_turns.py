"""A copy, a plain loop and smotefast's kernel in turn, writing the same bytes."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np

from smotefast.kernels.compile import parallel_kernel, prange
from smotefast.kernels.interpolate import interpolate_rows

N_FEATURES, K = 30, 5


@parallel_kernel
def plain_rows(base, pool, neighbors, choices, steps, out):
    """Interpolate without fetching ahead: what one would write first."""
    k = neighbors.shape[1]
    for i in prange(choices.shape[0]):
        row = choices[i] // k
        other = neighbors[row, choices[i] - row * k]
        for j in range(base.shape[1]):
            start = base[row, j]
            out[i, j] = start + steps[i] * (pool[other, j] - start)


def copy_in_halves(source: np.ndarray, out: np.ndarray) -> None:
    half = len(out) // 2
    other = threading.Thread(target=np.copyto, args=(out[half:], source[half:]))
    other.start()
    np.copyto(out[:half], source[:half])
    other.join()


def turns_of_kernels(n_base: int, n_new: int, turns: int) -> dict[str, Any]:
    """Return the seconds of each turn; the first of each is the first call."""
    random = np.random.RandomState(0)
    base = random.rand(n_base, N_FEATURES).astype(np.float32)
    neighbors = random.randint(0, n_base, (n_base, K)).astype(np.int32)
    choices = random.randint(0, n_base * K, n_new)
    steps = random.rand(n_new)
    source = np.ones((n_new, N_FEATURES), np.float32)
    out = np.zeros_like(source)
    given = (base, base, neighbors, choices, steps, out)
    sides = {
        "copy": lambda: copy_in_halves(source, out),
        "plain loop": lambda: plain_rows(*given, n_threads=2),
        "smotefast": lambda: interpolate_rows(*given, n_threads=2),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(1 + turns):
        for name, run in sides.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {"seconds": seconds}
