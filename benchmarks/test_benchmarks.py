"""Quick benchmarks for everyday work: ``python -m pytest benchmarks``.

They compare a change with the state before it (``--benchmark-autosave`` and
``--benchmark-compare``; ``--benchmark-histogram`` draws them). The cases are those of
``smotefast bench``, in one group each. What the documents have is measured by
``benchmarks.run``.
"""

from __future__ import annotations

import threading

import numpy as np
import pytest

from benchmarks.data import mixed_frame
from benchmarks.measure import OURS, Plan
from benchmarks.sampler_cases import SMALL
from benchmarks.sides import load, make_sampler
from smotefast._threads import thread_count
from smotefast.bench.cases import Case, DataSet, product_grid
from smotefast.bench.contenders import CONTENDERS, choose_contenders
from smotefast.bench.shapes import SHAPES, clustered_rows, make_rows
from smotefast.kernels.interpolate import interpolate_rows
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import RandomOverSampler

_THREADS = thread_count(None)
_GRID = [
    *product_grid(Case(threads=_THREADS), {"shape": SHAPES, "rows": [2_000]}),
    Case(DataSet(), threads=_THREADS),
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
    how = {"search": search, "n_threads": _THREADS}
    find_neighbors(rows, 5, **how)
    found = benchmark.pedantic(find_neighbors, (rows, 5), how, rounds=3)
    assert found.indices.shape == (20_000, 5)


def copy_in_halves(base, pool, neighbors, choices, steps, out, n_threads):
    """Write as many bytes by two threads of ``numpy.copyto``."""
    source, half = np.ones_like(out), len(out) // 2
    other = threading.Thread(target=np.copyto, args=(out[half:], source[half:]))
    other.start()
    np.copyto(out[:half], source[:half])
    other.join()


@pytest.mark.benchmark(group="a million rows are written")
@pytest.mark.parametrize("kernel", [copy_in_halves, interpolate_rows])
def test_interpolation__of_a_million_rows(benchmark, rows, kernel):
    random = np.random.RandomState(0)
    neighbors = random.randint(0, len(rows), (len(rows), 5)).astype(np.int32)
    choices = random.randint(0, neighbors.size, 1_000_000)
    out = np.zeros((1_000_000, 30), np.float32)
    given = (rows, rows, neighbors, choices, random.rand(len(choices)), out)
    kernel(*given, n_threads=_THREADS)
    benchmark(kernel, *given, n_threads=_THREADS)
    assert out.any(axis=1).all()


def test_random_over_sampler__mixed_frame(benchmark):
    frame, y = mixed_frame(100_000)
    sampler = RandomOverSampler(random_state=0)
    X_new, y_new = benchmark.pedantic(sampler.fit_resample, (frame, y), rounds=3)
    assert list(X_new.dtypes) == list(frame.dtypes)
    assert y_new.value_counts().nunique() == 1


@pytest.mark.filterwarnings("ignore")  # few support vectors, counts rounded: tested with them
@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_sampler__a_thousand_rows(benchmark, case, tmp_path):
    given = case.sides[OURS].arguments
    X, y = load(**given["data"].arguments(Plan(tmp_path)))
    sampler = make_sampler(OURS, given["sampler"], **given["parameters"])
    sampler.fit_resample(X, y)
    X_new, _ = benchmark.pedantic(sampler.fit_resample, (X, y), rounds=5)
    assert len(X_new) != len(X)
