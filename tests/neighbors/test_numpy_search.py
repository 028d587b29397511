"""Search in NumPy: the same bits as the compiled search."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels import kernels_are_compiled
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.exact import numpy_search
from smotefast.neighbors.exact.integer_keys import key_type, tied_share
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.queries import as_points, pool_queries
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import WEIGHTS, quiet, random_points, search_by

KINDS = {
    "even": lambda values: values,
    "far off": lambda values: values + 1e6,
    "tied": lambda values: np.rint(values),
    "counts": lambda values: np.rint(values * 100) + 1e6,
    "too large a count": lambda values: np.rint(values * 1e8),
    "identical": lambda values: np.zeros_like(values),
    "huge": lambda values: values * 1e160,
    "tiny": lambda values: values * 1e-170,
    "subnormal squares": lambda values: np.rint(values * 9) * 1e-161,
    "float32": lambda values: values.astype(np.float32),
}
# The first one that can serve the data and those that follow, as planned for few rows.
NUMPY_METHODS = ["integer_keys", "scikit_learn", "all_pairs"]


@given(
    seed=st.integers(0, 9999),
    n=st.one_of(st.integers(2, 150), st.just(500)),
    n_features=st.integers(1, 30),
    k=st.integers(1, 9),
    kind=st.sampled_from(sorted(KINDS)),
    method=st.sampled_from(NUMPY_METHODS),
)
@examples(30 if JIT_DISABLED else 200)
def test_numpy_methods__find_what_the_compiled_scan_finds(seed, n, n_features, k, kind, method):
    rng = np.random.default_rng(seed)
    points = as_points(KINDS[kind](rng.normal(size=(n, n_features))))
    rows = np.sort(rng.choice(n, rng.integers(1, n + 1), replace=False))
    queries, k = pool_queries(points, rows), min(k, n - 1)
    with np.errstate(over="ignore"):  # in kernels that run without a compiler
        expected = search_by("scan", points, queries, k)
    found = search_by(method, points, queries, k)
    np.testing.assert_array_equal(found.indices, expected.indices)
    if found.squared_distances is not None:
        np.testing.assert_array_equal(found.squared_distances, expected.squared_distances)


@given(
    seed=st.integers(0, 9999),
    n=st.one_of(st.integers(2, 90), st.just(300)),
    n_features=st.integers(1, 30),
    n_codes=st.integers(1, 9),
    weight=st.sampled_from(WEIGHTS),
    k=st.integers(1, 9),
    kind=st.sampled_from(sorted(KINDS)),
)
@examples(200)
def test_all_pairs__of_categories_find_what_sorting_all_distances_finds(
    seed, n, n_features, n_codes, weight, k, kind
):
    rng = np.random.default_rng(seed)
    pool = random_points(rng, n, n_features, n_codes=n_codes, weight=weight)
    points = as_points(KINDS[kind](pool.values), pool.codes, weight)
    queries = pool_queries(points, np.sort(rng.choice(n, min(n, 40), replace=False)))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # in the naive sum of huge numbers
        expected = naive.nearest_points(points, queries, k)
    np.testing.assert_array_equal(search_by("all_pairs", points, queries, k).indices, expected)


@pytest.mark.parametrize("spare", range(20))
def test_scikit_learn__finds_all_other_rows_and_nearly_all(spare):
    points = as_points(np.random.default_rng(0).normal(size=(400, 3)))
    queries = pool_queries(points, np.arange(400))
    expected = naive.nearest_points(points, queries, 399 - spare)
    found = search_by("scikit_learn", points, queries, 399 - spare).indices
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("largest", "dtype"), [(255, np.float32), (256, np.float64)])
def test_integer_keys__are_right_where_they_just_fit(largest, dtype):
    half = np.random.default_rng(0).integers(0, largest + 1, (32, 1))
    half[0] = largest
    points = as_points(np.vstack([half, -half]).astype(np.float64))  # around zero
    assert key_type(points.values[:, 0] ** 2, 64) is dtype
    queries = pool_queries(points, np.arange(64))
    found = METHODS["integer_keys"].search(points, queries, 9, n_threads=1).indices
    np.testing.assert_array_equal(found, naive.nearest_points(points, queries, 9))


@pytest.mark.parametrize(("n_values", "is_tied"), [(3, True), (10_000, False), (0, False)])
def test_tied_share__is_high_where_most_integers_are_equally_distant(n_values, is_tied):
    rng = np.random.default_rng(0)
    points = random_points(rng, 400, 3, n_values=n_values)
    share = tied_share(points, pool_queries(points, np.arange(400)), 5)
    assert (share > 0.5) is is_tied


@pytest.mark.parametrize("values", [[0.5, 1.0, 2.0], [0.0, 2.0**27, 1.0], [0.0, np.nan, 1.0]])
def test_integer_keys__decline_fractions_and_large_integers(values):
    points = as_points(np.array(values)[:, np.newaxis])
    queries = pool_queries(points, np.arange(3))
    assert METHODS["integer_keys"].search(points, queries, 1, n_threads=1) is None


@pytest.mark.parametrize("far", [1e5, 1e9, 1e150, 1e200])
@pytest.mark.parametrize("n_far", [1, 3])
@pytest.mark.parametrize("scale", [0, 1e6])
def test_scikit_learn__is_right_and_certain_beside_outliers(far, n_far, scale, monkeypatch):
    rows = np.random.default_rng(0).normal(size=(700, 5))
    rows = np.rint(rows * scale) if scale else rows
    rows[:n_far] += far
    points = as_points(rows)
    queries = pool_queries(points, np.arange(700))
    with np.errstate(over="ignore"):
        expected = search_by("scan", points, queries, 5).indices
    unresolved = []
    resolve = numpy_search._nearest_of_all

    def noted(data, queries, *rest):
        unresolved.extend(queries.rows)
        return resolve(data, queries, *rest)

    monkeypatch.setattr(numpy_search, "_nearest_of_all", noted)
    with quiet():
        found = search_by("scikit_learn", points, queries, 5).indices
    np.testing.assert_array_equal(found, expected)
    assert len(unresolved) <= n_far or far == 1e200  # whose square is no number


@pytest.mark.parametrize("weight", [0.1, 0.7])
@pytest.mark.parametrize("rest", [-5e-11, 1e-11, 5e-11])
def test_all_pairs__bound_the_rounding_of_thousands_of_categories(weight, rest):
    # one row differs in all of them, the other in a few and by a number of the same weight
    values, codes = np.zeros((3, 1)), np.zeros((3, 10_000))
    codes[1], codes[2, :500] = 1, 1
    values[2] = np.sqrt(weight * 9_500 + rest)
    points = as_points(values, codes, weight)
    queries = pool_queries(points, np.array([0]))
    expected = naive.nearest_points(points, queries, 2)
    for k in (1, 2):
        found = search_by("all_pairs", points, queries, k).indices
        np.testing.assert_array_equal(found, expected[:, :k])


@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_small_job__never_loads_numba_and_a_large_one_does(size):
    code = f"""
