"""The page file: its size, its policy, and scenes that are those of the library."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from smotefast.visualizer import PAGE

SCRIPT = Path(__file__).parents[2] / "docs/development/visualizer_page.py"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page_script():
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page__is_one_small_file_that_names_no_other():
    assert PAGE.stat().st_size < 150_000
    assert TEXT.count('<script type="module">') == 1
    for attribute in ("src=", "@import", "url(", "import(", "innerHTML", "eval("):
        assert attribute not in TEXT
    links = set(re.findall(r'href="([^"]*)"', TEXT))
    assert links == {"data:,", "#plot"}
    addresses = set(re.findall(r"https?://[^\s\"']*", TEXT))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_policy__allows_only_the_script_and_the_style_of_the_page(page_script):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', TEXT)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {
        *("default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"),
    }
    assert page_script.with_hashes(TEXT) == TEXT, f"run python {SCRIPT.name}"


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.parametrize("name", ["svm", "kmeans"])
def test_scenes__are_current(page_script, name):
    stored = json.loads(page_script.SCENES.search(TEXT)[0])[name]
    computed = json.loads(json.dumps(page_script.scene(name)))
    lines, computed_lines = stored.pop("boundary", {}), computed.pop("boundary", {})
    assert stored == computed
    for level in lines:
        for line, expected in zip(lines[level], computed_lines[level], strict=True):
            np.testing.assert_allclose(line, expected, atol=0.02)
