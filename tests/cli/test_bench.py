"""The command ``smotefast bench``."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from tests.bench.test_runs import PLUGIN
from tests.helpers import command_line as commands
from tests.helpers.parquet_files import imbalanced, write_file

run = partial(commands.run, "bench")
WAITING = """
import time
from smotefast.bench import Contender

def make(case):
    time.sleep(60 if case.k == 2 else 0)
    raise ValueError("not today")

CONTENDERS = [Contender("waits", make)]
"""
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
    done = run("diff", paths[0], tmp_path / "absent.json")
    assert (done.returncode, "absent.json' is not found" in done.stderr) == (3, True)
    (tmp_path / "cut.json").write_text(slower.read_text()[:-100])
    assert run("diff", paths[0], tmp_path / "cut.json").returncode == 3
    assert run("diff", paths[0], slower, "--tolerance", "nan").returncode == 2
    stored["cases"][0]["data"]["seed"] = 9
    slower.write_text(json.dumps(stored))
    done = run("diff", paths[0], slower)
    assert done.returncode == 0
    assert "smote, uniform 200 x 3, 2 classes, ratio 0.1, k 5, 1 thread: seed 0 -> 9" in (
        done.stdout
    )


def test_bench__measures_smotefast_on_a_file(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)
    names = "--contender smotefast,imbalanced-learn --in-process --rounds 1 --later 1 --k 2,3"
    out = tmp_path / "run.json"
    done = run("scale", source, "--target", "label", *names.split(), "--json", out)
    assert done.returncode == 0, done.stderr
    stored = json.loads(out.read_text())
    assert stored["base"] == "imbalanced-learn"
    n_rows = stored["cases"][0]["sizes"]["rows"]
    named = f"smote, in.parquet, label, {n_rows:,} rows, k 2, "
    assert stored["cases"][0]["name"].startswith(named)
    after = [each["rows_after"] for each in stored["cases"][0]["contenders"]]
    assert after[0] == after[1] > stored["cases"][0]["sizes"]["rows"]
    assert str(tmp_path) not in out.read_text()
    assert "left out" not in done.stdout
    few, many = n_rows // 2, [n_rows + 5, n_rows + 9]
    rows = f"--rows {few},{many[0]},{many[1]} --threads 1 --contender imbalanced-learn"
    quick = "--in-process --rounds 1 --later 0 --k 2 --overwrite".split()
    done = run("scale", source, "--target", "label", *rows.split(), *quick, "--json", out)
    assert done.returncode == 0, done.stderr
    stored = json.loads(out.read_text())
    assert [case["sizes"]["rows"] for case in stored["cases"]] == [n_rows, few]
    assert [f"{case['sizes']['rows']:,} rows" in case["name"] for case in stored["cases"]] == [
        True, True
    ]  # fmt: skip
    assert [x for x, _ in stored["slopes"][0]["seconds"]["points"]] == [few, n_rows]


def test_bench__says_what_of_a_file_is_left_out_and_diff_what_it_needs(tmp_path):
    table = imbalanced()
    gaps = table["f1"].to_numpy().copy()
    gaps[:7] = np.nan
    table = table.set_column(table.schema.get_field_index("f1"), "f1", pa.array(gaps))
    table = table.append_column("city", [["x"] * table.num_rows])
    source = write_file(tmp_path / "in.parquet", table, group_rows=100)
    quick = "--contender smotefast --in-process --rounds 1 --later 1 --json"
    done = run("speed", source, "--target", "label", *quick.split(), tmp_path / "run.json")
    assert done.returncode == 0, done.stderr
    assert "1 column left out; 7 rows left out" in done.stdout
    done = run("diff", tmp_path / "run.json", tmp_path / "run.json")
    assert done.returncode == 0
    assert "Both runs need 3 processes to tell a change from noise" in done.stdout


def test_runs_without_a_measurement_or_with_an_error__fail_after_writing(quick, tmp_path):
    out = tmp_path / "run.json"
    refusing = "--rows 200 --contender refusing --base refusing --json".split()
    plugin = tmp_path / "sleepers.py"
    plugin.write_text(PLUGIN.replace("refusing <i>", "refusing"))
    done = run("speed", *quick, *refusing, out)
    assert (done.returncode, "No contender has measured" in done.stderr) == (3, True)
    assert "refused" in out.read_text()
    grid = "--rows 200 --shape uniform,broken --overwrite --json".split()
    done = run("speed", *quick, *grid, out)
    assert (done.returncode, "KeyError: 'license'" in done.stderr) == (3, True), done.stderr
    assert len(json.loads(out.read_text())["cases"]) == 1
    done = run("memory", *quick)
    assert (done.returncode, "--in-process measures no memory" in done.stderr) == (2, True)


def test_sigterm__keeps_finished_cases(tmp_path):
    plugin = tmp_path / "waiting.py"
    plugin.write_text(WAITING)
    options = "--in-process --contender waits --k 1,2 --rows 200".split()
    out = tmp_path / "run.json"
    command = [sys.executable, "-m", "smotefast", "bench", "speed", *options]
    command += ["--plugin", str(plugin), "--json", str(out)]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, text=True) as process:
        while not process.stderr.readline().startswith("smotefast: 2 of 2:"):
            assert process.poll() is None
        process.terminate()
        shown, _ = process.communicate(timeout=50)
    assert process.returncode == 143
    assert "Stopped by SIGTERM: the cases above are complete." in shown
    stored = json.loads(out.read_text())
    assert (stored["stopped_by"], [case["k"] for case in stored["cases"]]) == ("SIGTERM", [1])


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
        ("--time-limit 1", 2, "--in-process starts none. Leave out one of them"),
        ("--plugin absent.py", 3, "--plugin absent.py is not a file"),
        ("--contender ,", 2, "Name at least one"),
        ("absent.csv --target label", 3, "absent.csv"),
    ],
)
def test_errors__have_the_words_of_the_shell(quick, options, code, message):
    done = run("speed", *quick, *options.split())
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert message in done.stderr
