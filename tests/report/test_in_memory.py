"""``smotefast.progress``: calls in memory display their progress and close the display."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import smotefast
from smotefast import SMOTE, SMOTETomek, TomekLinks
from smotefast.neighbors.exact import tiles
from smotefast.report import progress as bars
from tests.helpers.parquet_files import imbalanced, resample, write_file


def data(n=400, n_minority=100):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 4)), (np.arange(n) < n_minority).astype(int)


class Bars(list):
    """The displays that were opened, each with its phases and whether it is closed."""

    def open(self, progress):
        bar = bars.Progress()
        bar.phases, bar.is_closed = [], False
        bar.phase = lambda name, total=None, *, writes=False: bar.phases.append(name)
        bar.close = lambda: setattr(bar, "is_closed", True)
        self.append(bar)
        return bar


@pytest.fixture
def opened(monkeypatch):
    opened = Bars()
    monkeypatch.setattr("smotefast.report.in_memory.make_progress", opened.open)
    return opened


def test_a_callback__gets_the_rows_of_each_phase():
    calls = []
    with smotefast.progress(lambda *rows: calls.append(rows)):
        SMOTE(random_state=0).fit_resample(*data())
    assert list(dict.fromkeys(calls)) == [(0, 81), (81, 81), (0, 200), (200, 200)]


def test_a_long_search__advances_block_by_block(monkeypatch):
    monkeypatch.setattr(tiles, "_WORK_PER_THREAD", 1)
    calls = []
    # Too much work for NumPy, which a process uses before it loads the kernels.
    X = np.random.default_rng(0).normal(size=(9_000, 20)).astype(np.float32)
    with smotefast.progress(lambda *rows: calls.append(rows)):
        TomekLinks(search="exact").fit_resample(X, np.arange(9_000) < 4_400)
    first_total = calls[0][1]
    done = [rows for rows, total in calls if total == first_total]
    assert len(done) > 3
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, first_total)


def test_samplers__give_the_same_rows_with_a_display():
    expected = SMOTE(random_state=0).fit_resample(*data())
    with smotefast.progress(lambda *rows: None):
        found = SMOTE(random_state=0).fit_resample(*data())
    assert all(map(np.array_equal, found, expected))


def test_each_call__has_a_display_and_combinations_have_one(opened):
    with smotefast.progress(True):
        assert not opened
        SMOTE(random_state=0).fit_resample(*data())
        SMOTETomek(random_state=0).fit_resample(*data())
    assert [bar.is_closed for bar in opened] == [True, True]
    assert set(opened[0].phases) == {"searching neighbors", "generating samples"}
    assert set(opened[1].phases) == {"searching neighbors", "generating samples"}


def test_the_block__ends_the_display_of_later_calls(opened):
    with smotefast.progress(True):
        pass
    SMOTE(random_state=0).fit_resample(*data())
    assert not opened


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error__closes_the_display(opened, monkeypatch, error):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr("smotefast.engine.job.Job.fill", fail)
    with pytest.raises(error), smotefast.progress(True):
        SMOTE(random_state=0).fit_resample(*data())
    monkeypatch.undo()
    assert [bar.is_closed for bar in opened] == [True]
    SMOTE(random_state=0).fit_resample(*data())
    assert len(opened) == 1


def test_an_error_of_a_callback__ends_the_call():
    def stop(rows_done, rows_total):
        raise TimeoutError

    with pytest.raises(TimeoutError), smotefast.progress(stop):
        SMOTE(random_state=0).fit_resample(*data())


def test_the_innermost_block__decides():
    outer, inner = [], []
    with smotefast.progress(lambda *rows: outer.append(rows)):
        with smotefast.progress(lambda *rows: inner.append(rows)):
            SMOTE(random_state=0).fit_resample(*data())
        assert inner
        assert not outer
        SMOTE(random_state=0).fit_resample(*data())
    assert outer == inner


def test_a_block__can_be_used_again_and_is_a_decorator(opened):
    shown = smotefast.progress(True)
    for _ in range(2):
        with shown, shown:
            SMOTE(random_state=0).fit_resample(*data())
    shown(SMOTE(random_state=0).fit_resample)(*data())
    SMOTE(random_state=0).fit_resample(*data())
    assert [bar.is_closed for bar in opened] == [True] * 3


def test_threads__have_their_own_displays():
    def resample_in_thread(seed):
        calls = []
        with smotefast.progress(lambda *rows: calls.append(rows)):
            SMOTE(random_state=seed).fit_resample(*data(n_minority=100 + seed))
        return calls

    expected = [resample_in_thread(seed) for seed in range(4)]
    here = []
    with smotefast.progress(lambda *rows: here.append(rows)), ThreadPoolExecutor(4) as threads:
        assert list(threads.map(resample_in_thread, range(4))) == expected
    assert not here


def test_a_job_in_the_block__displays_only_what_its_own_parameter_says(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    calls = []
    with smotefast.progress(lambda *rows: calls.append(rows)):
        resample(source, tmp_path / "out.parquet", progress=False)
    assert not calls


def test_a_bar_in_a_terminal__writes_to_standard_error_and_is_removed(capfd):
    with smotefast.progress(True):
        SMOTE(random_state=0).fit_resample(*data())
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("progress", ["yes", 1, []])
def test_other_values__are_refused_before_a_call(progress):
    with pytest.raises(TypeError, match="must be None, True, False or a callable"):
        with smotefast.progress(progress):
            raise AssertionError("the block must not run")
