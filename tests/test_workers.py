"""Workers of joblib and multiprocessing use no more threads than their share."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV

from smotefast import SMOTE, _threads
from smotefast._threads import run_in_threads, thread_count, threaded_code_alone

CORES = 6


def count_in_worker(n_jobs):
    """Return the thread count of a worker on a machine of ``CORES`` cores."""
    _threads._usable_cores = lambda affinity: CORES  # in the worker, not in this process
    return thread_count(n_jobs)


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    monkeypatch.setattr(_threads, "_usable_cores", lambda affinity: CORES)


def test_outside_of_workers__all_cores_are_used():
    assert [thread_count(n_jobs) for n_jobs in (None, -1, -2, 9)] == [6, 6, 5, 9]


@pytest.mark.parametrize(
    ("value", "expected"), [("2", 2), ("64", 6), ("0", 6), ("", 6), ("many", 6)]
)
def test_numba_num_threads__limits_the_default(value, expected, monkeypatch):
    monkeypatch.setenv("NUMBA_NUM_THREADS", value)
    assert thread_count(None) == expected
    assert thread_count(9) == 9


@pytest.mark.parametrize(("inner", "expected"), [(1, 1), (2, 2)])
def test_loky_workers__use_the_share_that_joblib_gives_them(inner, expected):
    with parallel_config("loky", n_jobs=2, inner_max_num_threads=inner):
        counts = Parallel()(delayed(count_in_worker)(None) for _ in range(2))
    assert counts == [expected] * 2


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # 3.12, after threads
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_of_a_pool__use_one_thread_unless_told_otherwise(start):
    if start not in multiprocessing.get_all_start_methods():
        start = "spawn"
    with multiprocessing.get_context(start).Pool(1) as pool:
        assert pool.map(count_in_worker, [None, -1, 2]) == [1, 1, 2]


class Resampling(BaseEstimator):
    """A classifier that resamples, and reports the threads that it may use as its score."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, X, y):
        SMOTE(random_state=self.seed).fit_resample(X, y)
        self.n_threads_ = thread_count(None)
        return self

    def score(self, X, y):
        return self.n_threads_


def test_grid_search__gives_its_workers_one_thread_each():
    X, y = np.random.default_rng(0).normal(size=(300, 4)), np.arange(300) % 5 == 0
    with parallel_config("loky", inner_max_num_threads=1):
        found = GridSearchCV(Resampling(), {"seed": [0, 1]}, n_jobs=2, cv=2).fit(X, y)
    assert set(found.cv_results_["mean_test_score"]) == {1}


def test_threads_of_the_caller__run_threaded_code_one_after_the_other():
    running, most = [0], [0]
    guard = threading.Lock()

    def call(_):
        with threaded_code_alone(2):
            with guard:
                running[0] += 1
                most[0] = max(most[0], running[0])
            waiting.wait(0.01)
            with guard:
                running[0] -= 1

    waiting = threading.Event()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(call, range(8)))
    assert most == [1]


def test_run_in_threads__from_several_threads_does_not_wait_for_itself():
    def call(_):
        done = np.zeros(100, dtype=int)

        def work(part):
            done[part] += 1

        run_in_threads(work, 100, 7, 3)
        return done

    with ThreadPoolExecutor(3) as threads:
        assert (np.array(list(threads.map(call, range(6)))) == 1).all()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_the_lock__is_new_in_a_forked_child():
    if not hasattr(os, "fork"):
        return
    code = threaded_code_alone(2)
    with ThreadPoolExecutor(1) as threads, code:
        assert threads.submit(in_forked_child).result(60) == 0


def in_forked_child():
    child = os.fork()
    if child == 0:
        lock = threaded_code_alone(2)
        os._exit(0 if lock.acquire(timeout=5) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
