"""The command ``smotefast diagnose``."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import smotefast
from tests.helpers import command_line as commands
from tests.helpers.parquet_files import imbalanced, write_file

run = partial(commands.run, "diagnose")


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


def in_memory(source, sampler=None, drop=()):
    table = pq.read_table(source).drop_columns(list(drop))
    return smotefast.diagnose(table.drop_columns(["label"]), table["label"], sampler)


def test_diagnose__prints_the_report_of_diagnose(source):
    drop = ["f3"]
    done = run(source, "--target", "label", "--drop", *drop)
    assert (done.returncode, done.stderr) == (0, "")
    report, end = done.stdout.split("  smotefast compare ")
    same, _, last = str(in_memory(source, drop=drop)).rpartition("smotefast.compare(")
    assert report.split() == same.split()
    assert last == "X, y, samplers=report.candidates)"
    command, code = end.split("\n\nCode is for a pandas frame and the report in Python:\n")
    quick = "--models logistic --ratios 1 --folds 2 --repeats 1"
    assert commands.run("compare", *shlex.split(command), *quick.split()).returncode == 0
    names = {}
    exec(f"import smotefast\n{code}", names)
    assert "--drop f3" in command
    assert names["report"].n_features == in_memory(source, drop=drop).n_features


@pytest.mark.parametrize(
    ("n_small", "expected"),
    [(3, "needs 4 rows of two classes"), (9, "--folds 4"), (10, "--samplers threshold")],
)
def test_diagnose__ends_with_a_comparison_that_the_classes_allow(tmp_path, n_small, expected):
    table = imbalanced()
    small = pc.equal(table["label"], 1)
    rows = [table.filter(pc.invert(small)), table.filter(small).slice(0, n_small)]
    source = write_file(tmp_path / "small.parquet", pa.concat_tables(rows))
    text = run(source, "--target", "label").stdout
    assert expected in text
    assert ("--folds" in text) == (n_small == 9)


def test_diagnose__prints_json_and_writes_a_page(source, tmp_path):
    page = tmp_path / "report.html"
    options = (
        "--target label --sampler smote --drop f3 --memory-limit 4GiB --json --quiet --debug"
    )
    done = run(source, *options.split(), "--html", page)
    assert (done.returncode, done.stderr) == (0, "")
    expected = in_memory(source, "smote", ["f3"])
    assert json.loads(done.stdout) == expected.to_dict()
    assert page.read_text() == expected.to_html()
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "report.html"]


def test_diagnose__replaces_a_page_on_request_only(source, tmp_path):
    page = tmp_path / "report.html"
    page.write_text("<!DOCTYPE html>precious")
    done = run(source, "--target", "label", "--html", page)
    assert done.returncode == 6
    assert "exists" in done.stderr
    assert page.read_text() == "<!DOCTYPE html>precious"
    done = run(source, "--target", "label", "--html", page, "--overwrite")
    assert done.returncode == 0, done.stderr
    assert page.read_text().startswith("<!doctype html>")
    assert "precious" not in page.read_text()


@pytest.mark.parametrize(
    ("level", "code"), [("problem", 0), ("warning", 9), ("note", 9), ("grave", 2)]
)
def test_fail_on__sets_the_exit_code_for_findings_of_a_level(source, level, code):
    table = pq.read_table(source)
    pq.write_table(table.append_column("key", [list(range(len(table)))]), source)
    done = run(source, "--target", "label", "--fail-on", level, "--quiet")
    assert done.returncode == code, done.stderr
    if code != 2:
        assert "WARNING  identifier_columns" in done.stdout
        assert "PROBLEM" not in done.stdout
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--target", "lable"], 3, "--target lable is not a column"),
        (["--target", "f0"], 3, "continuous"),
        (["--target", "label", "--drop", "nothing"], 3, "--drop nothing is not a column"),
        (["--target", "label", "--sampler", "smoot"], 2, "--sampler smoot is not one of"),
        (["--target", "label", "--memory-limit", "10MiB"], 4, "--memory-limit 10MiB is not"),
        (["--target", "label", "--html", "."], 5, "is a folder"),
        (["--target", "label", "--html", "no/where.html"], 5, "no"),
    ],
)
def test_diagnose__says_what_is_wrong_in_one_line(source, options, code, message):
    done = run(source, *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("smotefast: error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert os.listdir(source.parent) == ["in.parquet"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_diagnose__fails_if_the_report_cannot_be_written(source):
    command = [sys.executable, "-m", "smotefast", "diagnose", str(source), "--target", "label"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 5
    assert done.stderr.startswith("smotefast: error: ")


def test_diagnose__does_not_mind_if_nobody_reads(source):
    command = [sys.executable, "-m", "smotefast", "diagnose", str(source), "--target", "label"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "kind", ["the source", "another file", "a link to the source", "a pipe"]
)
def test_diagnose__replaces_html_files_only(kind, source, tmp_path):
    page = tmp_path / "page"
    if kind == "the source":
        page = source
    elif kind == "another file":
        page.write_text("precious")
    elif kind == "a link to the source":
        page.symlink_to(source)
    else:
        os.mkfifo(page)
    before = source.read_bytes()
    done = run(source, "--target", "label", "--html", page, "--overwrite")
    assert done.returncode == 6
    assert "is not an HTML file, and only such a file is replaced" in done.stderr
    assert source.read_bytes() == before
    assert kind != "another file" or page.read_text() == "precious"


def test_diagnose__refuses_a_missing_folder(source, tmp_path):
    done = run(source, "--target", "label", "--html", tmp_path / "no" / "page.html")
    assert done.returncode == 5
    assert "does not exist. Create it first" in done.stderr
