"""Progress in a terminal, in a notebook, and without either."""

from __future__ import annotations

import builtins
import sys
import types
import warnings

import pytest

from smotefast.over_sampling import SMOTE
from smotefast.report import make_progress
from tests.helpers.parquet_files import imbalanced, resample, write_file


class ZMQInteractiveShell:
    """The result of ``get_ipython`` in Jupyter."""


class OtherShell:
    """The result of ``get_ipython`` in Colab: a shell with a kernel."""

    kernel = object()


class TerminalInteractiveShell:
    """The result of ``get_ipython`` in a terminal."""


class Display:
    """IPython.display, which records what it displays and updates."""

    def __init__(self):
        self.shown = []

    def display(self, bundle, *, raw, display_id):
        assert raw
        assert display_id
        self.shown.append(bundle)
        return self

    def update(self, bundle, *, raw):
        assert raw
        self.shown.append(bundle)


@pytest.fixture
def notebook(monkeypatch):
    """A notebook without ipywidgets."""
    display = Display()
    module = types.ModuleType("IPython.display")
    module.display = display.display
    package = types.ModuleType("IPython")
    package.display = module
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr(builtins, "get_ipython", ZMQInteractiveShell, raising=False)
    return display


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


@pytest.mark.parametrize("progress", [None, True])
@pytest.mark.parametrize("kind", [ZMQInteractiveShell, OtherShell])
def test_a_notebook__shows_a_bar_without_widgets(
    notebook, source, tmp_path, progress, kind, monkeypatch, capfd
):
    monkeypatch.setattr(builtins, "get_ipython", kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resample(source, tmp_path / "out.parquet", progress=progress)
    lines = [bundle["text/plain"] for bundle in notebook.shown]
    assert any(line.startswith("counting classes: 0% of 600 rows") for line in lines)
    assert any(line.startswith("writing: 0% of 1,080 rows") for line in lines)
    first = next(i for i, line in enumerate(lines) if line.startswith("writing: 0%"))
    assert '<progress max="1080" value="0"></progress>' in notebook.shown[first]["text/html"]
    assert '<progress max="1080" ' in notebook.shown[-2]["text/html"]
    assert lines[-1] == ""  # empty at the end
    assert capfd.readouterr() == ("", "")


def test_a_notebook__shows_no_bar_with_progress_false(notebook, source, tmp_path):
    resample(source, tmp_path / "out.parquet", progress=False)
    assert notebook.shown == []


def test_a_notebook_bar__follows_the_rows(notebook, monkeypatch):
    monkeypatch.setattr("smotefast.report.progress._REDRAW_SECONDS", 0)
    with make_progress(True) as shown:
        shown.phase("reading", 2000)
        shown.advance(500)
        shown.advance(2000)  # more than the total
        shown.phase("finding <neighbours>")
    lines = [bundle["text/plain"] for bundle in notebook.shown]
    assert lines[1].startswith("reading: 25% of 2,000 rows, ")
    assert lines[2].startswith("reading: 100% of 2,000 rows, ")
    assert lines[3:] == ["finding <neighbours>", ""]
    assert notebook.shown[3]["text/html"].endswith(" finding &lt;neighbours&gt;")


def test_a_notebook_that_cannot_display__prints_a_line_for_each_phase(
    notebook, source, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    resample(source, tmp_path / "out.parquet", progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("counting classes")
    assert lines[-1].startswith("writing")


def test_a_notebook__clears_the_bar_after_an_error(notebook, source, tmp_path):
    sampler = SMOTE(sampling_strategy={9: 9})
    with pytest.raises(ValueError, match="not present in the data"):
        resample(source, tmp_path / "out", progress=True, sampler=sampler)
    assert notebook.shown[-1] == {"text/plain": "", "text/html": ""}


@pytest.mark.parametrize("kind", [TerminalInteractiveShell, lambda: None])
def test_a_process_without_a_terminal__shows_no_bar_by_default(
    notebook, source, tmp_path, kind, monkeypatch
):
    monkeypatch.setattr(builtins, "get_ipython", kind)
    resample(source, tmp_path / "out.parquet", progress=None)
    assert notebook.shown == []


def test_a_bar_in_a_terminal__needs_no_widgets(source, tmp_path, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resample(source, tmp_path / "out.parquet", progress=True)
    assert capfd.readouterr().out == ""
