"""The command ``smotefast plan``: tables, JSON, options and exit codes."""

from __future__ import annotations

import json
import os

import pytest

from smotefast.batch import JustCompiledError
from tests.helpers.command_line import shell as shell
from tests.helpers.parquet_files import imbalanced, write_file


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


def test_plan__prints_tables_and_ends_with_0(shell, source, tmp_path):
    code, out, err = shell("plan", source, "--target", "label", "-q")
    assert (code, err) == (0, "")
    assert "600 rows, 1 file" in out
    assert "Nothing is refused." in out
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_plan__takes_every_option_of_resample_that_the_rows_depend_on(shell, source, tmp_path):
    options = [
        "--sampler", "borderline-smote", "--sampling-strategy", '{"1": 300}',
        "--k-neighbors", 3, "--search", "exact", "--small-class", "clamp",
        "--set", "m_neighbors=6", "--then", "random-under", "--then-set",
        "sampling_strategy=0.9", "--seed", 7, "--memory-limit", "2GiB", "--rows", "all",
        "--schema", "strict", "--drop", "f0", "--keep", "f1", "--keep-fill", "base",
        "--if-balanced", "copy", "--absent-classes", "ignore", "--provenance",
        "--compression", "zstd", "--compression-level", 3, "--row-group-size", 100,
        "--part-size", "1MiB", "--report", tmp_path / "report.json",
    ]  # fmt: skip
    code, out, err = shell("plan", source, "--target", "label", *options, "--json", "-q")
    assert (code, err) == (0, "")
    planned = json.loads(out)
    assert [entry["made"] for entry in planned["classes"]] == [0, 240]
    assert [entry["k"] for entry in planned["searches"]] == [6, 3]
    assert (planned["columns"], planned["features"]) == (4, 2)
    assert planned["destination"] is None
    assert planned["parts_at_once"] == planned["threads"]


def test_plan__lists_all_refusals_in_the_words_of_the_shell(shell, source, tmp_path):
    report = source
    code, out, _ = shell(
        "plan", source, source, "--target", "label", "--report", report, "-q",
        "--sampling-strategy", "0.01",
    )  # fmt: skip
    assert code == 2
    lines = [line for line in out.splitlines() if line.startswith("refused: ")]
    assert len(lines) == 3
    assert "is the source" in lines[0]
    assert lines[1].startswith(f"refused: --report {report}")


def test_json__has_refusals_in_the_words_of_the_shell(shell, source):
    code, out, _ = shell("plan", source, "--target", "lable", "--json", "-q")
    assert code == 3
    [refused] = json.loads(out)["refused"]
    assert refused["message"].startswith("--target lable is not a column")
    assert refused["error"] == "ValueError"


def test_a_process_that_compiled__shows_the_plan_if_it_was_restarted(
    shell, source, monkeypatch
):
    monkeypatch.setattr("smotefast.batch.feature_plan.kernels_were_compiled", lambda: True)
    code, out, _ = shell("plan", source, "--target", "label", "--memory-limit", "1MiB", "-q")
    assert code == 4
    assert "run the job again in a new process" in out


def test_a_process_that_compiled__restarts(shell, source, monkeypatch):
    errors = []
    monkeypatch.setattr("smotefast.batch.feature_plan.kernels_were_compiled", lambda: True)
    monkeypatch.setattr("smotefast.cli.output.may_restart", lambda: True)
    monkeypatch.setattr("smotefast.cli.output._restart_after_compiling", errors.append)
    code, out, _ = shell("plan", source, "--target", "label", "--memory-limit", "1MiB", "-q")
    assert (code, out) == (4, "")
    assert isinstance(errors[0], JustCompiledError)
