"""Threads, forks, spawned workers, caches: the same rows wherever a sampler runs."""

import multiprocessing
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from smotefast.over_sampling import SMOTE

# Large enough that the neighbour search and the interpolation use threads.
SCRIPT = """
import numpy as np
from smotefast.over_sampling import SMOTE
def resample(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30_000, 10)).astype(np.float32)
    y = (np.arange(30_000) < 5_000).astype(int)
    return SMOTE(random_state=seed).fit_resample(X, y)[0]
def digest(seed=0):
    import hashlib
    return hashlib.sha256(resample(seed).tobytes()).hexdigest()
"""
exec(SCRIPT)


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_two_threads_at_once__get_the_rows_of_one():
    seeds = [0, 1, 2, 3]
    expected = [digest(seed) for seed in seeds]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(digest, seeds)) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("layer", ["omp", "workqueue"])
def test_forked_children__get_the_rows_of_the_parent(layer):
    code = """
    import multiprocessing, warnings
    warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of fork after threads
    first = digest()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(all(other == first for other in pool.map(digest, [0, 0])))
    """
    assert run(code, NUMBA_THREADING_LAYER=layer) == "True"


def test_spawned_workers__get_the_rows_of_the_parent():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(run, "print(digest())").result() == digest()


def test_workqueue_threads__do_not_abort_the_process():
    code = """
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        print(len(set(pool.map(digest, [0] * 8))))
    """
    assert run(code, NUMBA_THREADING_LAYER="workqueue") == "1"


def test_one_numba_thread__gives_the_same_rows():
    assert run("print(digest())", NUMBA_NUM_THREADS="1") == digest()


def test_read_only_cache__falls_back(tmp_path):
    package = tmp_path / "site"
    package.mkdir()
    code = """
    import numba.core.caching as caching
    for locator in caching._CacheLocator.__subclasses__():
        locator.ensure_cache_path = lambda self: (_ for _ in ()).throw(OSError("read-only"))
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


def test_numpy_state__is_left_alone():
    np.random.seed(4)
    expected = np.random.uniform()
    np.random.seed(4)
    resample(0)  # noqa: F821
    assert np.random.uniform() == expected
    SMOTE(random_state=0)
