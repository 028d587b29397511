"""Announcements of compiling, and the restart of a job that compiled."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from smotefast.batch import warmup as warm
from tests.helpers.parquet_files import imbalanced, write_file

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled"
)

# Two small kernels without threads, which compile in about a second each.
COMPILE = """
import numpy as np
from smotefast.kernels.votes import count_winners, elect_categories
codes, near = np.zeros((9, 2), np.int32), np.zeros((9, 3), np.int64)
counts = np.zeros((9, 2), np.int64)
count_winners(codes, near, counts, n_threads=1)
"""
MESSAGE = "compiling kernels that are not in numba's cache yet, up to about 40 s\n"
LINE = f"smotefast: {MESSAGE}"


def run(code, cache, *arguments, **environment):
    """Run a program with a cache of its own; compilations are announced."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "SMOTEFAST_QUIET": "", **environment}
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=env)


def test_compiling__is_announced_in_one_line_only_if_numba_compiles(tmp_path):
    # Other arguments are compiled, too, in the same process: still one line.
    again = "count_winners(codes.astype(np.int64), near, counts, n_threads=1)\n"
    first = run(COMPILE + again, tmp_path)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", LINE)
    second = run(COMPILE + again, tmp_path)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        ("", {"SMOTEFAST_QUIET": "1"}),
        ("import logging; logging.getLogger('smotefast').setLevel('ERROR')", {}),
    ],
    ids=["environment variable", "level of the logger"],
)
def test_the_announcement__can_be_silenced(tmp_path, code, environment):
    done = run(code + COMPILE, tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.rglob("*.nbc"))


def test_the_announcement__goes_where_the_program_sends_its_log(tmp_path):
    log = f"import logging; logging.basicConfig(filename={str(tmp_path / 'log')!r})"
    assert run(log + COMPILE, tmp_path / "cache").stderr == ""
    assert (tmp_path / "log").read_text() == f"WARNING:smotefast:{MESSAGE}"


def test_compiling_without_a_cache__says_that_each_process_compiles(tmp_path):
    code = (
        "import smotefast.kernels.compile_cache as cache\n"
        "cache._is_writable = lambda: False\n"
        "cache._use_private_directory = lambda: False\n"
    )
    done = run(code + COMPILE, tmp_path)
    assert done.returncode == 0
    assert "in each process" in done.stderr
    assert "set NUMBA_CACHE_DIR" in done.stderr
    assert done.stderr.count("\n") == 1


def test_small_data__compile_nothing_and_announce_nothing(tmp_path):
    code = """
import numpy as np
from smotefast.combine import SMOTEENN
X, y = np.random.default_rng(0).normal(size=(300, 5)), np.repeat([0, 1], [240, 60])
SMOTEENN(random_state=0).fit_resample(X, y)
"""
    done = run(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.rglob("*.nbc"))


