"""Samples and provenance from rows in files: those of rows in memory."""

import numpy as np
import pytest

from smotefast._row_files import RowFile
from smotefast.engine import interpolate
from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.recipes import Origins
from smotefast.over_sampling.call import drawn_rows, mark_drawn_rows

N, K, NEW = 300, 4, 2_000


def recipes(tmp_path, rows):
    """Return a recipe in memory and the same one with all arrays in files."""
    rng = np.random.default_rng(0)
    neighbors = rng.integers(0, N, (N, K)).astype(np.int32)
    positions = np.sort(rng.choice(9_999, N, replace=False))
    draws = Draws(np.random.RandomState(1), NEW, N * K)

    def recipe(rows, neighbors, positions):
        origins = Origins("a", positions, positions, neighbors, draws, 0.5)
        return Interpolate.between(origins, rows, rows)

    stored = []
    for each in (rows, neighbors, positions):
        stored.append(RowFile.new(str(tmp_path), each.shape, each.dtype))
        stored[-1][:] = each
    return recipe(rows, neighbors, positions), recipe(*stored)


def rows_of(dtype):
    rng = np.random.default_rng(2)
    if dtype == "large integers":
        return rng.integers(-(2**63), 2**63 - 1, (N, 3))
    return (rng.normal(size=(N, 3)) * 100).astype(dtype)


@pytest.mark.parametrize("are_loaded", [True, False])
@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "float16", "int8", "int64", "large integers"]
)
def test_samples__are_those_of_rows_in_memory(tmp_path, monkeypatch, dtype, are_loaded):
    monkeypatch.setattr(interpolate, "kernels_are_loaded", lambda: are_loaded)
    in_memory, in_file = recipes(tmp_path, rows_of(dtype))
    expected, found = (np.empty((NEW, 3), each.dtype) for each in (in_memory, in_file))
    in_memory.fill(0, NEW, expected, n_threads=1)
    for start in (0, 700):
        stop = 700 if start == 0 else NEW
        in_file.fill(start, stop, found[start:stop], n_threads=1)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


def test_provenance__is_that_of_rows_in_memory(tmp_path):
    in_memory, in_file = recipes(tmp_path, rows_of("float32"))
    for part in ((0, NEW), (13, 900)):
        expected, found = (each.origins.provenance(*part) for each in (in_memory, in_file))
        for one, other in zip(expected, found, strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("n", [50, 600, 601])
def test_drawn_rows__are_marked_unless_nearly_all_are_drawn(n, monkeypatch):
    monkeypatch.setattr("smotefast.over_sampling.call._DRAWS_AT_ONCE", 37)
    draws = Draws(np.random.RandomState(0), n, N * K)
    is_drawn, drawn = mark_drawn_rows(draws, N, K), drawn_rows(draws, N, K)
    if n > 2 * N:
        assert is_drawn is None
        assert drawn is None
    else:
        assert np.array_equal(drawn, np.unique(draws.choices(0, n) // K))
        assert np.array_equal(np.flatnonzero(is_drawn), drawn)
