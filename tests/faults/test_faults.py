"""Faults of the operating system at every call of a job: the destination is never wrong."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.forms import FORMS
from tests.faults.kinds import CALLS, KINDS

HERE = Path(__file__).parent
# The long test runs every fourth of about 39,000 points; SMOTEFAST_FAULTS=1, 2 or 3 the next.
EVERY, FIRST = 4, int(os.environ.get("SMOTEFAST_FAULTS", "0"))

pytestmark = [
    pytest.mark.skipif(
        platform.libc_ver()[0] != "glibc", reason="the shim replaces functions of glibc"
    ),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc compiles the shim"),
]


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    options = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread"]
    subprocess.run(["gcc", *options, "-o", library, HERE / "shim.c"], check=True)
    return library


@pytest.fixture
def folder():
    """A folder in memory, where there is one."""
    memory = "/dev/shm"
    where = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="smotefast-faults-", dir=where) as name:
        yield Path(os.path.realpath(name))


def run(shim, folder, *, shares, n_shares, how="all"):
    """Run shares of the points, each in its own server process; return what was found."""
    environment = {
        **os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(HERE.parent.parent),
        "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    servers = []
    for share in shares:
        root = folder / str(share)
        root.mkdir()
        arguments = map(str, (root, shim, share, n_shares, how))
        with (root / "output").open("w") as output, (root / "errors").open("w") as errors:
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.points", *arguments],
                env=environment, stdout=output, stderr=errors,
            )  # fmt: skip
        servers.append((server, root))
    found = []
    for server, root in servers:
        assert server.wait() == 0, (root / "errors").read_text()
        found += map(json.loads, (root / "output").read_text().splitlines())
    return found


def check(found):
    wrong = [point for point in found if point["problems"]]
    assert not wrong, f"{len(wrong)} of {len(found)} points, such as {wrong[:3]}"
    assert {point["form"] for point in found} == set(FORMS)
    assert {point["kind"] for point in found} == set(KINDS)


def test_faults_of_each_kind__leave_no_wrong_destination_and_the_next_run_completes(
    shim, folder
):
    found = run(shim, folder, shares=[0], n_shares=1, how="few")
    assert len(found) >= 26
    check(found)


@pytest.mark.long
def test_faults_at_every_call__leave_no_wrong_destination_and_the_next_run_completes(
    shim, folder
):
    shares = [FIRST, FIRST + EVERY]
    found = run(shim, folder, shares=shares, n_shares=2 * EVERY)
    for what in ("kind", "form", "state"):  # shown by pytest -s
        print(len(found), Counter(point[what] for point in found))
    check(found)
    assert len(found) > 5_000
    assert {point["state"] for point in found} == {"absent", "old", "complete"}
    failed = {point["where"].split(" ")[0] for point in found if point["kind"] == "EIO"}
    # A job calls chmod at most once.
    assert set(CALLS) - failed <= {"chmod"}