import sys
import numpy as np
from smotefast.over_sampling import SMOTE
X = np.random.default_rng(0).normal(size=({size}, 20))
SMOTE(random_state=0).fit_resample(X, np.arange({size}) < {size} // 10)
print("numba" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    assert done.stdout.strip() == str(size > 1_000), done.stderr


_MANY_SMALL_JOBS = """
import sys
import numpy as np
from smotefast.over_sampling import SMOTE
X = np.random.default_rng(0).normal(size=(9_000, 10))
y = np.arange(9_000) < 3_000
rows = [SMOTE(random_state=0, search="exact").fit_resample(X, y)[0] for _ in range(60)]
print("numba" in sys.modules, all(np.array_equal(rows[0], each) for each in rows))
"""


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
def test_many_small_jobs__load_numba_only_where_an_earlier_process_has_compiled(tmp_path):
    def outcome(**environment: str) -> list[str]:
        command, env = [sys.executable, "-c", _MANY_SMALL_JOBS], {**os.environ, **environment}
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert outcome(NUMBA_CACHE_DIR=str(tmp_path)) == ["False", "True"]
    points = as_points(np.random.default_rng(0).normal(size=(2_000, 20)))
    search_by("tiles", points, pool_queries(points, np.arange(2_000)), 5, n_threads=2)
    assert outcome() == ["True", "True"]


@pytest.mark.parametrize(
    ("version", "disabled", "expected"),
    [
        (f"py{sys.version_info.major}{sys.version_info.minor}", "0", True),
        (f"py{sys.version_info.major}{sys.version_info.minor}", "1", False),
        ("py000", "0", False),
    ],
)
def test_kernels_are_compiled__looks_for_code_of_this_python(
    tmp_path, monkeypatch, version, disabled, expected
):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", disabled)
    look = kernels_are_compiled.__wrapped__  # without its cache
    assert not look()
    folder = tmp_path / "kernels_0a1b"
    folder.mkdir()
    names = ("tiles.pack_panels", "tiles.search_panels", "distances.rank_candidates")
    for name in names:
        assert not look()
        (folder / f"{name}-129.{version}.nbi").touch()
    assert look() is expected
    for name in names:  # of an older release
        os.utime(folder / f"{name}-129.{version}.nbi", (1e9, 1e9))
    assert not look()
