"""Fresh processes, measured from outside.

This module imports no NumPy: Linux carries the peak memory of a process over into the child
that it starts.
"""

from __future__ import annotations

import json
import os
import signal
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
_LETTERS = 300  # of a reason, which is a cell of a table


class ProcessError(RuntimeError):
    """A process was ended by a signal, exited with an error, or gave no answer.

    Attributes
    ----------
    reason
        What happened, in words for a table.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


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
    ProcessError
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
            errors = err.read()
            reason = _reason(process.returncode, errors)
            message = f"{' '.join(command[:4])}: {reason}:\n{out.read()}\n{errors}"
            raise ProcessError(message, reason)
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Finished(wall, used.ru_utime, used.ru_stime, peak, out.read())


def _reason(code: int, errors: str) -> str:
    """Return why a process failed: its signal, or its exit code and its last line."""
    if code == -signal.SIGKILL:
        return f"ended by signal {-code}, perhaps out of memory"
    if code < 0:
        return f"ended by signal {-code} ({signal.Signals(-code).name})"
    last = errors.strip().splitlines()[-1:]
    return ": ".join([f"exited with {code}", *last])[:_LETTERS]


def call(
    function: str, env: Mapping[str, str] | None = None, **arguments: Any
) -> dict[str, Any]:
    """Call ``"module:function"`` in a fresh process and return the dict that it returns.

    The seconds and bytes of the whole process are added under "process".

    Raises
    ------
    ProcessError
        If the process fails or returns without an answer.
    """
    with tempfile.TemporaryDirectory(prefix="smotefast-bench-") as folder:
        answer = os.path.join(folder, "answer.json")
        worker = [sys.executable, "-m", "smotefast.bench.worker"]
        done = run_command([*worker, function, json.dumps(arguments), answer], env)
        try:
            with open(answer) as file:
                result: dict[str, Any] = json.load(file)
        except (OSError, ValueError):  # the function ended the process, or the disk is full
            reason = "ended without an answer"
            raise ProcessError(f"{function}: {reason}", reason) from None
    return {**result, "process": done.times()}


def thread_limits(threads: int) -> dict[str, str]:
    """Return the environment that gives numerical libraries so many threads."""
    return dict.fromkeys(_THREAD_VARIABLES, str(threads))
