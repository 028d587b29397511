"""Work of a stage is a file: arrays are in it as in memory, and are read once per process."""

from __future__ import annotations

import os
import weakref

import numpy as np
import pyarrow as pa
import pytest

from smotefast.cluster.shared_work import (
    SharedWork,
    do_task,
    forget_shared,
    merge_results,
    read_shared,
    write_shared,
)
from smotefast.storage.remote.shared_folder import MountedFolder


@pytest.fixture(autouse=True)
def forget():
    yield
    forget_shared()


def test_objects__come_back_with_arrays_that_can_be_written(tmp_path):
    matrix = np.arange(12.0).reshape(3, 4)
    table = pa.table({"a": ["x", None, "z"], "b": [1, 2, 3]})
    value = {"C": matrix, "F": np.asfortranarray(matrix), "cut": matrix[:, 1:], "table": table}
    found = read_shared(write_shared(value, MountedFolder(str(tmp_path))))
    for name in ("C", "F", "cut"):
        np.testing.assert_array_equal(found[name], value[name])
        found[name][0, 0] = -1
    assert found["table"].equals(table)
    assert matrix[0, 0] == 0


def test_arrays__are_read_once_per_process(tmp_path):
    file = write_shared(np.zeros(1000), MountedFolder(str(tmp_path)))
    assert read_shared(file) is read_shared(file)
    os.unlink(file.name)
    read_shared(file)
    forget_shared()
    with pytest.raises(FileNotFoundError):
        read_shared(file)


def test_a_process__keeps_the_last_file_of_each_of_two_folders(tmp_path):
    files = []
    for name in "aabc":
        os.makedirs(tmp_path / name, exist_ok=True)
        files.append(write_shared(np.zeros(1000), MountedFolder(str(tmp_path / name))))
    first = weakref.ref(read_shared(files[0]))
    second = weakref.ref(read_shared(files[1]))
    assert first() is None
    third = weakref.ref(read_shared(files[2]))
    assert read_shared(files[1]) is second()
    read_shared(files[3])
    assert second() is None
    assert read_shared(files[2]) is third()


def test_a_file_that_ends_too_early__is_an_error(tmp_path):
    file = write_shared(np.zeros(1000), MountedFolder(str(tmp_path)))
    os.truncate(file.name, os.path.getsize(file.name) - 1)
    with pytest.raises(OSError, match="ends too early"):
        read_shared(file)


def test_results__have_the_rows_that_tasks_reported(tmp_path):
    def double(task, report):
        report(task)
        report(1)
        return 2 * task

    file = write_shared(SharedWork(double, sum), MountedFolder(str(tmp_path)))
    found = [do_task(file, bytes(f"I{n}\n.", "ascii")) for n in (3, 4)]
    assert found == [(6, 4), (8, 5)]
    assert merge_results(file, found) == (14, 9)
