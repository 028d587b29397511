"""What only Unix or Linux has is not needed: the package runs where it is absent.

No Windows and no macOS runs these tests; they hide modules, functions, signals and files.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import smotefast
from smotefast import _allocator

# Third-party packages are loaded first: they may use what this machine has.
HIDE = """
import builtins, os, signal, sys, tempfile
import joblib, numba, pyarrow.dataset, pyarrow.parquet, scipy.sparse, sklearn.svm
import joblib.externals.loky, multiprocessing.pool, sklearn.ensemble, sklearn.linear_model

MODULES = {"resource", "fcntl", "termios", "pwd", "grp"}
FILES = {"/proc/meminfo", "/proc/self/cgroup", "/proc/self/mountinfo", "/proc/self/status"}

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in MODULES:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Blocker())
for name in ("SIGHUP", "SIGALRM", "SIGKILL", "setitimer"):
    delattr(signal, name)
for name in ("fork", "getuid", "register_at_fork", "sched_getaffinity", "sysconf_names"):
    delattr(os, name)
del os.pread, os.pwrite

def hide_system_files(path, *args, open=builtins.open, **kwargs):
    if str(path) in FILES:
        raise FileNotFoundError(path)
    return open(path, *args, **kwargs)

builtins.open = hide_system_files
"""

PROGRAM = """
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import smotefast

rng = np.random.default_rng(0)
X, y = rng.normal(size=(400, 3)), np.repeat([0, 1], [300, 100])
X[y == 1] += 1
smotefast.SMOTE(random_state=0, search="exact").fit_resample(X, y)
smotefast.SMOTEENN(random_state=0).fit_resample(X, y)
table = pa.table({"a": X[:, 0], "b": X[:, 1], "label": y})
pq.write_table(table, "in.parquet")
for kept in (False, True):  # the second job replaces the folder
    done = smotefast.resample_dataset("in.parquet", "out", target="label", overwrite=kept)
    assert done.counts_after == {0: 300, 1: 300}, done.counts_after
batches = smotefast.iter_resampled("in.parquet", target="label")
assert sum(len(batch) for batch in batches) == 600
assert smotefast.diagnose(X, y).points
result = smotefast.compare(
    X, y, models="logistic", samplers=["random"], repeats=1, folds=2, time_limit=60
)
assert result.verdict
smotefast.patch_imblearn()
"""


def test_package__needs_no_module_function_or_file_that_only_unix_has(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HIDE + PROGRAM],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(smotefast.__file__).parent.parent),
            "LOKY_MAX_CPU_COUNT": "2",  # joblib knows no affinity and no psutil
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("platform", "pool"), [("linux", "jemalloc"), ("win32", None)])
def test_command__chooses_jemalloc_except_on_windows(platform, pool, monkeypatch):
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(_allocator, "_is_chosen", True)
    monkeypatch.setattr(_allocator, "uses_jemalloc", lambda: False)
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "")  # so that it is restored
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL")
    _allocator.choose_allocator()
    assert os.environ.get("ARROW_DEFAULT_MEMORY_POOL") == pool
