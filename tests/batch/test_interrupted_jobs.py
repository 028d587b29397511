"""Ctrl-C at moments of every step of a job: the destination is absent or complete.

How long the job then takes to end depends on the machine: it is printed, not asserted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest

from tests.helpers.parquet_files import imbalanced, write_file

pytestmark = pytest.mark.long

# Runs the command. So many seconds after a step began, it prints the time and gets SIGINT.
JOB = """
import os, signal, sys, threading, time
from smotefast.batch import feature_plan
from smotefast.cli import main
from smotefast.report.step_times import StepTimes
name, seconds, in_files, *arguments = sys.argv[1:]
def interrupt():
    print(time.monotonic(), flush=True)
    os.kill(os.getpid(), signal.SIGINT)
def watch(step):
    global name
    if step == name:
        name = ""
        timer = threading.Timer(float(seconds), interrupt)
        timer.daemon = True
        timer.start()
init, begin = StepTimes.__init__, StepTimes.begin
StepTimes.__init__ = lambda self, step: (init(self, step), watch(step))[0]
StepTimes.begin = lambda self, step: (begin(self, step), watch(step))[0]
classes = feature_plan.classes_in_files
if in_files == "True":
    feature_plan.classes_in_files = lambda *job: list(classes(*job))[1:]
sys.argv = ["smotefast", "resample", *arguments]
main()
"""
EXISTS = 6  # exit code
SHARES = (0.05, 0.35, 0.65, 0.95)
FORMS = {
    "folder": ("in.parquet", "out", SHARES, ()),
    "slow codec": (
        "in.parquet",
        "out.parquet",
        (0.5,),
        ("--compression", "zstd", "--compression-level", "15"),
    ),
    "csv": ("in.csv", "out.parquet", (0.5,), ()),
    "shuffled": ("in.parquet", "out", (0.5,), ("--order", "shuffled")),
    "class in files": ("in.parquet", "out", (0.5,), ()),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the same rows as Parquet and as CSV."""
    folder = tmp_path_factory.mktemp("interrupted")
    table = imbalanced(500_000, share=0.3, n_features=20)
    write_file(folder / "in.parquet", table, group_rows=100_000)
    pa_csv.write_csv(table, folder / "in.csv")
    return folder


class Job:
    """A job of a form, which can be interrupted."""

    def __init__(self, folder: Path, form: str) -> None:
        source, name, self.shares, options = FORMS[form]
        self.destination, self._report = folder / name, folder / "report.json"
        paths = (folder / source, self.destination)
        self._in_files = form == "class in files"
        self._arguments = [*paths, "--target", "label", "--quiet", *options]

    def run(self, step: str = "none", seconds: float = 0.0, *more: object):
        """Run the job; return its exit code, and when it was interrupted and ended."""
        command = [step, seconds, self._in_files, *self._arguments, *more]
        done = subprocess.run(
            [sys.executable, "-c", JOB, *map(str, command)], capture_output=True, text=True
        )
        assert done.returncode in (0, EXISTS, 130), done.stderr
        # A callback of llvmlite, while kernels are loaded, loses the signal: the job goes on.
        assert "Traceback" not in done.stderr or "llvmlite" in done.stderr
        return done.returncode, float(done.stdout or 0), time.monotonic()

    def seconds_by_step(self) -> dict[str, float]:
        """Return the seconds of each step of a job that is not interrupted."""
        assert self.run("none", 0.0, "--report", self._report)[0] == 0
        report = json.loads(self._report.read_text())
        self._report.unlink()
        return report["seconds_by_step"]

    def content(self) -> dict[str, str] | None:
        """Return a hash of each file of the destination; None if there is none."""
        if not self.destination.exists():
            return None
        is_folder = self.destination.is_dir()
        files = self.destination.iterdir() if is_folder else [self.destination]
        return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in files}

    def clear(self) -> None:
        """Remove the destination."""
        if self.destination.is_dir():
            shutil.rmtree(self.destination)
        else:
            self.destination.unlink(missing_ok=True)


@pytest.mark.parametrize("form", FORMS)
def test_ctrl_c_in_every_step__leaves_the_destination_and_the_next_run_completes(folder, form):
    job, before = Job(folder, form), set(os.listdir(folder))
    seconds = job.seconds_by_step()
    expected, names = job.content(), set(os.listdir(folder))
    assert names == before | {job.destination.name}
    job.clear()
    codes = []
    for step, share in ((step, share) for step in seconds for share in job.shares):
        code, interrupted, ended = job.run(step, share * seconds[step])
        codes.append(code)
        state = job.content()
        assert state == expected if code == 0 else state in (None, expected), f"{step} {share}"
        if interrupted:  # shown by pytest -s
            print(f"{form}, {share} of {step}: ended after {ended - interrupted:.2f} s")
        if code:  # after the very end, there may be files that the next run removes
            assert job.run()[0] == (0 if state is None else EXISTS)
        assert job.content() == expected, f"{step} {share}"
        assert set(os.listdir(folder)) == names, f"{step} {share}"
        job.clear()
    assert codes.count(130) > len(codes) / 2
