"""Threads, forks, spawned workers, caches: the same rows wherever a sampler runs."""

import multiprocessing
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.one_resampling import digest

ROOT = Path(__file__).parents[1]
JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
SEARCHES = [
    "exact",
    pytest.param(
        "approximate",
        marks=pytest.mark.skipif(
            JIT_OFF, reason="pynndescent's building blocks do not run without a compiler"
        ),
    ),
]


def run(code: str, **environment: str) -> str:
    start = "from tests.one_resampling import digest\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", start + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("search", SEARCHES)
def test_two_threads_at_once__get_the_rows_of_one(search):
    seeds = [0, 1, 2]
    expected = [digest(seed, search) for seed in seeds]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(digest, seeds, [search] * 3)) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("layer", ["omp", "workqueue"])
@pytest.mark.parametrize("search", SEARCHES)
def test_forked_children__get_the_rows_of_the_parent(layer, search):
    code = f"""
    import multiprocessing, warnings
    warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of fork after threads
    first = digest(0, {search!r})
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(all(other == first for other in pool.starmap(digest, [(0, {search!r})] * 2)))
    """
    assert run(code, NUMBA_THREADING_LAYER=layer) == "True"


def test_spawned_workers__get_the_rows_of_the_parent():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(digest).result() == digest()


@pytest.mark.parametrize("search", SEARCHES)
def test_workqueue_threads__do_not_abort_the_process(search):
    code = f"""
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        print(len(set(pool.map(digest, [0] * 4, [{search!r}] * 4))))
    """
    assert run(code, NUMBA_THREADING_LAYER="workqueue") == "1"


@pytest.mark.parametrize("search", SEARCHES)
def test_one_numba_thread__gives_the_same_rows(search):
    code = f"print(digest(0, {search!r}))"
    assert run(code, NUMBA_NUM_THREADS="1") == digest(0, search)


def test_read_only_cache__falls_back():
    code = """
    import numba.core.caching as caching
    def read_only(self):
        raise OSError(30, "Read-only file system")
    for locator in caching._CacheLocator.__subclasses__():
        locator.ensure_cache_path = read_only
    print(digest())
    """
    assert run(code) == digest()


def test_full_cache_disk__falls_back(tmp_path):
    code = """
    import numba.core.caching as caching
    def full(self, *args):
        raise OSError(28, "No space left on device")
    caching.IndexDataCacheFile.save = full
    print(digest())
    """
    assert run(code, NUMBA_CACHE_DIR=str(tmp_path)) == digest()


def test_numpys_global_generator__is_left_alone():
    np.random.seed(4)
    expected = np.random.uniform()
    np.random.seed(4)
    digest()
    assert np.random.uniform() == expected
