"""The command ``smotefast visualize``."""

from __future__ import annotations

import os
import stat
import webbrowser
from functools import partial
from pathlib import Path

import pytest

from smotefast.visualizer import PAGE, page_with, sample_files
from tests.helpers import command_line as commands
from tests.helpers.parquet_files import imbalanced, write_file

run = partial(commands.run, "visualize")


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


@pytest.fixture
def opened(monkeypatch):
    """Return the addresses that were opened in a browser."""
    addresses = []
    monkeypatch.setenv("BROWSER", "a-browser")
    monkeypatch.setattr(webbrowser, "open", lambda uri: addresses.append(uri) or True)
    return addresses


def test_visualize__opens_the_page(opened):
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Opened {PAGE} in the browser.\n"
    assert opened == [PAGE.as_uri()]


def test_visualize__opens_a_private_temporary_page_with_the_rows(source, opened, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        done = run(source, "--target", "label", "--feature", "f0", "--feature", "f1")
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = tmp_path.glob("smotefast-*.html")
    assert opened == [path.as_uri()]
    assert str(path) in done.stdout
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = sample_files(source, "label", feature=["f0", "f1"], progress=False)
    assert path.read_text(encoding="utf-8") == page_with(data)


def test_visualize__writes_a_page_and_opens_nothing(source, opened, tmp_path):
    page = tmp_path / "a page é.html"
    options = "--target label --drop f3 --sample 100 --no-open --quiet --debug".split()
    done = run(source, *options, "--output", page)
    assert (done.returncode, done.stderr, opened) == (0, "", [])
    assert done.stdout == f"Open {page} in a browser.\n"
    data = sample_files(source, "label", drop=["f3"], n_rows=100, progress=False)
    assert page.read_text(encoding="utf-8") == page_with(data)
    done = run("--no-open", "--output", page)
    assert (done.returncode, "--overwrite" in done.stderr) == (6, True)
    done = run("--no-open", "--output", page, "--overwrite")
    assert done.returncode == 0
    assert page.read_bytes() == PAGE.read_bytes()


@pytest.mark.parametrize("answer", [False, None])
def test_visualize__without_a_browser_says_what_to_open(monkeypatch, answer):
    if answer is None:  # a server without a screen
        monkeypatch.setattr("sys.platform", "linux")
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(webbrowser, "open", lambda uri: pytest.fail("opened"))
    else:
        monkeypatch.setenv("BROWSER", "a-browser")
        monkeypatch.setattr(webbrowser, "open", lambda uri: False)
    assert run().stdout == f"Open {PAGE} in a browser.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--target", "label"], 2, "--target is about the data of a file. Name the FILE"),
        (["--feature", "f0"], 2, "--feature is about the data of a file"),
        (["--sample", "99"], 2, "--sample is about the data of a file"),
        (["SOURCE"], 2, "--target is missing"),
        (["SOURCE", "--target", "label", "--output", "a.PNG"], 2, "would be no picture"),
        (["SOURCE", "--target", "lable"], 3, "--target lable is not a column"),
        (["SOURCE", "--target", "label", "--feature", "g0"], 3, "--feature g0 is not a column"),
        (["SOURCE", "--target", "f0"], 3, "continuous"),
        (["SOURCE", "--target", "label", "--output", "."], 5, "is a folder"),
        (["SOURCE", "--target", "label", "--output", "SOURCE"], 6, "exists"),
        (["nothing.parquet", "--target", "label"], 3, "There is no file"),
    ],
)
def test_visualize__says_what_is_wrong_in_one_line(source, arguments, code, message):
    before = Path(source).read_bytes()
    done = run(*[str(source) if word == "SOURCE" else word for word in arguments])
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("smotefast: error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert Path(source).read_bytes() == before
