"""The command ``smotefast compare``."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.helpers import command_line as commands
from tests.helpers.parquet_files import imbalanced, write_file

run = partial(commands.run, "compare")
QUICK = "--target label --models logistic --samplers smote --ratios 0.9 --folds 3 --repeats 1"


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


def test_compare__prints_the_plan_first_and_writes_reports(source, tmp_path):
    paths = tmp_path / "out.json", tmp_path / "out.html"
    done = run(source, *QUICK.split(), "--json", paths[0], "--html", paths[1])
    assert done.returncode == 0, done.stderr
    assert "4 options x 1 model x 3 folds: " in done.stderr.splitlines()[0]
    assert "fits, about" in done.stderr.splitlines()[0]
    plain = json.loads(paths[0].read_text())
    assert plain["verdict"].split()[0] in done.stdout
    assert [each["name"] for each in plain["options"]][-1] == "smote"
    assert paths[1].read_text().startswith("<!doctype html>")
    same = run(source, *QUICK.split(), "--json", tmp_path / "a", "--html", tmp_path / "a")
    assert same.returncode == 2
    assert "JSON and HTML have the same name" in same.stderr
    again = run(source, *QUICK.split(), "--json", paths[0])
    assert again.returncode == 6
    assert "exists. Use another name, or --overwrite." in again.stderr
    paths[0].write_text("no JSON")
    again = run(source, *QUICK.split(), "--json", paths[0], "--overwrite")
    assert "is not a JSON file, and only such a file is replaced" in again.stderr
    assert paths[0].read_text() == "no JSON"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--models logistc", 2, "--models logistc is not one of"),
        ("--samplers smot", 2, "Did you mean 'smote'?"),
        ("--ratios a,b", 2, "--ratios 'a,b' must be numbers that are separated by commas"),
        ("--ratios 2,3", 2, "--ratios 2.0,3.0 must be above 0"),
        ("--metric auc", 2, "--metric auc is not one of"),
        ("--cost-fn 3", 2, "--cost-fn and --cost-fp belong together"),
        ("--folds 1", 2, "--folds 1 must be a whole number from 2 on"),
        ("--groups absent", 3, "--groups absent is not a column"),
        ("--drop absent", 3, "--drop absent is not a column"),
        ("--target absent", 3, "--target absent is not a column"),
        ("--folds 400", 3, "--folds 400 need two classes of at least 800 rows"),
    ],
)
def test_errors__have_the_words_of_the_shell(source, options, code, message):
    given = [*QUICK.split(), *options.split()]
    done = run(source, *given)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert message in done.stderr


def test_a_report_that_cannot_be_written__costs_no_results(source, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("smotefast.cli.report_files.replace_file", fail)
    done = run(source, *QUICK.split(), "--json", tmp_path / "out.json")
    assert (done.returncode, "the disk is full" in done.stderr) == (5, True)
    assert "model = make_pipeline(" in done.stdout
