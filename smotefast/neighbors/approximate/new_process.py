"""Build the graph in a new process, for a forked child that must not start threads.

pynndescent's functions have no serial version, and GNU OpenMP ends a child that enters threaded
code after its parent had. A new interpreter builds the same graph, bit for bit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import numpy as np

from smotefast.neighbors.approximate.graph import build_graph
from smotefast.neighbors.approximate.settings import Settings

_PROGRAM = "from smotefast.neighbors.approximate.new_process import main; main()"


def build_in_new_process(
    data: np.ndarray, is_query: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph and the order that ``build_graph`` returns."""
    with tempfile.TemporaryDirectory(prefix="smotefast-") as directory:
        np.save(os.path.join(directory, "data.npy"), data)
        np.save(os.path.join(directory, "is_query.npy"), is_query)
        numbers = [repr(value) for value in settings]
        paths = os.pathsep.join(path for path in sys.path if path)
        done = subprocess.run(
            # -P: without it, modules of the working directory come first
            [sys.executable, "-P", "-c", _PROGRAM, directory, str(n_threads), *numbers],
            env={**os.environ, "PYTHONPATH": paths, **_cache_variables()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                "The approximate search failed in a new process, which it used because this "
                f"process is a fork of one that had started threads: {done.stderr[-2000:]}"
            )
        graph = np.load(os.path.join(directory, "graph.npy"))
        order = np.load(os.path.join(directory, "order.npy"))
    return graph, order


def _cache_variables() -> dict[str, str]:
    """Return the environment variable of numba's cache folder, if this process has set one."""
    from smotefast.kernels.compile_cache import cache_directory

    directory = cache_directory()
    return {} if directory is None else {"NUMBA_CACHE_DIR": directory}


def main() -> None:
    """Read the data, build the graph and write it: the program of the new process."""
    directory, n_threads, *numbers = sys.argv[1:]
    values = [
        float(number) if field == "delta" else int(number)
        for field, number in zip(Settings._fields, numbers, strict=True)
    ]
    data = np.load(os.path.join(directory, "data.npy"))
    is_query = np.load(os.path.join(directory, "is_query.npy"))
    settings = Settings(*values)  # type: ignore[arg-type]
    graph, order = build_graph(data, is_query, settings, n_threads=int(n_threads))
    np.save(os.path.join(directory, "graph.npy"), graph)
    np.save(os.path.join(directory, "order.npy"), order)
