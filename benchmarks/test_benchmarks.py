"""Quick benchmarks for everyday work: ``python -m pytest benchmarks``.

They compare a change with the state before it (``--benchmark-autosave`` and
``--benchmark-compare``). What the documents say is measured by ``benchmarks.run``.
"""

from __future__ import annotations

import importlib
import json

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import benchmarks.cases.small
import benchmarks.cases.turns
import benchmarks.data
import benchmarks.family_sides
import benchmarks.real_turns
from benchmarks.cases import CASES
from benchmarks.cases.small import SAMPLERS
from benchmarks.cleaning_report import TABLE
from benchmarks.cleaning_tasks import tasks
from benchmarks.data import clustered_rows, mixed_frame
from benchmarks.kernel_turns import copy_in_halves
from benchmarks.plan import Plan
from benchmarks.processes import Finished
from benchmarks.programs import EXACT, OURS
from benchmarks.real_program import put
from benchmarks.sections import section
from benchmarks.sides import load, make_sampler
from smotefast._threads import thread_count
from smotefast.kernels.interpolate import interpolate_rows
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import SMOTE, RandomOverSampler

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


def test_smote__small(benchmark):
    rng = np.random.default_rng(0)
    y = (np.arange(10_000) < 1_000).astype(np.int64)
    X = clustered_rows(y, 20, rng).astype(np.float64)
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    X_new, _ = benchmark(sampler.fit_resample, X, y)
    assert X_new.shape == (18_000, 20)


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


@pytest.mark.filterwarnings("ignore")  # few support vectors, counts rounded: said elsewhere
@pytest.mark.parametrize("one", SAMPLERS, ids=lambda one: one.name)
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

    for module in (benchmarks.cases.turns, benchmarks.data, benchmarks.real_turns):
        monkeypatch.setattr(module, "call", call)
    monkeypatch.setattr(benchmarks.cases.turns, "run_code", lambda program: finished)
    few = [one for one in SAMPLERS if one.name in _SMALL]  # each is run above
    monkeypatch.setattr(benchmarks.cases.small, "SAMPLERS", few)
    with threadpool_limits(1):  # on a busy machine k-means threads wait for each other
        yield


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", _REHEARSED)
def test_case__runs_at_its_smallest_scale(in_this_process, name, tmp_path):
    measured = CASES[name](Plan(tmp_path, quick=True))
    text = section({"case": name, "date": "", "load_before": 0, **measured})
    assert text.startswith(f"### {measured['title']}")
    assert all(claim["measured"] > 0 for claim in measured["claims"])


@pytest.mark.filterwarnings("ignore")
def test_real_cleaning__runs_on_a_small_table(in_this_process, monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks.family_sides.resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(benchmarks.family_sides, "_LATER", 1)
    X, y = load(SAMPLERS[0].data_in(tmp_path))
    (tmp_path / "benchmark").mkdir()
    np.savez(tmp_path / "benchmark" / "made.npz", data=X, label=y)
    found = list(benchmarks.real_turns.measured(tasks, tmp_path, ""))
    assert len(found) == 8
    stored = tmp_path / "results" / "stored.json"
    for one in [*found, found[2] | {"rows": 7}]:
        put(stored, one)
    rows = [(one["sampler"], one["rows"]) for one in json.loads(stored.read_text())]
    assert rows == [(one["sampler"], 7 if i == 2 else len(X)) for i, one in enumerate(found)]
    assert all(one["sides"][EXACT]["decisions_equal"] == 1 for one in found)
    assert all("made" in TABLE.line(one) for one in found)
