"""The log of a job: a line for each phase and every ten seconds, with rates and memory."""

from __future__ import annotations

import itertools
import logging
import re

import pytest

from smotefast.over_sampling import SMOTE
from smotefast.report import Facts, LoggedProgress, Progress, StepTimes
from smotefast.report.meter import Meter
from tests.helpers.parquet_files import imbalanced, resample, write_file


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def facts(caplog):
    """Return what was logged."""
    caplog.set_level(logging.INFO, "smotefast")
    return lambda: [each.msg for each in caplog.records if isinstance(each.msg, Facts)]


def test_a_line__has_rows_speed_memory_and_time_left():
    line = str(Facts("writing", 3_200_000, 15_700_000, 1_900_000.4, 412 << 20, 6.6))
    expected = "3,200,000 of 15,700,000 rows, 1,900,000 rows/s, 412 MiB, 7 s left"
    assert line == f"writing: {expected}"
    assert str(Facts("loading", 0, None, 0.0, 5 << 20, None)) == "loading: 5 MiB"


def test_a_meter__is_finite_without_rows_and_without_time(clock):
    meter = Meter(clock)
    for total in (None, 0, 10):
        meter.begin("a", total)
        found = meter.facts()
        assert (found.rows, found.rows_per_second, found.seconds_left) == (0, 0.0, None)
        clock.now += 5
        found = meter.facts()
        assert (found.rows_per_second, found.seconds_left) == (0.0, None)
        meter.begin("b", total)
        meter.add(5)
        assert (meter.facts().rows, meter.facts().rows_per_second) == (5, 0.0)


def test_a_meter__does_not_count_rows_of_an_earlier_run_as_fast(clock):
    meter = Meter(clock)
    meter.begin("writing", 1000)
    clock.now += 2
    meter.skip(600)
    clock.now += 10
    meter.add(100)
    found = meter.facts()
    assert (found.rows, found.rows_per_second, found.seconds_left) == (700, 10.0, 30.0)
    meter.add(1000)  # more than the total
    assert meter.facts().seconds_left == 0


def test_the_log__has_a_line_for_each_phase_and_one_every_ten_seconds(clock, facts):
    with LoggedProgress(Progress(), clock) as log:
        log.phase("reading", 100)
        for _ in range(7):
            clock.now += 4
            log.advance(10)
        log.phase("writing", 50)
    assert [(each.phase, each.rows) for each in facts()] == [
        ("reading", 0),
        ("reading", 30),
        ("reading", 60),
        ("writing", 0),
    ]
    assert facts()[1].rows_per_second == 2.5
    assert facts()[1].seconds_left == 28


def test_the_log__does_not_repeat_a_phase_within_ten_seconds(clock, facts):
    log = LoggedProgress(Progress(), clock)
    for _ in range(25):
        log.phase("searching neighbors", 5)
        clock.now += 1
    assert len(facts()) == 3


def test_the_log__hands_everything_on_to_the_display(clock):
    calls = []
    display = Progress()
    for name in ("phase", "advance", "skip", "close"):
        setattr(display, name, lambda *given, n=name, **more: calls.append((n, *given)))
    with LoggedProgress(display, clock) as log:
        log.phase("a", 3, writes=True)
        log.skip(1)
        log.advance(2)
    assert calls == [("phase", "a", 3), ("skip", 1), ("advance", 2), ("close",)]


@pytest.mark.parametrize("progress", [None, False, lambda done, total: None])
def test_a_job__logs_its_phases_and_searches(tmp_path, facts, progress):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / "out.parquet", progress=progress)
    assert [(each.phase, each.total) for each in facts()] == [
        ("counting classes", 600),
        ("loading kernels", None),
        ("reading classes", 600),
        ("finding neighbors", None),
        ("searching neighbors", 60),
        ("writing", 1080),
    ]
    assert all(each.resident_bytes > 1 << 20 for each in facts())


def test_a_search_of_a_job__does_not_reach_a_callback(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    totals = set()
    resample(source, tmp_path / "out", progress=lambda done, total: totals.add(total))
    assert totals == {1080}


def test_a_job__is_silent_by_default(tmp_path, capfd):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / "out.parquet", progress=None)
    assert capfd.readouterr() == ("", "")


def test_a_bar_in_a_terminal__shows_speed_memory_and_time_left(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    source = write_file(tmp_path / "in.parquet", imbalanced())
    sampler = SMOTE(random_state=0)
    resample(source, tmp_path / "out.parquet", progress=True, sampler=sampler)
    shown = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", capfd.readouterr().err)
    facts = r"\d:\d\d:\d\d [\d,]+ rows/s, [\d.]+ [MG]iB, \d+ s left"
    assert re.search(rf"writing +\S+ +100% {facts}", shown)


def test_step_times__add_up(clock):
    times = StepTimes("counting", clock)
    for step, seconds in zip(["planning", "counting", "writing"], itertools.count(1)):
        clock.now += seconds
        times.begin(step)
    clock.now += 4
    assert times.result() == {"counting": 1 + 3, "planning": 2, "writing": 4}
