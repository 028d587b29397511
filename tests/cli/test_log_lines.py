"""Lines about progress on standard error."""

from __future__ import annotations

import json
import logging
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
