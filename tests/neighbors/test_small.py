"""Few rows without compiled code: the same bits as the compiled search."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels import kernels_are_compiled
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.exact import dispatch as exact
from smotefast.neighbors.exact import numpy_search as small
from smotefast.neighbors.exact.integer_keys import key_type
from smotefast.neighbors.exact.numpy_search import search_small
from smotefast.neighbors.queries import points_of, scan, within
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import WEIGHTS, mixed

KINDS = {
    "even": lambda values: values,
    "far off": lambda values: values + 1e6,
    "tied": lambda values: np.rint(values),
    "counts": lambda values: np.rint(values * 100) + 1e6,
    "too large a count": lambda values: np.rint(values * 1e8),
    "one place": lambda values: np.zeros_like(values),
    "huge": lambda values: values * 1e160,
    "tiny": lambda values: values * 1e-170,
    "subnormal squares": lambda values: np.rint(values * 9) * 1e-161,
    "float32": lambda values: values.astype(np.float32),
}


@given(
    seed=st.integers(0, 9999),
    n=st.one_of(st.integers(2, 150), st.just(500)),
    n_features=st.integers(1, 30),
    k=st.integers(1, 9),
    kind=st.sampled_from(sorted(KINDS)),
)
@examples(30 if JIT_DISABLED else 200)
def test_search_small__finds_what_the_compiled_scan_finds(seed, n, n_features, k, kind):
    rng = np.random.default_rng(seed)
    points = points_of(KINDS[kind](rng.normal(size=(n, n_features))))
    queries = np.sort(rng.choice(n, rng.integers(1, n + 1), replace=False))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # what numpy says of kernels run without a compiler
        expected = scan(points, within(points, queries), k, n_threads=1)[1]
    np.testing.assert_array_equal(search_small(points, within(points, queries), k), expected)


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
def test_search_small__of_categories_finds_what_sorting_all_distances_finds(
    seed, n, n_features, n_codes, weight, k, kind
):
    rng = np.random.default_rng(seed)
    pool = mixed(rng, n, n_features, n_codes=n_codes, weight=weight)
    points = points_of(KINDS[kind](pool.values), pool.codes, weight)
    asked = within(points, np.sort(rng.choice(n, min(n, 40), replace=False)))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # what the naive sum says of numbers that are huge
        expected = naive.nearest_points(points, asked, k)
    np.testing.assert_array_equal(search_small(points, asked, k), expected)


@pytest.mark.parametrize("spare", range(20))
def test_search_small__finds_all_other_rows_and_nearly_all(spare):
    points = points_of(np.random.default_rng(0).normal(size=(400, 3)))
    asked = within(points, np.arange(400))
    expected = naive.nearest_points(points, asked, 399 - spare)
    np.testing.assert_array_equal(search_small(points, asked, 399 - spare), expected)


@pytest.mark.parametrize(("largest", "dtype"), [(255, np.float32), (256, np.float64)])
def test_search_small__is_right_where_keys_just_fit(largest, dtype):
    half = np.random.default_rng(0).integers(0, largest + 1, (32, 1))
    half[0] = largest
    points = points_of(np.vstack([half, -half]).astype(np.float64))  # around zero
    assert key_type(points.values[:, 0] ** 2, 64) is dtype
    asked = within(points, np.arange(64))
    np.testing.assert_array_equal(
        search_small(points, asked, 9), naive.nearest_points(points, asked, 9)
    )


@pytest.mark.parametrize("far", [1e5, 1e9, 1e150, 1e200])
@pytest.mark.parametrize("n_far", [1, 3])
@pytest.mark.parametrize("scale", [0, 1e6])
def test_search_small__is_right_and_sure_beside_far_rows(far, n_far, scale, monkeypatch):
    rows = np.random.default_rng(0).normal(size=(700, 5))
    rows = np.rint(rows * scale) if scale else rows
    rows[:n_far] += far
    points = points_of(rows)
    asked = within(points, np.arange(700))
    with np.errstate(over="ignore"):
        expected = scan(points, asked, 5, n_threads=1)[1]
    settled = []
    settle = small._settle

    def noted(data, queries, *rest):
        settled.extend(queries.rows)
        return settle(data, queries, *rest)

    monkeypatch.setattr(small, "_settle", noted)
    np.testing.assert_array_equal(search_small(points, asked, 5), expected)
    assert len(settled) <= n_far or far == 1e200  # whose square is no number


@pytest.mark.parametrize("weight", [0.1, 0.7])
@pytest.mark.parametrize("rest", [-5e-11, 1e-11, 5e-11])
def test_search_small__bounds_the_rounding_of_thousands_of_categories(weight, rest):
    # one row differs in all of them, the other in few and by a number as large as the rest
    values, codes = np.zeros((3, 1)), np.zeros((3, 10_000))
    codes[1], codes[2, :500] = 1, 1
    values[2] = np.sqrt(weight * 9_500 + rest)
    points = points_of(values, codes, weight)
    asked = within(points, np.array([0]))
    expected = naive.nearest_points(points, asked, 2)
    np.testing.assert_array_equal(search_small(points, asked, 2), expected)
    np.testing.assert_array_equal(search_small(points, asked, 1), expected[:, :1])


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
    points = points_of(np.random.default_rng(0).normal(size=(2_000, 20)))
    exact.search_exactly(points, within(points, np.arange(2_000)), 5, n_threads=2)
    assert outcome() == ["True", "True"]


@pytest.mark.parametrize(
    ("work", "loaded", "compiled", "expected"),
    [
        (1e5, True, True, True),
        (2e6, True, True, False),
        (1e9, False, False, False),
        (4e8, False, True, True),
        (4e8, False, False, True),
    ],
)
def test_can_wait__for_kernels_that_are_not_needed(
    monkeypatch, work, loaded, compiled, expected
):
    monkeypatch.setattr(exact, "kernels_are_loaded", lambda: loaded)
    monkeypatch.setattr(exact, "kernels_are_compiled", lambda: compiled)
    monkeypatch.setattr(exact._Done, "work", 0.0)
    assert exact._can_wait(work, work / 50) is expected


def test_can_wait__loses_patience_where_loading_is_quick(monkeypatch):
    monkeypatch.setattr(exact, "kernels_are_loaded", lambda: False)
    for compiled in (True, False):
        monkeypatch.setattr(exact, "kernels_are_compiled", lambda compiled=compiled: compiled)
        monkeypatch.setattr(exact._Done, "work", 0.0)
        waits = [exact._can_wait(2e8, 1e7) for _ in range(8)]  # 3.6e8 each
        assert waits == [True] * 2 + [not compiled] * 6
        assert exact._can_wait(1e5, 1e4)


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
    look = kernels_are_compiled.__wrapped__  # without its memory
    assert not look()
    folder = tmp_path / "kernels_0a1b"
    folder.mkdir()
    names = ("tiles.pack_panels", "tiles.search_panels", "distances.rank_candidates")
    for name in names:
        assert not look()
        (folder / f"{name}-129.{version}.nbi").touch()
    assert look() is expected
    for name in names:  # left by an older release
        os.utime(folder / f"{name}-129.{version}.nbi", (1e9, 1e9))
    assert not look()
