"""Threads, forks, spawned workers, caches: the same rows wherever a sampler runs."""

import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.resampling_digest import digest

ROOT = Path(__file__).parents[1]
JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
APPROXIMATE = pytest.param(
    "approximate",
    marks=pytest.mark.skipif(
        JIT_OFF, reason="pynndescent's building blocks do not run without a compiler"
    ),
)
SEARCHES = ["exact", APPROXIMATE]
SEARCHES_ONE_LONG = [pytest.param("exact", marks=pytest.mark.long), APPROXIMATE]


def run(code: str, **environment: str) -> str:
    start = "from tests.helpers.resampling_digest import SMALL, digest, sparse_digest\n"
    return run_plain(start + textwrap.dedent(code), **environment)


def run_plain(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
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


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
FORKED = """
import multiprocessing, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of fork after threads
def in_children(job, *arguments):
    # One child runs both: a second one would compile the same serial kernels again.
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.starmap(job, [arguments] * 2)
"""


@needs_fork
@pytest.mark.parametrize(
    ("search", "layer"),
    [
        ("exact", "omp"),
        ("approximate", "workqueue"),
        pytest.param("exact", "workqueue", marks=pytest.mark.long),
        pytest.param("approximate", "omp", marks=pytest.mark.long),
    ],
)
def test_forked_children__get_the_rows_of_the_parent(layer, search):
    code = f"""
import numba
digest(0, "exact")  # pynndescent, once imported, chooses the layer itself
assert numba.threading_layer() == {layer!r}  # the parent has started threads
first = digest(0, {search!r})
print(in_children(digest, 0, {search!r}) == [first] * 2)
"""
    assert run(FORKED + code, NUMBA_THREADING_LAYER=layer) == "True"


@needs_fork
@pytest.mark.parametrize("job", ["digest, 0, 'exact', SMALL", "sparse_digest"])
def test_forked_children__of_a_parent_with_little_data_get_its_rows(job):
    name, *arguments = job.split(", ")
    code = f"""
first = {name}({", ".join(arguments)})
print("sklearn" in sys.modules, in_children({job}) == [first] * 2)
"""
    assert run(FORKED + code) == "True True"


@needs_fork
@pytest.mark.parametrize("registered", [True, False])
def test_forked_children__of_a_parent_whose_threads_others_started_live(registered):
    # The package is imported by the parent, or by nobody before the child.
    code = f"""
import numba, numpy as np, multiprocessing, sys
if {registered}:
    import smotefast
@numba.njit(parallel=True)
def count(out):
    for i in numba.prange(out.shape[0]):
        out[i] = i
count(np.zeros(1000))
assert numba.threading_layer() == "omp"
def child(queue):
    from tests.helpers.resampling_digest import SMALL, digest
    queue.put(digest())
context = multiprocessing.get_context("fork")
queue = context.Queue()
process = context.Process(target=child, args=(queue,))
process.start()
process.join(200)
print(process.exitcode, queue.get(timeout=9) if process.exitcode == 0 else "")
"""
    done = run_plain(code, NUMBA_THREADING_LAYER="omp")
    assert done == f"0 {digest()}"


def test_spawned_workers__get_the_rows_of_the_parent():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(digest).result() == digest()


@pytest.mark.parametrize("search", SEARCHES_ONE_LONG)
def test_workqueue_threads__do_not_abort_the_process(search):
    code = f"""
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        print(len(set(pool.map(digest, [0] * 4, [{search!r}] * 4))))
    """
    assert run(code, NUMBA_THREADING_LAYER="workqueue") == "1"


@pytest.mark.parametrize("search", SEARCHES_ONE_LONG)
def test_one_numba_thread__gives_the_same_rows(search):
    code = f"print(digest(0, {search!r}))"
    assert run(code, NUMBA_NUM_THREADS="1") == digest(0, search)


NO_CACHE = """
import numba.core.caching as caching
tried = []
def read_only(self):
    tried.append(self)
    raise OSError(30, "Read-only file system")
for locator in caching._CacheLocator.__subclasses__():
    locator.ensure_cache_path = read_only
"""


@pytest.mark.long
def test_no_place_for_a_cache__compiles_in_the_process_and_leaves_out_nn_descent():
    code = """
print(digest(), bool(tried))
import tempfile, warnings
import smotefast.kernels.compile_cache as cache
cache.private_directory = lambda: None
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    digest(0, "approximate", 8_000)
print(caught[0].category.__name__, "NUMBA_CACHE_DIR" in str(caught[0].message))
"""
    done = run(NO_CACHE + code, NUMBA_CACHE_DIR="/proc/nowhere")
    assert done == f"{digest()} True\nSearchWarning True"


@pytest.mark.parametrize(
    "usable",
    ["cache_is_possible", pytest.param("pynndescent_is_possible", marks=pytest.mark.long)],
)
def test_read_only_homes__put_the_cache_below_the_temporary_folder(tmp_path, usable):
    code = f"""
import numba.core.caching as caching
def read_only(self):
    raise OSError(30, "Read-only file system")
for locator in caching._CacheLocator.__subclasses__():
    if "UserProvided" not in locator.__name__:
        locator.ensure_cache_path = read_only
import numpy as np
from smotefast.kernels.compile_cache import {usable}
from smotefast.neighbors.exact.scan import search_scan
from smotefast.neighbors.queries import as_points, pool_queries
points = as_points(np.eye(3))
search_scan(points, pool_queries(points, np.arange(3)), 1, n_threads=1)
print({usable}())
"""
    assert run(code, TMPDIR=str(tmp_path), NUMBA_CACHE_DIR="") == "True"
    (folder,) = tmp_path.glob("smotefast-numba-*")
    assert any(folder.rglob("distances.scan_rows*.nbi"))


def test_full_cache_disk__falls_back(tmp_path):
    code = """
    import numba.core.caching as caching
    tried = []
    def full(self, *args):
        tried.append(args)
        raise OSError(28, "No space left on device")
    caching.IndexDataCacheFile.save = full
    import numpy as np
    from smotefast.neighbors.exact.scan import search_scan
    from smotefast.neighbors.queries import as_points, pool_queries
    points = as_points(np.array([[0.0], [1.0], [3.0]]))
    result = search_scan(points, pool_queries(points, np.arange(3)), 1, n_threads=1)
    print(result.indices.ravel().tolist(), bool(tried))
    """
    assert run(code, NUMBA_CACHE_DIR=str(tmp_path)) == "[1, 0, 1] True"


def test_cache_of_a_version_with_other_types__is_written_again(tmp_path):
    search = """
    import numpy as np
    from smotefast.neighbors.exact.scan import search_scan
    from smotefast.neighbors.queries import as_points, pool_queries
    points = as_points(np.array([[0.0], [1.0], [3.0]]))
    result = search_scan(points, pool_queries(points, np.arange(3)), 1, n_threads=1)
    print(result.indices.ravel().tolist())
    """
    assert run(search, NUMBA_CACHE_DIR=str(tmp_path)) == "[1, 0, 1]"
    (index,) = tmp_path.rglob("distances.scan_rows*.nbi")
    content = index.read_bytes()
    with index.open("rb") as file:
        version_of_numba = pickle.dumps(pickle.load(file))
    for missing in ("smotefast.kernels.points\nGone", "smotefast.gone\nGone"):
        index.write_bytes(version_of_numba + f"c{missing}\n.".encode())
        assert run(search, NUMBA_CACHE_DIR=str(tmp_path)) == "[1, 0, 1]"
        assert len(index.read_bytes()) >= len(content) - 8


def test_numpys_global_generator__is_left_alone():
    np.random.seed(4)
    expected = np.random.uniform()
    np.random.seed(4)
    digest()
    assert np.random.uniform() == expected
