"""Fresh processes, measured from outside.

The parent stays small on purpose (it imports no numpy): Linux carries a parent's peak
memory over into the child that it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent


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


def run_command(command: list[str], env: dict[str, str] | None = None) -> Finished:
    """Run a command to its end; raise with what it said if it fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=err, cwd=ROOT, env={**os.environ, **(env or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise RuntimeError(f"{command[:4]} failed:\n{out.read()}\n{err.read()}")
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Finished(wall, used.ru_utime, used.ru_stime, peak, out.read())


def run_code(code: str, env: dict[str, str] | None = None) -> Finished:
    """Run ``python -c code``."""
    return run_command([sys.executable, "-c", code], env)


def call(function: str, env: dict[str, str] | None = None, **arguments: Any) -> dict[str, Any]:
    """Call ``"module:function"`` in a fresh process and return the dict that it returns.

    The whole process is added to it under "process".
    """
    text = json.dumps(arguments)
    done = run_command([sys.executable, "-m", "benchmarks.worker", function, text], env)
    answer: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    answer["process"] = done.times()
    return answer
