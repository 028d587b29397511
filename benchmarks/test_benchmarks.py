"""Quick benchmarks for everyday work: ``python -m pytest benchmarks``.

They compare a change with the state before it (``--benchmark-autosave`` and
``--benchmark-compare``; ``--benchmark-histogram`` draws them). The cases are those of
``smotefast bench``, in one group each. What the documents have is measured by
``benchmarks.run``.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import SMALL
from benchmarks.data import mixed_frame
from benchmarks.kernel_turns import copy_in_halves
from benchmarks.libraries import OURS
from benchmarks.measure import Plan
from benchmarks.sides import load, make_sampler
from smotefast._threads import thread_count
from smotefast.bench.cases import Case, DataSet, product_grid
from smotefast.bench.contenders import CONTENDERS, choose_contenders
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
@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_sampler__a_thousand_rows(benchmark, case, tmp_path):
    X, y = load(**case.data.arguments(Plan(tmp_path)))
    sampler = make_sampler(OURS, case.sampler, **case.parameters)
    sampler.fit_resample(X, y)
    X_new, _ = benchmark.pedantic(sampler.fit_resample, (X, y), rounds=5)
    assert len(X_new) != len(X)
