"""The script that compares imbalanced-learn's documentation with and without the patch."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "imblearn_suite" / "documentation.py"
GUIDE = """
>>> from sklearn.datasets import make_classification
>>> from imblearn.over_sampling import SMOTE
>>> X, y = make_classification(weights=[0.8], random_state=0)
>>> print(SMOTE(random_state=0).fit_resample(X, y)[0].sum())
an older version printed this
>>> from urllib.request import urlopen
>>> urlopen("http://localhost:9/")
<...>
"""
EXAMPLE = """
import matplotlib.pyplot as plt
from imblearn.under_sampling import RandomUnderSampler
X, y = [[float(i)] for i in range(9)], [0] * 6 + [1] * 3
X_resampled, y_resampled = RandomUnderSampler(random_state=0).fit_resample(X, y)
plt.plot(X_resampled)
print(RandomUnderSampler())
"""
FALSE = """
from imblearn.over_sampling import SMOTE
n_bases = len(SMOTE.__mro__)
address = id(SMOTE)
"""


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "doc").mkdir()
    (tmp_path / "doc" / "guide.rst").write_text(GUIDE)
    (tmp_path / "examples" / "under").mkdir(parents=True)
    (tmp_path / "examples" / "under" / "plot_one.py").write_text(EXAMPLE)
    return tmp_path


def run(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    process = subprocess.run(command, capture_output=True, text=True)
    assert not process.stderr
    return process.returncode, process.stdout


@pytest.mark.long
def test_documentation__is_equal_bit_for_bit(checkout):
    code, printed = run(checkout)
    guide, example = (" ".join(line.split()) for line in printed.splitlines()[1:3])
    assert guide.startswith("doc/guide.rst equal 7 0 1 ")  # five outputs, X and y
    assert "DownloadRefusedError" in printed
    # X, y and the resampled rows, the standard output and a figure
    assert example.startswith("examples/under/plot_one.py equal 32 0 0 ")
    assert code == 0


@pytest.mark.long
def test_documentation__differs(checkout):
    (checkout / "examples" / "under" / "plot_two.py").write_text(FALSE)
    code, printed = run(checkout, "--only", "plot_two")
    assert "plot_two.py: unexpected\n    n_bases\n" in printed
    assert "plot_two.py: not deterministic\n    address\n" in printed
    assert code == 1


def test_documentation__is_not_found(tmp_path):
    process = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path)], capture_output=True, text=True
    )
    assert process.returncode == 1
    assert "has no doc/*.rst" in process.stderr