def test_compilations_of_other_packages__are_not_announced(tmp_path):
    (tmp_path / "theirs.py").write_text(
        "import numba\n@numba.njit(cache=True)\ndef double(x):\n    return 2 * x\n"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += "import smotefast.kernels.compile, theirs\nassert theirs.double(2) == 4\n"
    done = run(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.rglob("*.nbc"))


# A job whose kernels are a small one; a start anew is printed instead of made.
JOB = f"""
import itertools, os, sys, time
import smotefast.batch.feature_plan as feature_plan
from smotefast.cli import main
def load(*arguments, **options):
    exec({COMPILE!r}, {{}})
feature_plan.load_kernels = load
if os.environ.get("SLOW"):  # each look at the clock finds a minute gone
    time.perf_counter = time.monotonic = itertools.count(0, 60).__next__
os.execve = lambda path, args, env: print("again", *args[5:])
main()
"""


def test_a_job_that_compiled__restarts_if_memory_is_short(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    options = ["resample", source, destination, "--target", "label", "--memory-limit", "9MiB"]
    cold = run(JOB, tmp_path / "cache", *options)
    assert cold.stdout == f"again {' '.join(map(str, options))}\n"
    assert cold.stderr.count(LINE) == 1
    assert "Kernels were compiled in this process" in cold.stderr
    for n_restarts, is_again in (("1", True), ("2", True), ("3", False)):
        restarted = {"SMOTEFAST_RESTARTED": n_restarts}
        done = run(JOB, tmp_path / n_restarts, *options, **restarted)
        assert done.stdout.startswith("again") == is_again


def test_a_demo_that_restarts__prints_its_data_once(tmp_path):
    code = f"import smotefast.cli.demo as demo; demo._MEMORY_LIMIT = 9 << 20{JOB}"
    first = run(code, tmp_path / "cache", "demo", "--rows", "2000")
    assert first.stdout.startswith("Generated 2,000 rows")
    assert "again demo --rows 2000" in first.stdout
    last = {"SMOTEFAST_RESTARTED": "3"}
    assert run(code, tmp_path / "other", "demo", "--rows", "2000", **last).stdout == ""


def test_a_slow_job_that_loads_compiled_kernels__does_not_restart(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    run(COMPILE, tmp_path / "cache")
    options = ["resample", source, destination, "--target", "label", "--memory-limit", "9MiB"]
    options += ["--log-format", "none"]
    warm_and_slow = run(JOB, tmp_path / "cache", *options, SLOW="1")
    assert (warm_and_slow.returncode, warm_and_slow.stdout) == (4, "")
    assert warm_and_slow.stderr.startswith("smotefast: error: --memory-limit 9MiB")
    assert "ompil" not in warm_and_slow.stderr


def test_a_diagnosis__mentions_compiled_kernels_only_if_some_were_compiled(
    tmp_path, monkeypatch
):
    from smotefast.batch.warmup import JustCompiledError
    from smotefast.diagnosis import diagnose_dataset, files

    def refuse(limit):
        raise MemoryError

    source = write_file(tmp_path / "in.parquet", imbalanced())
    monkeypatch.setattr(files, "check_resident_memory", refuse)
    for compiled in (False, True):
        monkeypatch.setattr(files, "kernels_were_compiled", lambda compiled=compiled: compiled)
        with pytest.raises(MemoryError, match="is not enough") as caught:
            diagnose_dataset(source, target="label")
        assert isinstance(caught.value, JustCompiledError) is compiled
        assert ("compiled" in str(caught.value)) is compiled


WARMUP = """
from smotefast.batch import warmup
from smotefast.cli import main
def compile_step():
    exec(%r, {})
warmup._warmup_steps = lambda: [("exact search", compile_step), ("SMOTENC", compile_step)]
main()
"""


def test_warmup__shows_its_steps_unless_quiet(tmp_path):
    code = WARMUP % COMPILE
    done = run(code, tmp_path / "loud", "warmup")
    assert done.stderr == (
        "smotefast: warming up 1 of 2: exact search\nsmotefast: warming up 2 of 2: SMOTENC\n"
    )
    assert done.stdout.startswith("All kernels are compiled and cached (")
    done = run(code, tmp_path / "quiet", "warmup", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((tmp_path / "quiet").rglob("*.nbc"))


def test_warmup__runs_each_step_under_its_own_name(monkeypatch):
    ran, told = [], []
    monkeypatch.setattr(warm, "_compile_both", lambda *arguments: ran.append(arguments))
    monkeypatch.setattr(warm, "_compile_cleaning_and_sparse", ran.append)
    warm.compile_all(lambda *step: told.append(step))
    assert len(ran) == len(told) == len({name for name, _, _ in told}) > 10
    assert [number for _, number, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, _, total in told} == {len(told)}


def test_warmup__compiles_for_all_threads_and_for_one(monkeypatch):
    used = []
    monkeypatch.setattr(warm, "load_kernels", lambda sampler, *_: used.append(sampler.n_jobs))
    monkeypatch.setattr(warm, "_compile_cleaning_and_sparse", lambda dtype: None)
    warm.compile_all()
    assert used == [None, 1] * (len(used) // 2)


def test_warmup__fails_if_no_cache_is_writable(monkeypatch):
    monkeypatch.setattr("smotefast.kernels.compile_cache.cache_is_possible", lambda: False)
    with pytest.raises(OSError, match="Set NUMBA_CACHE_DIR to a folder that can be written"):
        warm.compile_all()
