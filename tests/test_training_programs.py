"""The programs of the guide to training run, and train as well as with all rows in memory."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.run_page import PROJECT, blocks

GUIDE = PROJECT / "docs" / "training.md"
# The largest difference of the average precision: models of other bins, and of other batches.
PROGRAMS = [
    ("xgboost", "xgboost", 0.02),
    ("lightgbm", "lightgbm", 0),
    ("pytorch", "torch", 0.05),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the files of the guide."""
    folder = tmp_path_factory.mktemp("training")
    program = next(
        text for _, language, text in blocks(GUIDE.read_text()) if language == "python"
    )
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize(("name", "package", "tolerance"), PROGRAMS, ids=lambda each: str(each))
def test_programs__train_as_well_as_with_all_rows_in_memory(folder, name, package, tolerance):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    program = PROJECT / "docs" / "training" / f"train_{name}.py"
    command = [sys.executable, "-W", "error", program, "train.parquet", "test.parquet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "39,211          38,422\n" in done.stdout  # samples of the small class
    last = re.fullmatch(
        r"average precision (\S+), in memory (\S+)", done.stdout.splitlines()[-1]
    )
    streamed, in_memory = map(float, last.groups())
    assert abs(streamed - in_memory) <= tolerance
    assert streamed > 0.2  # 0.02 without a model


def test_the_guide__shows_each_program_and_what_it_prints():
    text = GUIDE.read_text()
    for name, _, _ in PROGRAMS:
        assert (PROJECT / "docs" / "training" / f"train_{name}.py").read_text() in text
        assert f"$ python train_{name}.py train.parquet test.parquet" in text
    assert len(re.findall(r"`average precision \d\.\d{4}, in memory \d\.\d{4}`", text)) == 3
