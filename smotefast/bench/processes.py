"""Fresh processes, measured from outside.

This module imports no NumPy: Linux carries the peak memory of a process over into the child
that it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

# What numerical libraries read for their number of threads.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class Finished(NamedTuple):
    """What a process took, in seconds and bytes, and what it wrote to standard output."""

    wall: float
    user: float
    system: float
    peak: int
    output: str

    def times(self) -> dict[str, Any]:
        """Return the numbers without the output, for storing."""
        return {"wall": self.wall, "cpu": self.user + self.system, "peak": self.peak}


def run_command(command: Sequence[str], env: Mapping[str, str] | None = None) -> Finished:
    """Run a command to its end.

    Raises
    ------
    RuntimeError
        If it fails; the message has what it wrote.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=err, env={**os.environ, **(env or {})}
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:  # Ctrl-C ends the child too
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise RuntimeError(
                f"{' '.join(command[:4])} exited with {process.returncode}:\n{out.read()}\n"
                f"{err.read()}"
            )
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Finished(wall, used.ru_utime, used.ru_stime, peak, out.read())


def run_code(code: str, env: Mapping[str, str] | None = None) -> Finished:
    """Run ``python -c code``."""
    return run_command([sys.executable, "-c", code], env)


def call(
    function: str, env: Mapping[str, str] | None = None, **arguments: Any
) -> dict[str, Any]:
    """Call ``"module:function"`` in a fresh process and return the dict that it returns.

    The seconds and bytes of the whole process are added under "process".
    """
    with tempfile.TemporaryDirectory(prefix="smotefast-bench-") as folder:
        answer = os.path.join(folder, "answer.json")
        worker = [sys.executable, "-m", "smotefast.bench.worker"]
        done = run_command([*worker, function, json.dumps(arguments), answer], env)
        with open(answer) as file:
            result: dict[str, Any] = json.load(file)
    return {**result, "process": done.times()}


def thread_limits(threads: int) -> dict[str, str]:
    """Return the environment that gives numerical libraries so many threads."""
    return dict.fromkeys(_THREAD_VARIABLES, str(threads))
