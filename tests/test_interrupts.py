"""Ctrl-C ends a long call between two blocks of work, and blocks do not change the rows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import smotefast
from smotefast import (
    SMOTE,
    SMOTEN,
    SMOTENC,
    EditedNearestNeighbours,
    NearMiss,
    RandomOverSampler,
    TomekLinks,
)
from smotefast.engine import draws, interpolate, majority_vote
from smotefast.neighbors import rules, same_class_first, value_difference
from smotefast.neighbors.cells import nn_descent
from smotefast.neighbors.cells import search as cells
from smotefast.neighbors.exact import csr, scan, tiles
from smotefast.over_sampling import _cluster_density
from tests.test_processes import JIT_OFF

# Every constant that limits the work of one call of a kernel or of NumPy.
LIMITS = [
    (draws, "_AT_ONCE", 1_000),
    (interpolate, "_VALUES_PER_CALL", 1_000),
    (majority_vote, "_PER_THREAD", 1_000),
    (nn_descent, "_WORK_PER_THREAD", 1),
    (same_class_first, "_WORK_PER_THREAD", 1),
    (value_difference, "_LOOKUPS_PER_THREAD", 1),
    (value_difference, "_RANKED_PER_THREAD", 1),
    (csr, "_WORK_PER_THREAD", 1),
    (cells, "WORK_PER_THREAD", 1.0),
    (scan, "_WORK_PER_THREAD", 1),
    (scan, "_RANKED_PER_THREAD", 1),
    (tiles, "_WORK_PER_THREAD", 1),
    (_cluster_density, "_WORK_PER_THREAD", 1),
]


@pytest.fixture
def small_blocks(monkeypatch):
    """Return a function that makes all blocks as small as possible."""

    def limit():
        for module, name, value in LIMITS:
            monkeypatch.setattr(module, name, value)

    return limit


N = 300 if JIT_OFF else 5_000


def numbers(n=N, n_features=20):
    X = np.random.default_rng(0).normal(size=(n, n_features)).astype(np.float32)
    return X, np.random.default_rng(1).permutation(np.arange(n) < 0.45 * n).astype(int)


def with_categories():
    X, y = numbers()
    X[:, :2] = np.random.default_rng(2).integers(0, 6, (N, 2))
    return X, y


def categories(n=N):
    X = np.random.default_rng(0).integers(0, 5, (n, 4))
    return X, np.random.default_rng(1).choice([0, 1, 2], n, p=[0.4, 0.4, 0.2])


def stored_rows():
    X = sparse.random_array((N, 40), density=0.2, format="csr", random_state=0)
    return X, numbers()[1]


MANY = {"random_state": 0, "sampling_strategy": {1: 4 * N}}
CASES = {
    "tiles": (SMOTE(**MANY), numbers),
    "csr": (SMOTE(**MANY), stored_rows),
    "mixed": (SMOTENC([0, 1], **MANY), with_categories),
    "categories": (SMOTEN(random_state=0), categories),
    "noise": (RandomOverSampler(shrinkage=0.1, **MANY), numbers),
    "cells": (EditedNearestNeighbours(), lambda: numbers(12 * N)),
    "links": (TomekLinks(), numbers),
    "farthest": (NearMiss(version=2), numbers),
}
if not JIT_OFF:
    CASES["graph"] = (SMOTE(search="approximate", **MANY), lambda: numbers(3 * N))
    CASES["shares"] = (SMOTEN(search="approximate", random_state=0), lambda: categories(12 * N))


def dense(rows):
    return rows.toarray() if sparse.issparse(rows) else rows


@pytest.mark.parametrize("case", CASES)
def test_blocks_of_any_size__give_the_same_rows(case, small_blocks):
    sampler, make = CASES[case]
    X, y = make()
    expected = sampler.fit_resample(X, y)
    small_blocks()
    found = sampler.fit_resample(X, y)
    assert all(map(np.array_equal, map(dense, found), map(dense, expected)))


def test_sums_of_distances__are_the_same_in_blocks(small_blocks):
    rows = numbers()[0]
    expected = _cluster_density.sum_by_kernel(rows, 2)
    small_blocks()
    assert _cluster_density.sum_by_kernel(rows, 2) == expected


@pytest.fixture
def interrupting():
    """Let SIGINT raise KeyboardInterrupt, as in a program of its own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("case", ["tiles", "mixed", "graph", "links", "noise"])
def test_ctrl_c__ends_a_call_within_its_phase_and_the_next_call_is_right(
    case, small_blocks, interrupting, monkeypatch
):
    if case not in CASES:  # graphs need compiled code
        case = "tiles"
    monkeypatch.setattr(rules, "LITTLE_WORK", 0.0)  # NumPy takes a single call for so few rows
    sampler, make = CASES[case]
    X, y = make()
    expected = sampler.fit_resample(X, y)
    small_blocks()
    seen = []

    def interrupt_after_a_block(rows_done, rows_total):
        seen.append((rows_done, rows_total))
        if rows_done:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), smotefast.progress(interrupt_after_a_block):
        sampler.fit_resample(X, y)
    rows_done, rows_total = seen[-1]
    assert 0 < rows_done < rows_total
    assert all(map(np.array_equal, sampler.fit_resample(X, y), expected))


@pytest.mark.parametrize(
    ("case", "kernel"),
    [
        ("tiles", "tiles.search_panels"),
        ("tiles", "distances.rank_candidates"),
        ("tiles", "interpolate.interpolate_rows"),
        ("csr", "distances_csr.search_sparse_rows"),
        ("csr", "interpolate.fill_csr_rows"),
        ("mixed", "votes.elect_categories"),
        ("categories", "value_differences.scan_codes"),
        ("cells", "closer_rows.have_closer_rows"),
        *([] if JIT_OFF else [("graph", "nn_descent.join_neighbors")]),
        *([] if JIT_OFF else [("shares", "value_differences.rank_codes")]),
    ],
)
def test_kernels__are_called_block_by_block(case, kernel, small_blocks, monkeypatch):
    import importlib

    module_name, _, name = kernel.partition(".")
    module = importlib.import_module(f"smotefast.kernels.{module_name}")
    original, calls = getattr(module, name), []

    def counted(*arguments, n_threads):
        calls.append(name)
        return original(*arguments, n_threads=n_threads)

    monkeypatch.setattr(module, name, counted)
    small_blocks()
    sampler, make = CASES[case]
    sampler.fit_resample(*make())
    assert len(calls) > 1


LONG_SEARCH = """
import sys
import numpy as np
import smotefast
def tell(rows_done, rows_total):
    seen.append(rows_done < rows_total)
    # After the first block. All code is compiled, by the same call before: a bare "except" of
    # an imported package could lose the signal.
    if rows_done and not told:
        told.append(1)
        print("searching", flush=True)
seen, told, n = [], [], 150_000
X = np.random.default_rng(0).normal(size=(n, 20)).astype(np.float32)
y = np.arange(n) % 2
sampler = smotefast.EditedNearestNeighbours(search="exact", kind_sel="mode")
sampler.fit_resample(X, y)
try:
    with smotefast.progress(tell):
        sampler.fit_resample(X, y)
except KeyboardInterrupt:
    kept = sampler.fit_resample(X[:2_000], y[:2_000])[1]
    print("interrupted", seen[-1], len(kept) == len(sampler.sample_indices_))
"""


def test_ctrl_c__during_a_kernel_ends_the_search_before_its_end():
    environment = {**os.environ, "SMOTEFAST_QUIET": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", LONG_SEARCH],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "searching\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted True True\n"
