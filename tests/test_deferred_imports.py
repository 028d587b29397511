"""A command imports neither pandas nor scipy.stats, and the latter works when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.parquet_files import imbalanced, write_file

JOB = """
import sys
from smotefast.cli import main
sys.argv = ["smotefast", "resample", *sys.argv[1:], "--target", "label", "--quiet"]
try:
    main()
except SystemExit as ended:
    assert ended.code == 0, ended
"""
LOADED = "print(*(name for name in {names!r} if name in sys.modules))"
USED = """
from smotefast._deferred_imports import defer_imports
defer_imports()
import sklearn.base
assert "scipy.optimize" not in __import__("sys").modules
"""


def run(code, *arguments):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_job__loads_no_pandas_and_no_distributions(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000))
    loaded = LOADED.format(names=["pandas", "scipy.optimize", "scipy.stats._stats_py", "numba"])
    assert run(JOB + loaded, source, tmp_path / "out.parquet").split() == ["numba"]


@pytest.mark.parametrize(
    "use",
    [
        "import scipy.stats\nassert scipy.stats.norm.cdf(0) == 0.5",
        "from scipy.stats import norm\nassert norm.cdf(0) == 0.5",
        "from scipy import stats\nassert stats.norm.cdf(0) == 0.5",
        "import scipy.stats.mstats\nassert scipy.stats.mstats.rankdata([2, 1])[0] == 2",
        "import inspect, scipy.stats\ninspect.getmodule(run)\n"
        "assert 'scipy.optimize' not in __import__('sys').modules",
    ],
)
def test_scipy_stats__is_there_when_it_is_used(use):
    run(f"{USED}def run(): pass\n{use}")


def test_pandas__is_as_if_it_were_not_installed():
    run(f"{USED}try:\n    import pandas\nexcept ImportError:\n    pass\nelse:\n    1 / 0")


def test_a_process_that_has_scikit_learn__is_not_changed():
    use = "import sklearn.base, sys\nfrom smotefast._deferred_imports import defer_imports\n"
    run(f"{use}n = len(sys.meta_path)\ndefer_imports()\nassert len(sys.meta_path) == n\n")
