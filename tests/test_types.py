"""Type checkers accept correct programs and find the errors of wrong ones."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "types"
CHECKERS = {
    "mypy": ["--strict", "--no-incremental", "--config-file="],
    "pyright": ["--pythonpath", sys.executable],
}


@pytest.fixture(scope="module", params=CHECKERS)
def errors(request):
    """Return the lines in which a checker finds an error, by file."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f'{request.param} is not installed; the extra "dev" has it')
    command = [sys.executable, "-m", request.param, *CHECKERS[request.param], str(PROGRAMS)]
    # As a user's program: outside of the checkout, whose modules are then those of a library.
    environment = {**os.environ, "PYTHONPATH": str(PROGRAMS.parents[1])}
    done = subprocess.run(
        command, cwd=PROGRAMS, env=environment, capture_output=True, text=True
    )
    found = re.findall(r"(\w+)\.py:(\d+)(?::\d+)?(?: -|:) error", done.stdout)
    assert found, done.stdout + done.stderr
    return {(name, int(line)) for name, line in found}


def test_type_checkers__find_each_error_and_no_other(errors):
    lines = (PROGRAMS / "wrong.py").read_text().splitlines()
    expected = {("wrong", n) for n, line in enumerate(lines, 1) if line.endswith("# error")}
    assert len(expected) == 41
    assert errors == expected
