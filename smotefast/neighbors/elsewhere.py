"""The graph from a fresh process, for a forked child that must not start threads.

GNU OpenMP ends a child forked from a process whose OpenMP threads had started. Such a
child runs our own kernels without threads, but pynndescent's blocks only come threaded.
Rows travel by a temporary file, so the graph is the same, some seconds later.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from smotefast.neighbors.policy import Effort

_PROGRAM = "import sys; from smotefast.neighbors.elsewhere import serve; serve(*sys.argv[1:])"


def build_graph_elsewhere(close: np.ndarray, effort: Effort) -> np.ndarray:
    """Do what ``build_graph`` does, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="smotefast-") as folder:
        source, result = Path(folder, "rows.npy"), Path(folder, "graph.npy")
        np.save(source, close)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", _PROGRAM, str(source), str(result)]
        done = subprocess.run(
            command + [str(number) for number in effort],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"The neighbour search in a new process failed: {done.stderr}")
        return np.asarray(np.load(result))


def serve(source: str, result: str, *effort: str) -> None:
    """Build the graph of the rows in one file and leave it in another."""
    from smotefast.neighbors.approximate import build_graph

    close = np.load(source)
    n_threads = os.cpu_count() or 1
    np.save(result, build_graph(close, Effort(*map(int, effort)), n_threads=n_threads))
