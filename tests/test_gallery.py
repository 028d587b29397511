"""Examples of the gallery: their form, and that the cheapest ones run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from smotefast import plot

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "docs/examples").glob("plot_*.py"))
CHEAP = ["plot_provenance.py", "plot_tiny_classes.py"]
# Runs programs; each has to leave figures that can be drawn and are not empty.
_RUN = """
import runpy, sys
from matplotlib import pyplot
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    assert figures and all(axes.has_data() for figure in figures for axes in figure.axes)
    for figure in figures:
        figure.canvas.draw()
    pyplot.close("all")
"""


def test_gallery__has_an_example_of_each_plot():
    texts = " ".join(path.read_text() for path in EXAMPLES)
    assert len(EXAMPLES) >= 14
    assert all(f"plot.{name}(" in texts for name in plot.__all__)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples__have_a_title_and_a_text_and_show_nothing_by_themselves(path):
    text = path.read_text()
    title, underline, empty, *rest = ast.get_docstring(ast.parse(text)).splitlines()
    assert underline == "=" * len(title)
    assert not empty
    assert rest
    assert "\n# %%\n# " in text  # text between the code
    assert not re.search(r"\.show\(|savefig", text)


def test_cheap_examples__run_without_warnings(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            _RUN,
            *(ROOT / "docs/examples" / name for name in CHEAP),
        ],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
