"""Lines about progress on standard error, the options for reports, and ``smotefast verify``."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import datetime

import pytest

from smotefast.cli.log_lines import shows_lines
from smotefast.cli.options import LogFormat
from tests.helpers.command_line import run
from tests.helpers.parquet_files import imbalanced, write_file

KEYS = (
    "time", "phase", "rows", "total", "rows_per_second", "resident_bytes", "seconds_left",
)  # fmt: skip


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


def resample(source, destination, *options):
    return run("resample", source, destination, "--target", "label", *options)


def test_a_job_in_a_pipe__prints_a_line_for_each_phase(source, destination):
    command = [sys.executable, "-m", "smotefast", "resample", source, destination]
    done = subprocess.run(
        [*map(str, command), "--target", "label"], capture_output=True, text=True
    )
    lines = [line for line in done.stderr.splitlines() if "compiling" not in line]
    assert done.returncode == 0
    assert lines[0].startswith("smotefast: counting classes: 0 of 600 rows, ")
    assert lines[-1].startswith("smotefast: writing: 0 of 1,080 rows, ")
    assert all(line.startswith("smotefast: ") for line in lines)


def test_json__has_one_object_in_each_line(source, destination):
    done = resample(source, destination, "--log-format", "json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines
    assert {tuple(line) for line in lines} == {KEYS}
    assert [lines[0]["phase"], lines[-1]["phase"]] == ["counting classes", "writing"]
    assert lines[-1]["total"] == 1080
    for line in lines:
        assert datetime.fromisoformat(line["time"]).tzinfo is not None
        assert line["resident_bytes"] > 0


@pytest.mark.parametrize("options", [["--quiet"], ["--log-format", "none"]])
def test_quiet_and_none__print_no_lines(source, destination, options):
    assert resample(source, destination, *options).stderr == ""


def test_quiet__wins_over_a_format(source, destination):
    done = resample(source, destination, "--quiet", "--log-format", "json")
    assert (done.stdout, done.stderr) == ("", "")


def test_a_job__leaves_the_logger_as_it_was(source, destination):
    logger = logging.getLogger("smotefast")
    before = logger.level, list(logger.handlers)
    resample(source, destination, "--log-format", "text")
    assert (logger.level, list(logger.handlers)) == before


@pytest.mark.parametrize(
    ("log_format", "quiet", "is_terminal", "expected"),
    [
        (None, False, False, True),
        (None, False, True, False),
        (None, True, False, False),
        (LogFormat.TEXT, False, True, True),
        (LogFormat.JSON, False, True, True),
        (LogFormat.JSON, True, True, False),
        (LogFormat.NONE, False, False, False),
        (LogFormat.NONE, False, True, False),
    ],
)
def test_lines__are_shown_on_request_or_without_a_terminal(
    log_format, quiet, is_terminal, expected, monkeypatch
):
    class Stream:
        def isatty(self):
            return is_terminal

    monkeypatch.setattr(sys, "stderr", Stream())
    assert shows_lines(log_format, quiet=quiet) is expected


def test_a_process_without_standard_error__can_run(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert shows_lines(None, quiet=False)


def test_other_formats__are_refused(source, destination):
    assert resample(source, destination, "--log-format", "xml").returncode == 2


def test_options_of_the_layout__reach_the_report_and_verify_accepts_it(source, tmp_path):
    report = tmp_path / "report.json"
    options = (
        "--compression zstd --compression-level 7 --row-group-size 40 --part-size 4KiB"
    ).split()
    done = resample(source, tmp_path / "out", "--report", report, *options)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())["options"]
    assert (found["compression"], found["compression_level"]) == ("zstd", 7)
    assert (found["row_group_size"], found["part_size"]) == (40, 4096)
    done = run("verify", tmp_path / "out", "--report", report)
    n_parts = len(os.listdir(tmp_path / "out"))
    assert done.returncode == 0
    assert done.stdout == f"{n_parts} parts, 1,080 rows: as reported.\n"


def test_verify__exits_with_8_and_a_line_for_each_difference(source, tmp_path):
    report = tmp_path / "report.json"
    resample(source, tmp_path / "out", "--report", report)
    (tmp_path / "out" / "part-00000.parquet").rename(tmp_path / "out" / "other.parquet")
    done = run("verify", tmp_path / "out", "--report", report)
    assert (done.returncode, done.stderr) == (8, "")
    assert done.stdout.splitlines() == [
        "part-00000.parquet: is missing",
        "other.parquet: is not in the report",
    ]


@pytest.mark.parametrize("content", [None, "{}"])
def test_verify__exits_with_3_without_a_report(source, tmp_path, content):
    report = tmp_path / "report.json"
    if content:
        report.write_text(content)
    done = run("verify", source, "--report", report)
    assert done.returncode == 3
    assert done.stderr.startswith("smotefast: error: ")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--compression", "snappy", "--compression-level", "3"], 2, "'snappy' has no levels"),
        (["--compression-level", "3"], 2, "--compression-level 3 needs compression"),
        (["--compression", "zip"], 2, "--compression zip must be one of"),
        (["--row-group-size", "0"], 2, "--row-group-size 0 must be a whole number"),
        (["--part-size", "x"], 2, "--part-size x is not a size"),
        (["--part-size", "5MiB"], 2, "--part-size 5242880 has no effect"),
        (["--report", "no/report.json"], 2, "--report no/report.json: the folder"),
        (["--report", "/proc/report.json"], 5, "of the report is not writable"),
    ],
)
def test_wrong_values__are_named_by_their_option(source, destination, options, code, message):
    done = resample(source, destination, *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert not destination.exists()


def test_a_report__is_written_if_the_reader_of_the_summary_is_gone(source, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "smotefast", "resample", source, tmp_path / "out"]
    command += ["--target", "label", "--report", report]
    done = subprocess.run(list(map(str, command)), stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 0
    assert json.loads(report.read_text())["rows"] == 1080
