"""The cases run, results are compared, and what cannot be measured is shown as it is."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import approximation_cost, real_cases, run, sides
from benchmarks.agreement import compare, equal_share, save_result
from benchmarks.data import Generated
from benchmarks.measure import EXACT, OURS, THEIRS, Plan, save
from benchmarks.sampler_cases import sampler_case
from benchmarks.sides import load, make_sampler
from benchmarks.tables import cases, shown_times, summary
from smotefast.bench.cases import DataSet

_REHEARSED = (
    *("smote_nc_55k_frame", "smote_n_20k", "borderline_300k", "kmeans_smote_55k"),
    *("svm_smote_10k", "smote_enn_55k", "tomek_links_55k", "near_miss_2_55k", "one_sided_55k"),
    *("condensed_11k", "random_under_55k", "all_knn_500k", "smote_tomek_500k"),
    *("small_ClusterCentroids", "smote_300k_process", "smote_3m", "other_targets"),
    "search_low_rank",
)
_FEW = Generated(DataSet("little-overlap", n_rows=1_000, ratio=1 / 9))


def _named(name):
    return next(case for of in run.groups().values() for case in of if case.name == name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", _REHEARSED)
def test_case__runs_at_its_smallest_scale(in_this_process, name, tmp_path):
    measured = run.measure(_named(name), Plan(tmp_path, quick=True))
    assert measured["title"] in cases([measured])
    assert measured["sides"].keys() == _named(name).sides.keys()
    assert all(shown_times(side)["median"] > 0 for side in measured["sides"].values())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "n"), [(real_cases.over_samplers, 5), (real_cases.cleaning, 8)]
)
def test_real_data__runs_on_a_small_table(in_this_process, kind, n, tmp_path):
    X, y = load(**_FEW.arguments(Plan(tmp_path)))
    (tmp_path / "benchmark").mkdir()
    np.savez(tmp_path / "benchmark" / "tiny.npz", data=X, label=y)
    plan = Plan(tmp_path, quick=True, tables=tmp_path)
    found = [run.measure(case, plan) for case in kind(tmp_path) if "tiny" in case.name]
    assert len(found) == n
    path = tmp_path / "results" / "stored.json"
    for one in [*found, found[-1] | {"notes": ["again"]}]:
        save(path, one)
    stored = json.loads(path.read_text())
    assert [case["notes"] for case in stored] == [[]] * (n - 1) + [["again"]]
    for case in stored:
        side = case["sides"][EXACT if EXACT in case["sides"] else OURS]
        assert side["rows_equal"] == side.get("decisions_equal", 1) == 1


class TomekLinks:
    """A sampler that has kept some rows."""

    def __init__(self, rows):
        self.sample_indices_ = np.array(rows)


class SMOTETomek:
    """A combination that has generated two rows of each of two classes."""

    def __init__(self, rows):
        self.tomek_ = TomekLinks(rows)
        self.smote_ = SimpleNamespace(sampling_strategy_={0: 2, 1: 2})


@pytest.mark.parametrize(
    ("kept", "decisions", "rows"),
    [([0, 1, 2], 1, 1), ([2, 1, 0], 1, 1), ([0, 1], 3 / 4, 2 / 3), ([0, 1, 3], 2 / 4, 2 / 3)],
)
def test_compare__counts_decisions_and_rows(tmp_path, kept, decisions, rows):
    first = TomekLinks([0, 1, 2]), np.eye(4)[:3]
    files = _saved(tmp_path, first, (TomekLinks(kept), np.eye(4)[kept]))
    assert compare(*files) == {"decisions_equal": decisions, "rows_equal": rows}


def test_compare__new_rows_need_equal_values(tmp_path):
    one, other = np.zeros((4, 2)), np.zeros((4, 2))
    other[3] = 1
    files = _saved(tmp_path, (SMOTETomek([0, 1, 4, 7]), one), (SMOTETomek([0, 1, 4, 7]), other))
    assert compare(*files) == {"decisions_equal": 1, "rows_equal": 3 / 4}
    files = _saved(tmp_path, (SimpleNamespace(), one), (SimpleNamespace(), other), n=2)
    assert compare(*files) == {"rows_equal": 1 / 2}
    assert equal_share(one.astype("f4"), one) == 1
    assert equal_share(one + np.finfo(float).eps, one) == 0


def _saved(folder, *results, n=4):
    files = [str(folder / str(i)) for i in range(2)]
    for file, (sampler, X_new) in zip(files, results, strict=True):
        save_result(file, sampler, n, X_new)
    return files


def test_limit__a_stopped_call_is_shown_without_a_time(tmp_path):
    case = sampler_case("c", "TomekLinks", _FEW, title="t", rounds=1, limit=1e-4, later=0)
    measured = case.measure(Plan(tmp_path)) | {"name": "c"}
    assert measured["sides"][THEIRS] == {"stopped": 1e-4}
    measured["sides"] = {
        OURS: {"first_call": {"median": 2.0, "n": 1}},
        THEIRS: {"stopped": 600},
    }
    assert "| stopped after 600 s | more than 300x |" in cases([measured])
    assert "| t | stopped after 600 s | 2 s | more than 300x |" in summary([measured])


def test_memory__what_there_is_not_is_shown_as_it_is_told(
    tmp_path, monkeypatch, in_this_process
):
    def ask_for_too_much(X, y):
        raise MemoryError("Unable to allocate 168. GiB")

    def make(library, name):
        if library == THEIRS:
            return SimpleNamespace(fit_resample=ask_for_too_much)
        return make_sampler(library, name)

    monkeypatch.setattr(sides, "make_sampler", make)
    case = sampler_case("c", "SMOTE", _FEW, title="t", rounds=1)
    measured = case.measure(Plan(tmp_path)) | {"name": "c"}
    shown = "refused: Unable to allocate 168. GiB"
    assert f"| {shown} |" in cases([measured])
    assert f"| t | {shown} |" in summary([measured])


def test_approximation_cost__finds_the_recall_and_the_loss(monkeypatch):
    logistic = {"logistic": approximation_cost.models()["logistic"]}
    monkeypatch.setattr(approximation_cost, "models", lambda: logistic)
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 8 == 0).astype(int)
    X = rng.normal(size=(400, 3))
    X[y == 1] = 0.1 * X[y == 1] + 3 * rng.choice([-1, 1], (50, 3))  # far clusters
    found = approximation_cost.measure("tiny", X, y, repeats=1)
    levels = found["levels"]
    assert levels["approximate"]["recall"] > 0.9
    assert 0.15 < levels["kept 0.2"]["recall"] < 0.4
    f1 = [levels[f"kept {kept}"]["models"]["logistic"]["F1"]["mean"] for kept in (0.95, 0)]
    assert f1[0] >= f1[1]
    last = approximation_cost.level_table([found]).splitlines()[-1]
    assert last.startswith("| kept 0 |")
    assert "of 5 |" in last
