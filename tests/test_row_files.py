"""Arrays in scratch files: they read as NumPy reads, leave nothing, and report errors."""

import errno
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast import _row_files
from smotefast._open_files import files_closed_after, files_for_other_processes
from smotefast._row_files import RowFile, TableWriter
from smotefast.storage.remote.shared_folder import MountedFolder
from tests.helpers.hypothesis_examples import examples


def stored(tmp_path, values):
    rows = RowFile.new(str(tmp_path), values.shape, values.dtype)
    for block in rows.blocks(7):
        rows[block] = values[block]
    return rows


@examples(60)
@given(
    seed=st.integers(0, 9999),
    dtype=st.sampled_from(["f4", "f8", "i8", "u1"]),
    width=st.sampled_from([None, 1, 3]),
    n=st.integers(1, 300),
    sizes=st.sampled_from([(1, 1), (16, 64), (8 << 10, 2 << 20)]),
    compiled=st.booleans(),
)
def test_rows__are_those_of_the_array(tmp_path_factory, seed, dtype, width, n, sizes, compiled):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 200, n if width is None else (n, width)).astype(dtype)
    rows = stored(tmp_path_factory.mktemp("rows"), values)
    numbers = rng.integers(0, n, rng.integers(0, 400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_row_files, "_GAP_BYTES", sizes[0])
        patch.setattr(_row_files, "_BUFFER_BYTES", sizes[1])
        patch.setattr(_row_files, "_CALL_BYTES", sizes[1])
        patch.setattr(_row_files, "_CALL_ROWS", sizes[1])
        patch.setattr(_row_files, "kernels_are_loaded", lambda: compiled)
        assert np.array_equal(rows[numbers], values[numbers])
        assert np.array_equal(rows.converted_to("f8")[numbers], values[numbers].astype("f8"))
    assert np.array_equal(rows[3:9], values[3:9])
    assert np.array_equal(rows[::4], values[::4])
    assert rows.reshape(-1).shape == (values.size,)
    assert np.array_equal(rows.reshape(-1)[:], values.reshape(-1))
    converted = rows.converted_to(np.float64)[:]
    assert converted.dtype == np.float64
    assert np.array_equal(converted, values)
    assert len(rows) == n


def test_selected_rows__are_in_another_file(tmp_path, monkeypatch):
    values = np.random.default_rng(0).integers(0, 99, (50, 4)).astype(np.int16)
    rows = stored(tmp_path, values)
    monkeypatch.setattr(_row_files, "_BUFFER_BYTES", 24)
    numbers = np.array([3, 4, 5, 40, 7])
    assert np.array_equal(rows.selected(numbers)[:], values[numbers])
    first = rows.converted_to(np.float64).selected(numbers, 2)
    assert first.shape == (5, 2)
    assert first.dtype == np.float64
    rows[:] = np.zeros_like(values)
    assert np.array_equal(first[:], values[numbers, :2])


def test_write_runs__writes_each_run_to_its_first_row(tmp_path):
    rows = RowFile.new(str(tmp_path), (10, 2), np.int32)
    values = np.arange(10).reshape(5, 2)
    rows.write_runs(np.array([7, 0, 3]), np.array([2, 0, 3]), values)
    expected = np.zeros((10, 2))
    expected[7:9], expected[3:6] = values[:2], values[2:]
    assert np.array_equal(rows[:], expected)


def test_append__adds_rows_after_the_last(tmp_path):
    rows = stored(tmp_path, np.arange(6.0).reshape(3, 2))
    assert rows.append(np.full((2, 2), 9.0)) == 3
    assert rows[:].tolist() == [[0, 1], [2, 3], [4, 5], [9, 9], [9, 9]]


def test_file__has_no_name_and_is_closed_with_the_last_array(tmp_path):
    rows = stored(tmp_path, np.arange(5.0))
    assert os.listdir(tmp_path) == []
    number = rows._descriptor.number
    other = rows.converted_to(np.float32)
    del rows
    assert other[:].tolist() == [0, 1, 2, 3, 4]
    del other
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(number)


@examples(30)
@given(seed=st.integers(0, 9999), width=st.sampled_from([0, 1, 3]), n=st.integers(1, 99))
def test_rows_that_are_moved__are_read_from_another_file_in_another_order(
    tmp_path_factory, seed, width, n
):
    folder, rng = tmp_path_factory.mktemp("rows"), np.random.default_rng(seed)
    values = rng.integers(0, 200, (n, width)).astype(np.float32)
    entries = rng.permutation(n).astype(np.uint32)
    rows, moved = stored(folder, values), stored(folder, values[np.argsort(entries)])
    first = rows._descriptor.number
    rows.move(moved, stored(folder, entries))
    moved.append(values[:1] + 1)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(first)
    wide, numbers = rows.converted_to(np.float64), rng.integers(0, n, 50)
    for each, dtype in ((rows, np.float32), (wide, np.float64)):
        assert each.dtype == dtype
        assert len(each) == n
        assert np.array_equal(each[:], values)
        assert np.array_equal(each[2:5], values[2:5])
        assert np.array_equal(each[numbers], values[numbers])
        assert np.array_equal(each.selected(numbers)[:], values[numbers])
    with pytest.raises(ValueError, match="cannot be written"):
        rows[:1] = values[:1]
    with pytest.raises(IndexError, match="not one of"):
        rows[np.array([n])]


def test_files_of_a_folder__are_closed_after_a_block_although_their_rows_are_used(tmp_path):
    (tmp_path / "other").mkdir()
    values = np.arange(6).reshape(3, 2)
    with files_closed_after(str(tmp_path)):
        rows, others = stored(tmp_path, values), stored(tmp_path / "other", values)
        converted = rows.converted_to(np.float32)
    for each in (rows, converted):
        with pytest.raises(OSError, match="Bad file descriptor"):
            each[:]
    assert np.array_equal(others[:], values)


def test_files_for_other_processes__are_opened_by_name_and_removed_with_the_last_array(
    tmp_path,
):
    values = np.arange(12, dtype=np.int32).reshape(6, 2)
    with files_for_other_processes(str(tmp_path), MountedFolder(str(tmp_path))):
        rows = stored(tmp_path, values)
        rows.append(values[:1])
        arrays = {"rows": rows, "wide": rows.converted_to(np.float64), "flat": rows.reshape(-1)}
        arrays["moved"] = stored(tmp_path, values)
        arrays["moved"].move(rows, stored(tmp_path, np.arange(6)[::-1]))
        program = "import pickle, sys; a = pickle.load(sys.stdin.buffer); " + (
            "print(a['wide'].dtype, *a['rows'][5:].tolist(), *a['flat'][-3:].tolist(), "
            "*a['moved'][:1].tolist())"
        )
        command = [sys.executable, "-c", program]
        found = subprocess.run(command, input=pickle.dumps(arrays), capture_output=True)
        assert (
            found.stdout.decode().split() == "float64 [10, 11] [0, 1] 11 0 1 [10, 11]".split()
        )
        assert len(os.listdir(tmp_path)) == 2
        again = pickle.loads(pickle.dumps(arrays))
        assert again["rows"]._descriptor is again["wide"]._descriptor
        del again
        assert len(os.listdir(tmp_path)) == 2
        del rows, arrays
        assert os.listdir(tmp_path) == []


def test_files_that_are_open_after_the_block__stay_and_later_ones_have_no_name(tmp_path):
    values = np.arange(4.0)
    with files_for_other_processes(str(tmp_path), MountedFolder(str(tmp_path))):
        rows = stored(tmp_path, values)
    later = stored(tmp_path, values)
    with pytest.raises(TypeError, match="Raise memory_limit"):
        pickle.dumps(later)
    pickled = pickle.dumps(rows)
    del rows
    (name,) = os.listdir(tmp_path)
    assert pickle.loads(pickled)[:].tolist() == [0, 1, 2, 3]
    os.unlink(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="All machines need the folder of the job"):
        pickle.loads(pickled)


def test_short_reads_and_writes__are_continued(tmp_path, monkeypatch):
    write, read = os.pwrite, os.pread
    monkeypatch.setattr(os, "pwrite", lambda fd, view, at: write(fd, view[:5], at))
    monkeypatch.setattr(os, "pread", lambda fd, size, at: read(fd, min(size, 3), at))
    values = np.arange(20.0).reshape(10, 2)
    assert np.array_equal(stored(tmp_path, values)[:], values)


def test_full_disk__is_an_error_with_its_number(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        stored(tmp_path, np.arange(5.0))
    assert caught.value.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("numbers", [slice(None), np.array([0, 4, 1])])
def test_truncated_file__is_an_error(tmp_path, monkeypatch, numbers, compiled):
    monkeypatch.setattr(_row_files, "kernels_are_loaded", lambda: compiled)
    rows = stored(tmp_path, np.arange(5.0))
    os.ftruncate(rows._descriptor.number, 24)
    with pytest.raises(OSError, match="ends before") as caught:
        rows[numbers]
    assert caught.value.errno == errno.EIO


def test_wrong_rows__are_refused(tmp_path):
    rows = stored(tmp_path, np.zeros((5, 2)))
    with pytest.raises(IndexError, match="not one of 5 rows"):
        rows[np.array([0, 5])]
    with pytest.raises(ValueError, match="cannot be written"):
        rows[0:3] = np.zeros((2, 2))
    with pytest.raises(ValueError, match="cannot be written"):
        rows[0:2] = np.zeros((2, 3))
    with pytest.raises(ValueError, match="cannot have the shape"):
        rows.reshape(3, -1)


@pytest.mark.parametrize("n_bytes", [1, 200, 1 << 20])
def test_table_writer__puts_rows_in_order(tmp_path, n_bytes):
    rng = np.random.default_rng(0)
    values = rng.integers(0, 99, (50, 3)).astype(np.int32)
    writer = TableWriter(str(tmp_path), (50, 3), np.int32, n_bytes=n_bytes)
    numbers = rng.permutation(50)[:40]
    for part in np.array_split(numbers, 7):
        writer.write(part, values[part])
    values[np.setdiff1d(np.arange(50), numbers)] = 0
    assert np.array_equal(writer.finish()[:], values)
    assert os.listdir(tmp_path) == []
