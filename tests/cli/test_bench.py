"""The command ``smotefast bench``."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.bench.test_runs import PLUGIN
from tests.helpers import command_line as commands
from tests.helpers.parquet_files import imbalanced, write_file

run = partial(commands.run, "bench")
QUICK = "--in-process --rounds 3 --later 1 --contender quick"


@pytest.fixture
def quick(tmp_path):
    path = tmp_path / "sleepers.py"
    path.write_text(PLUGIN)
    return [*QUICK.split(), "--plugin", path]


def test_bench__writes_reports_and_compares_them(quick, tmp_path):
    paths = tmp_path / "old.json", tmp_path / "out.html"
    grid = "--rows 200,300 --shape uniform,duplicates --features 3 --threads 1".split()
    done = run("speed", *quick, *grid, "--json", paths[0], "--html", paths[1])
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].startswith("smotefast: 1 of 4: smote, uniform 200 x 3,")
    assert "first call" in done.stdout
    assert paths[1].read_text().startswith("<!doctype html>")
    stored = json.loads(paths[0].read_text())
    assert (stored["format"], stored["version"], len(stored["cases"])) == (
        "smotefast-bench", 1, 4
    )  # fmt: skip
    again = run("speed", *quick, *grid, "--json", paths[0])
    assert again.returncode == 6
    slower = tmp_path / "new.json"
    for values in stored["cases"][0]["contenders"][0].values():
        if isinstance(values, dict):
            values |= dict.fromkeys(("minimum", "median", "maximum"), 2 * values["maximum"])
    slower.write_text(json.dumps(stored))
    assert run("diff", paths[0], paths[0]).returncode == 0
    done = run("diff", paths[0], slower)
    assert done.returncode == 1
    assert "worse" in done.stdout
    assert run("diff", slower, paths[0]).returncode == 0
    assert run("diff", paths[0], paths[1]).returncode == 3


def test_bench__measures_smotefast_on_a_file(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)
    names = "--contender smotefast,imbalanced-learn --in-process --rounds 1 --later 1 --k 2,3"
    out = tmp_path / "run.json"
    done = run("scale", source, "--target", "label", *names.split(), "--json", out)
    assert done.returncode == 0, done.stderr
    stored = json.loads(out.read_text())
    assert stored["base"] == "imbalanced-learn"
    assert stored["cases"][0]["name"].startswith("smote, in.parquet, label, k 2, ")
    after = [each["rows_after"] for each in stored["cases"][0]["contenders"]]
    assert after[0] == after[1] > stored["cases"][0]["sizes"]["rows"]
    assert str(tmp_path) not in out.read_text()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--rows many", 2, "--rows 'many' must be numbers that are separated by commas"),
        ("--rows 0", 2, "--rows 0 must be 1 or more"),
        ("--ratio 2", 2, "--ratio 2 must be above 0 and at most 1"),
        ("--classes 1", 2, "--classes 1 must be 2 or more"),
        ("--k ,", 2, "--k has no value"),
        ("--shape moon", 2, "--shape 'moon' is not one of clusters"),
        ("--sampler smot", 2, "Did you mean 'smote'?"),
        ("--contender smotefest", 2, "Did you mean 'smotefast'?"),
        ("--base other", 2, "--base 'other' is not one of the contenders"),
        ("--target label", 2, "Name the FILE as well"),
        ("data.csv", 2, "--target is missing"),
        ("data.csv --target label --shape uniform", 2, "--shape is about generated data"),
        ("--time-limit 1", 2, "Leave out one of them"),
        ("--plugin absent.py", 5, "is not a file"),
        ("--contender ,", 2, "Name at least one"),
        ("absent.csv --target label", 3, "absent.csv"),
    ],
)
def test_errors__have_the_words_of_the_shell(quick, options, code, message):
    done = run("speed", *quick, *options.split())
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert message in done.stderr
