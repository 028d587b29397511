"""Quick benchmarks for everyday work: ``python -m pytest benchmarks``.

They compare a change with the state before it (``--benchmark-autosave`` and
``--benchmark-compare``; ``--benchmark-histogram`` draws them). The cases are those of
``smotefast bench``, in one group each. What the documents have is measured by
``benchmarks.run``.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks import approximation_cost, data, real, special, turns
from benchmarks.cases import CASES
from benchmarks.data import load, mixed_frame
from benchmarks.kernel_turns import copy_in_halves
from benchmarks.programs import EXACT, OURS
from benchmarks.real_reports import TABLES
from benchmarks.sections import section
from benchmarks.sides import make_sampler
from smotefast._threads import thread_count
from smotefast.bench.cases import Case, DataSet, product_grid
from smotefast.bench.contenders import CONTENDERS, choose_contenders
from smotefast.bench.processes import Finished
from smotefast.bench.shapes import SHAPES, clustered_rows, make_rows
from smotefast.kernels.interpolate import interpolate_rows
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import RandomOverSampler

_GRID = [
    *product_grid(Case(threads=thread_count(None)), {"shape": SHAPES, "rows": [2_000]}),
    Case(DataSet(), threads=thread_count(None)),
]
# pynndescent, which is always installed, would compile for 15 s.
_NAMES = ["smotefast", "smotefast-exact", "smotefast-approximate", "imbalanced-learn"]
_CONTENDERS, _ = choose_contenders({each.name: each for each in CONTENDERS}, _NAMES)
_REHEARSED = (
    "smote_nc_55k_frame",
    "smote_n_20k",
    "borderline_300k",
    "kmeans_smote_55k",
    "svm_smote_10k",
    "smote_enn_55k",
    "tomek_links_55k",
    "near_miss_2_55k",
    "one_sided_55k",
    "condensed_11k",
    "random_under_55k",
    "all_knn_500k",
    "smote_tomek_500k",
    "small_1k",
)
_SMALL = ("SMOTE", "EditedNearestNeighbours", "ClusterCentroids", "SMOTEENN")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    return clustered_rows(np.ones(20_000, dtype=np.int64), 30, rng)


@pytest.mark.parametrize("contender", _CONTENDERS, ids=lambda contender: contender.name)
@pytest.mark.parametrize("case", _GRID, ids=lambda case: case.name)
def test_case__of_the_package(benchmark, case, contender):
    benchmark.group = case.name
    (X, y), _ = make_rows(case.data, SHAPES)
    sampler = contender.make(case)
    sampler.fit_resample(X, y)
    X_new, _ = benchmark.pedantic(sampler.fit_resample, (X, y), rounds=5)
    assert len(X_new) == 2 * case.data.class_counts()[0]


@pytest.mark.parametrize("search", ["exact", "approximate"])
def test_find_neighbors__20_000_rows(benchmark, rows, search):
    how = {"search": search, "n_threads": thread_count(None)}
    find_neighbors(rows, 5, **how)
    found = benchmark.pedantic(find_neighbors, (rows, 5), how, rounds=3)
    assert found.indices.shape == (20_000, 5)


def test_interpolate_rows__a_million(benchmark, rows):
    random = np.random.RandomState(0)
    neighbors = random.randint(0, len(rows), (len(rows), 5)).astype(np.int32)
    choices = random.randint(0, neighbors.size, 1_000_000)
    out = np.zeros((1_000_000, 30), np.float32)
    given = (rows, rows, neighbors, choices, random.rand(len(choices)), out)
    threads = {"n_threads": thread_count(None)}
    interpolate_rows(*given, **threads)
    benchmark(interpolate_rows, *given, **threads)
    assert out.any(axis=1).all()


def test_copy__the_bytes_of_a_million_rows(benchmark):
    source, out = (np.zeros((1_000_000, 30), np.float32) for _ in range(2))
    benchmark(copy_in_halves, source, out)


def test_random_over_sampler__mixed_frame(benchmark):
    frame, y = mixed_frame(100_000)
    sampler = RandomOverSampler(random_state=0)
    X_new, y_new = benchmark.pedantic(sampler.fit_resample, (frame, y), rounds=3)
    assert list(X_new.dtypes) == list(frame.dtypes)
    assert y_new.value_counts().nunique() == 1


@pytest.mark.filterwarnings("ignore")  # few support vectors, counts rounded: tested with them
@pytest.mark.parametrize("one", special.SMALL, ids=lambda one: one.name)
def test_sampler__a_thousand_rows(benchmark, one, tmp_path):
    X, y = load(one.data_in(tmp_path))
    sampler = make_sampler(OURS, one.sampler, **one.parameters)
    sampler.fit_resample(X, y)
    X_new, _ = benchmark.pedantic(sampler.fit_resample, (X, y), rounds=5)
    assert len(X_new) != len(X)


@pytest.fixture
def in_this_process(monkeypatch):
    """Call what a case calls in fresh processes here: what is tested is that it runs."""
    finished = Finished(1.0, 1.0, 0.0, 1, "")

    def call(function, **arguments):
        module, name = function.split(":")
        answer = getattr(importlib.import_module(module), name)(**arguments)
        return json.loads(json.dumps(answer or {})) | {"process": finished.times()}

    for module in (turns, data, real):
        monkeypatch.setattr(module, "call", call)
    monkeypatch.setattr(turns, "run_code", lambda program: finished)
    monkeypatch.setattr("benchmarks.sides._limit_address_space", lambda gib: None)
    few = [one for one in special.SMALL if one.name in _SMALL]  # each is run above
    monkeypatch.setattr(special, "SMALL", few)
    with threadpool_limits(1):  # on a busy machine k-means threads wait for each other
        yield


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", _REHEARSED)
def test_case__runs_at_its_smallest_scale(in_this_process, name, tmp_path):
    measured = CASES[name](turns.Plan(tmp_path, quick=True))
    text = section({"case": name, "date": "", "load_before": 0, **measured})
    assert text.startswith(f"### {measured['title']}")
    assert all(claim["measured"] > 0 for claim in measured["claims"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "n"), [("data", 1), ("family", 5), ("cleaning", 8)])
def test_real_data__runs_on_a_small_table(in_this_process, kind, n, monkeypatch, tmp_path):
    monkeypatch.setattr(real, "_LATER", 1)
    X, y = load(special.SMALL[0].data_in(tmp_path))
    (tmp_path / "benchmark").mkdir()
    np.savez(tmp_path / "benchmark" / "made.npz", data=X, label=y)
    found = list(real.measured(kind, tmp_path, ""))
    assert len(found) == n
    stored = tmp_path / "results" / "stored.json"
    for one in [*found, found[-1] | {"rows": 7}]:
        real.put(stored, one)
    sizes = [one["rows"] for one in json.loads(stored.read_text())]
    assert sizes == [*[len(X)] * (n - 1), 7]
    if kind == "cleaning":
        assert all(one["sides"][EXACT]["decisions_equal"] == 1 for one in found)
    else:
        assert all(one["equal"] in (1, None) for one in found)
    assert all("made" in TABLES[kind].line(one) for one in found)


def test_approximation_cost__finds_the_recall_and_the_loss(monkeypatch):
    logistic = {"logistic": approximation_cost.models()["logistic"]}
    monkeypatch.setattr(approximation_cost, "models", lambda: logistic)
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 8 == 0).astype(int)
    X = rng.normal(size=(400, 3))
    X[y == 1] = 0.1 * X[y == 1] + 3 * rng.choice([-1, 1], (50, 3))  # far clusters
    found = approximation_cost.measure("made", X, y, repeats=1)
    levels = found["levels"]
    assert levels["approximate"]["recall"] > 0.9
    assert 0.15 < levels["kept 0.2"]["recall"] < 0.4
    f1 = [levels[f"kept {kept}"]["models"]["logistic"]["F1"]["mean"] for kept in (0.95, 0)]
    assert f1[0] >= f1[1]
    last = approximation_cost.summary([found])[-1]
    assert (last["compared"], last["worse_by_chance"]) == (5, 1)


def test_approximation_page__has_the_tables_of_the_stored_results():
    stored = json.loads(approximation_cost.RESULTS.read_text())
    page = Path(approximation_cost.__file__).parent.parent / "docs" / "approximation.md"
    tables = approximation_cost.tables(stored).split("\n\n")
    assert all(table in page.read_text() for table in tables)
