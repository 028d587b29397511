"""How selections compare, and what becomes of a call that takes too much."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import sides
from benchmarks.data import load
from benchmarks.programs import OURS, THEIRS
from benchmarks.sections import section
from benchmarks.selections import compare, save_selection
from benchmarks.sides import make_sampler
from benchmarks.special import SMALL
from benchmarks.tables import summary
from benchmarks.turns import Side, ratio, summary_of_calls


class _Kept:
    """A sampler that has kept some rows."""

    def __init__(self, rows):
        self.sample_indices_ = np.array(rows)


class SMOTETomek:
    """A combination that has made two rows of each of two classes, by its name."""

    def __init__(self, rows):
        self.tomek_ = _Kept(rows)
        self.smote_ = make_sampler(OURS, "SMOTE")
        self.smote_.sampling_strategy_ = {0: 2, 1: 2}


@pytest.mark.parametrize(
    ("kept", "decisions", "rows"),
    [([0, 1, 2], 1, 1), ([2, 1, 0], 1, 1), ([0, 1], 3 / 4, 2 / 3), ([0, 1, 3], 2 / 4, 2 / 3)],
)
def test_compare__counts_decisions_and_rows(tmp_path, kept, decisions, rows):
    files = _saved(tmp_path, (_Kept([0, 1, 2]), np.eye(4)[:3]), (_Kept(kept), np.eye(4)[kept]))
    assert compare(*files) == {"decisions_equal": decisions, "rows_equal": rows}


def test_compare__new_rows_need_equal_values(tmp_path):
    one, other = np.zeros((4, 2)), np.zeros((4, 2))
    other[3] = 1
    files = _saved(tmp_path, (SMOTETomek([0, 1, 4, 7]), one), (SMOTETomek([0, 1, 4, 7]), other))
    assert compare(*files) == {"decisions_equal": 1, "rows_equal": 3 / 4}


def test_compare__of_both_libraries(tmp_path):
    X, y = load(SMALL[0].data_in(tmp_path))
    made = [make_sampler(library, "SMOTEENN") for library in (OURS, THEIRS)]
    results = [(one, one.fit_resample(X, y)[0]) for one in made]
    files = _saved(tmp_path, *results, n_before=len(X))
    assert compare(*files) == {"decisions_equal": 1, "rows_equal": 1}


def _saved(folder, *selections, n_before=4):
    files = [str(folder / str(i)) for i in range(2)]
    for file, (made, X_new) in zip(files, selections, strict=True):
        save_selection(file, made, n_before, X_new)
    return files


def test_limit__a_stopped_call_is_shown_without_a_time(tmp_path):
    folder = SMALL[0].data_in(tmp_path)
    answer = Side(THEIRS, 0, "TomekLinks", more={"limit": 1e-4}).call(folder)
    assert answer["stopped"] == 1e-4
    both = _beside_ours(answer | {"stopped": 600})
    speed = {"measured": ratio(both, what="first_call"), "is_least": True}
    case = _case(both) | {"speed": speed}
    assert "| imbalanced-learn | stopped after 600 s |" in section(case)
    assert "| t | stopped after 600 s | 2 s | more than 300x |" in summary({"c": case})


def test_memory__what_there_is_not_is_shown_as_it_is_told(tmp_path, monkeypatch):
    def ask_for_too_much(X, y):
        raise MemoryError("Unable to allocate 168. GiB")

    made = SimpleNamespace(fit_resample=ask_for_too_much)
    monkeypatch.setattr(sides, "make_sampler", lambda *_: made)
    answer = sides.sampler_calls(THEIRS, 0, SMALL[0].data_in(tmp_path))
    case = _case(_beside_ours(answer))
    told = "refused: Unable to allocate 168. GiB"
    assert f"| imbalanced-learn | {told} |" in section(case)
    assert f"| t | {told} | 2 s |  |" in summary({"c": case})


def _case(both):
    told = {"case": "c", "title": "t", "date": "", "load_before": 0, "data": {}, "notes": []}
    return told | {"sides": both, "claims": []}


def _beside_ours(answer):
    return {OURS: _our_side(), THEIRS: summary_of_calls([answer])}


def _our_side():
    process = {"wall": 3.0, "cpu": 3.0, "peak": 1}
    answer = {"first": 2.0, "later": [], "peak": 1, "process": process}
    return summary_of_calls([answer])
