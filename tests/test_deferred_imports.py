"""A command imports neither pandas nor parts of scipy, which work when they are used."""

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


def test_a_job__loads_no_pandas_no_distributions_and_no_special_functions(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000))
    unused = ["pandas", "scipy.optimize", "scipy.stats._stats_py", "scipy.special._basic"]
    loaded = LOADED.format(names=[*unused, "numba"])
    assert run(JOB + loaded, source, tmp_path / "out.parquet").split() == ["numba"]


def test_a_command__collects_garbage_after_its_imports(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(200))
    frozen = "import gc\nprint(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    assert run(JOB + frozen, source, tmp_path / "out.parquet") == "True True\n"


@pytest.mark.parametrize(
    "use",
    [
        "import scipy.stats\nassert scipy.stats.norm.cdf(0) == 0.5",
        "from scipy.stats import norm\nassert norm.cdf(0) == 0.5",
        "from scipy import stats\nassert stats.norm.cdf(0) == 0.5",
        "import scipy.stats.mstats\nassert scipy.stats.mstats.rankdata([2, 1])[0] == 2",
        "import scipy.special\nassert scipy.special.expit(0) == 0.5",
        "from scipy.special import expit\nassert expit(0) == 0.5",
        "from scipy import special\nassert special.expit(0) == 0.5",
        "from scipy.special.cython_special import expit\nassert expit(0.0) == 0.5",
        "from sklearn.svm import SVC\nSVC().fit([[0], [1]], [0, 1])",
        "import inspect, scipy.stats\ninspect.getmodule(run)\n"
        "assert 'scipy.optimize' not in __import__('sys').modules",
    ],
)
def test_parts_of_scipy__are_there_when_they_are_used(use):
    run(f"{USED}def run(): pass\n{use}")


def test_pandas__is_as_if_it_were_not_installed():
    run(f"{USED}try:\n    import pandas\nexcept ImportError:\n    pass\nelse:\n    1 / 0")


def test_a_process_that_has_scikit_learn__is_not_changed():
    use = "import sklearn.base, sys\nfrom smotefast._deferred_imports import defer_imports\n"
    run(f"{use}n = len(sys.meta_path)\ndefer_imports()\nassert len(sys.meta_path) == n\n")
