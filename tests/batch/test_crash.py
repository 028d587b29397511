"""A job killed at any moment leaves no destination or a complete one, and can be run again."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from smotefast.over_sampling import SMOTE
from tests.helpers.parquet_files import imbalanced, in_memory, same, write_file

# Runs the job and numbers the moments when something happens to files: each open, fsync,
# rename, link, mkdir or remove, and each row group. At moment KILL_AT the process kills
# itself. An audit hook sees the calls of Python's own modules without touching them.
JOB = """
import os, signal, sys
from smotefast.batch import block_plan, resample_dataset
from smotefast.over_sampling import SMOTE
source, destination, kill_at, overwrite = sys.argv[1:]
folder = os.path.dirname(destination)
block_plan._GROUP_ROWS = (1, 300)
moments = 0
def moment(*_):
    global moments
    moments += 1
    if moments == int(kill_at):
        os.kill(os.getpid(), signal.SIGKILL)
def watch(event, arguments):
    touching = event in {"open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}
    if touching and any(folder in str(one) for one in arguments):
        moment()
sys.addaudithook(watch)
fsync = os.fsync
os.fsync = lambda descriptor: (moment(), fsync(descriptor))
resample_dataset(
    source, destination, target="label", sampler=SMOTE(random_state=0), progress=moment,
    overwrite=overwrite == "overwrite", memory_limit="4GiB",
)
print(moments)
"""


def job(source, destination, kill_at=0, overwrite=""):
    command = [sys.executable, "-c", JOB, source, destination, kill_at, overwrite]
    return subprocess.run([*map(str, command)], capture_output=True, text=True)


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


@pytest.fixture(scope="module")
def expected():
    return in_memory(imbalanced(), SMOTE(random_state=0))


def check(destination, expected, *, old=None):
    """Absent, the old one, or complete."""
    if not os.path.exists(destination):
        assert old is None
        return "absent"
    found = pq.read_table(destination)
    if old is not None and same(found, old):
        return "old"
    assert same(found, expected)
    return "complete"


def kill_at_moments(source, destination, expected, moments, *, old=None):
    """Kill the job at each of these moments and run it again; return what was found."""
    overwrite, states = "" if old is None else "overwrite", set()
    for moment in moments:
        if old is not None:
            put(destination, old)
        killed = job(source, destination, moment, overwrite)
        assert killed.returncode in (0, -signal.SIGKILL), killed.stderr
        states.add(check(destination, expected, old=old))
        if old is None:
            clear(destination)
        again = job(source, destination, 0, overwrite)
        assert again.returncode == 0, again.stderr
        assert check(destination, expected) == "complete"
        left = sorted(os.listdir(os.path.dirname(destination)))
        assert left == sorted([os.path.basename(source), os.path.basename(destination)])
        clear(destination)
    return states


def put(destination, table):
    if destination.suffix:
        write_file(destination, table)
    else:
        destination.mkdir()
        write_file(destination / "old.parquet", table)


def clear(destination):
    if os.path.isdir(destination):
        for name in os.listdir(destination):
            os.remove(os.path.join(destination, name))
        os.rmdir(destination)
    elif os.path.exists(destination):
        os.remove(destination)


def number_of_moments(source, destination):
    done = job(source, destination)
    assert done.returncode == 0, done.stderr
    clear(destination)
    return int(done.stdout)


def test_a_killed_job__leaves_nothing_and_can_be_run_again(tmp_path, source, expected):
    destination = tmp_path / "out.parquet"
    last = number_of_moments(source, destination)
    middle = last // 2
    assert kill_at_moments(source, destination, expected, [middle]) == {"absent"}


def test_a_job_killed_after_the_move__leaves_a_complete_destination(tmp_path, source, expected):
    destination = tmp_path / "out.parquet"
    last = number_of_moments(source, destination)
    assert job(source, destination, last).returncode == -signal.SIGKILL
    assert check(destination, expected) == "complete"


@pytest.mark.long
@pytest.mark.parametrize("name", ["out.parquet", "out"])
def test_a_job_killed_at_every_step__leaves_an_absent_or_complete_output(
    tmp_path, source, expected, name
):
    destination = tmp_path / name
    moments = range(1, number_of_moments(source, destination) + 1)
    states = kill_at_moments(source, destination, expected, moments)
    assert states == {"absent", "complete"}


@pytest.mark.long
@pytest.mark.parametrize("name", ["out.parquet", "out"])
def test_a_job_killed_while_overwriting__leaves_the_old_or_the_new_output(
    tmp_path, source, expected, name
):
    destination = tmp_path / name
    moments = range(1, number_of_moments(source, destination) + 3)
    old = expected.slice(0, 5)
    states = kill_at_moments(source, destination, expected, moments, old=old)
    assert states == {"old", "complete"}


@pytest.mark.long
def test_a_job_killed_at_random_times__leaves_an_absent_or_complete_output(
    tmp_path, source, expected
):
    destination = tmp_path / "out.parquet"
    rng = random.Random(0)
    started = time.monotonic()
    job(source, destination)
    whole = time.monotonic() - started
    clear(destination)
    for _ in itertools.repeat(None, 25):
        command = [sys.executable, "-c", JOB, str(source), str(destination), "0", ""]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
            time.sleep(rng.uniform(0.3, 1.0) * whole)
            running.kill()
        check(destination, expected)
        clear(destination)
    assert job(source, destination).returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out.parquet"]
