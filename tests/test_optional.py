"""Each optional package is optional: everything else works where it cannot be imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import smotefast

OPTIONAL = ["pandas", "polars", "imblearn", "matplotlib", "distributed", "pyspark"]

# Refuses packages as if they were not installed, in the process that runs it.
BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
"""

PROGRAM = """
import os
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse
import smotefast
from smotefast.over_sampling import SMOTE, RandomOverSampler

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = np.repeat([0, 1], [40, 20])
table = pa.table({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
containers = [X, X.tolist(), sparse.csr_array(X), sparse.csc_matrix(X), table]
for sampler in (SMOTE(random_state=0), RandomOverSampler(random_state=0)):
    for rows in containers:
        rows_new, y_new = sampler.fit_resample(rows, y)
        assert type(rows_new) is type(rows), type(rows_new)
        assert np.bincount(y_new).tolist() == [40, 40]
    assert len(sampler.provenance_.base) == 20
_, labels = SMOTE(random_state=0).fit_resample(table, pa.chunked_array([y]))
assert isinstance(labels, pa.ChunkedArray)

pq.write_table(table.append_column("label", pa.array(y)), "in.parquet")
for name in ("smote", "random"):
    out = f"{name}.parquet"
    summary = smotefast.resample_dataset("in.parquet", out, target="label", sampler=name)
    assert pq.read_metadata(out).num_rows == 80
    assert "rows written" in str(summary)
if "pandas" in BLOCKED:
    from sklearn.neighbors import KernelDensity
    try:
        smotefast.GenerativeOverSampler(KernelDensity()).fit_resample(X, y)
    except ImportError as error:
        assert "Install 'smotefast[pandas]'" in str(error)
    else:
        raise AssertionError("pandas is used")
if "distributed" in BLOCKED:
    try:
        smotefast.resample_dataset("in.parquet", "out", target="label", cluster="local")
    except ImportError as error:
        assert "Install 'smotefast[dask]'" in str(error)
loaded = {name.split(".")[0] for name in sys.modules}
assert not loaded & BLOCKED, loaded & BLOCKED
# scikit-learn may import narwhals; this package does so only here, for its frames.
assert "smotefast.tables.narwhals_frames" not in sys.modules
"""


@pytest.mark.parametrize(
    "blocked",
    [*(pytest.param([one], marks=pytest.mark.long) for one in OPTIONAL), OPTIONAL],
    ids="+".join,
)
def test_optional_packages__are_not_needed(blocked, tmp_path):
    code = f"BLOCKED = {set(blocked)!r}\n{BLOCKER}\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(smotefast.__file__).parent.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_blocker__refuses_what_it_should(tmp_path):
    code = f"BLOCKED = {{'pandas'}}\n{BLOCKER}\nimport pandas"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "No module named 'pandas'" in done.stderr
