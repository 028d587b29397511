"""Exit codes of all commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pyarrow as pa
import pytest

import smotefast.batch.run_job
import smotefast.batch.warmup
import smotefast.cli.demo
import smotefast.cli.diagnose
import smotefast.diagnosis.files
from smotefast.batch.block_plan import MemoryLimitError
from smotefast.cli.output import Exit, exit_code, exit_codes
from smotefast.storage import SourceChangedError
from tests.helpers.command_line import shell as shell
from tests.helpers.parquet_files import imbalanced, write_file


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


TARGET = ["--target", "label"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 2),  # no --target
        ([*TARGET, "--nothing"], 2),
        ([*TARGET, "--sampler", "smoot"], 2),
        ([*TARGET, "--memory-limit", "much"], 2),
        ([*TARGET, "--memory-limit", "0"], 2),
        ([*TARGET, "--k-neighbors", "0"], 2),
        ([*TARGET, "--sampling-strategy", "often"], 2),
        ([*TARGET, "--sampling-strategy", '{"1": 5, "1": 6}'], 2),
        ([*TARGET, "--sampling-strategy", '{"1": "many"}'], 2),
        ([*TARGET, "--sampling-strategy", '{"1": true}'], 2),
        ([*TARGET, "--sampling-strategy", '{"1": 1.5}'], 2),
        ([*TARGET, "--sampling-strategy", '{"1": -3}'], 2),
        ([*TARGET, "--set", "nothing=1"], 2),
        ([*TARGET, "--then-set", "x=1"], 2),
        ([*TARGET, "--then", "random-under", "--then-set", "sampling_strategy=minority"], 2),
        ([*TARGET, "--then", "smote-enn"], 2),
        ([*TARGET, "--drop", "label"], 2),
        (["--target", "lable"], 3),
        ([*TARGET, "--drop", "nothing"], 3),
        ([*TARGET, "--sampling-strategy", '{"7": 100}'], 3),
        ([*TARGET, "--sampling-strategy", "0.01"], 3),
        (["--target", "f0"], 3),
        ([*TARGET, "--memory-limit", "10MiB"], 4),
    ],
)
def test_resample__exits_with_the_code_of_the_error(shell, source, tmp_path, options, code):
    done, out, message = shell("resample", source, tmp_path / "out.parquet", *options)
    assert (done, out) == (code, ""), message
    planned, out, of_plan = shell("plan", source, tmp_path / "out.parquet", *options, "-q")
    assert planned == code
    if "refused: " in out:
        of_plan = f"smotefast: error: {out.partition('refused: ')[2]}"
    # The process is larger the second time.
    lines = [re.sub(r"[\d.]+ [MG]iB", "", text.splitlines()[-1]) for text in (of_plan, message)]
    assert lines[0] == lines[1]
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize(
    ("destination", "code"),
    [("in.parquet", 2), ("x.csv", 2), ("", 2), ("-", 2), ("old.parquet", 6), ("no/x", 5)],
)
def test_resample__exits_with_the_code_of_its_destination(shell, source, destination, code):
    (source.parent / "old.parquet").touch()
    path = source.parent / destination if len(destination) > 1 else destination
    assert shell("resample", source, path, *TARGET)[0] == code


def test_resample__exits_with_6_if_the_destination_is_never_replaced(shell, source, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "notes.txt").touch()
    code, _, message = shell("resample", source, tmp_path / "old", *TARGET, "--overwrite")
    assert code == 6
    assert "notes.txt" in message


@pytest.mark.parametrize("command", ["resample", "diagnose"])
@pytest.mark.parametrize("kind", ["missing", "text", "empty", "one class", "a Delta table"])
def test_commands__exit_with_3_for_errors_in_the_data(shell, tmp_path, command, kind):
    source = tmp_path / "in.parquet"
    if kind == "text":
        source.write_text("x,y\n1,2\n")
    elif kind == "empty":
        write_file(source, imbalanced().slice(0, 0), group_rows=1)
    elif kind == "one class":
        write_file(source, imbalanced().filter(pa.compute.field("label") == 0))
    elif kind == "a Delta table":
        source = tmp_path / "table"
        (source / "_delta_log").mkdir(parents=True)
    places = [source] if command == "diagnose" else [source, tmp_path / "out"]
    assert shell(command, *places, *TARGET)[0] == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["resample", "diagnose"])
def test_commands__exit_with_7_if_the_source_changed(
    shell, source, tmp_path, command, monkeypatch
):
    def change(*args, **options):
        with open(source, "ab") as file:
            file.write(b"more")
        return counted(*args, **options)

    counted = smotefast.batch.scan.scan_classes
    for module in (smotefast.batch.stages, smotefast.diagnosis.files):
        monkeypatch.setattr(module, "scan_classes", change)
    places = [source] if command == "diagnose" else [source, tmp_path / "out"]
    code, _, message = shell(command, *places, *TARGET)
    assert code == 7
    assert "was changed while it was being read" in message


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--sampler", "smoot"], 2),
        (["--memory-limit", "much"], 2),
        (["--drop", "nothing"], 3),
        (["--memory-limit", "10MiB"], 4),
        (["--html", "no/page.html"], 5),
        (["--html", "page.html"], 6),
        (["--html", "page.html", "--overwrite"], 6),  # not an HTML file
    ],
)
def test_diagnose__exits_with_the_code_of_the_error(shell, source, options, code, monkeypatch):
    monkeypatch.chdir(source.parent)
    (source.parent / "page.html").write_text("precious")
    assert shell("diagnose", source, *TARGET, *options)[0] == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), 4),
        (OSError(28, "No space left on device"), 5),
        (SourceChangedError("x"), 7),
        (KeyboardInterrupt(), 130),
        (KeyError("a bug"), 1),
    ],
)
@pytest.mark.parametrize("command", ["warmup", "demo", "resample", "diagnose"])
def test_every_command__has_the_same_codes(
    shell, source, tmp_path, error, code, command, monkeypatch
):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(smotefast.batch.warmup, "compile_all", fail)
    monkeypatch.setattr(smotefast.cli.demo, "write_data", fail)
    monkeypatch.setattr(smotefast.batch, "resample_dataset", fail)
    monkeypatch.setattr(smotefast.cli.diagnose, "diagnose_dataset", fail)
    places = {"resample": [source, tmp_path / "out", *TARGET], "diagnose": [source, *TARGET]}
    assert shell(command, *places.get(command, []))[0] == code


def test_samplers__exits_with_2_for_an_unknown_name(shell):
    assert shell("samplers", "smoot")[0] == 2
    assert shell("demo", "--rows", "3")[0] == 2


def test_help_and_docs__name_every_code(shell):
    text = " ".join(shell("resample", "--help")[1].replace("│", " ").split())
    with open(os.path.join(os.path.dirname(smotefast.__file__), "../docs/batch.md")) as file:
        page = file.read()
    for code in [*(int(code) for code in Exit), 130]:
        assert f"{code}: " in exit_codes(*Exit)
        assert f"| {code} |" in page
    assert "6: the destination exists" in text


def test_a_bug__exits_with_1():
    assert exit_code(AttributeError("x")) == exit_code(IndexError("x")) == 1


def test_the_process__exits_with_the_code(source):
    command = [sys.executable, "-m", "smotefast", "resample", str(source), "x.csv", *TARGET]
    assert subprocess.run(command, capture_output=True).returncode == 2


def test_an_error__is_printed_with_what_it_leaves(shell, tmp_path, monkeypatch):
    def refuse(*given):
        raise MemoryLimitError("memory_limit='1 GiB' is not enough.")

    monkeypatch.setattr(smotefast.batch.run_job, "count_classes", refuse)
    (tmp_path / "in.csv").write_text("x,label\n1,0\n2,1\n")
    code, _, message = shell("resample", tmp_path / "in.csv", tmp_path / "out", *TARGET)
    assert code == 4
    assert "--memory-limit 1GiB is not enough. " in message
    assert " What is done is kept in " in message
    assert "smotefast clean" in message


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("compare", "--json"), ("compare", "--html"), ("diagnose", "--html"),
        ("bench speed", "--json"), ("resample", "--report"), ("resample", "--scratch"),
    ],
)  # fmt: skip
def test_an_option_as_the_name_of_a_file__is_a_usage_error(shell, source, command, option):
    destination = ["out.parquet"] if command == "resample" else []
    code, _, text = shell(
        *command.split(), source, *destination, *TARGET, option, "--overwrite"
    )
    assert code == 2
    assert "'--overwrite' is an option: the name is" in " ".join(text.split())
    assert not os.path.exists("--overwrite")
    assert os.listdir(source.parent) == ["in.parquet"]


def test_help__names_the_codes_of_the_command_only(shell):
    shown = {
        command: set(re.findall(r"\b(\d+): ", shell(*command.split(), "--help")[1]))
        for command in ("compare", "diagnose", "verify", "bench diff")
    }
    common = {"0", "1", "2", "3", "130"}
    assert shown["compare"] == {*common, "5", "6", "7"}
    assert shown["diagnose"] == {*common, "4", "5", "6", "7", "9"}
    assert shown["verify"] == {*common, "8"}
    assert shown["bench diff"] == common
