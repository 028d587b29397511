"""What the tasks of a stage have in common, as a file that all workers of a cluster read.

Arrays, such as the rows of a class, come after the pickled objects, as they are in memory: the
file is written and read without a copy of them. Arrays in files stay there, and each worker
opens these.
"""

from __future__ import annotations

import os
import pickle
import secrets
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from smotefast._open_files import missing_file_message
from smotefast.storage.remote.shared_folder import SharedFolder

# Jobs whose values a process keeps. A process has one task thread.
_MOST_JOBS = 2
# The name of the last file that was read in each folder, and its value.
_values: dict[str, tuple[str, Any]] = {}


class SharedWork(NamedTuple):
    """Functions of a stage.

    Attributes
    ----------
    do
        Does a task; its second argument is to be called with numbers of rows.
    merge
        Makes one result of several; None if they are not merged.
    """

    do: Callable[[Any, Callable[[int], None]], Any]
    merge: Callable[[Iterable[Any]], Any] | None = None


class SharedFile(NamedTuple):
    """A file that processes of a cluster read, by its name in a folder that they share."""

    folder: SharedFolder
    name: str


def write_shared(value: Any, folder: SharedFolder) -> SharedFile:
    """Write an object to a file for ``read_shared``. Classes of ``__main__`` may be in it."""
    import cloudpickle

    buffers: list[pickle.PickleBuffer] = []
    body = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays = [buffer.raw() for buffer in buffers]
    path = os.path.join(folder.path, f"work-{secrets.token_hex(4)}.pickle")
    with open(path, "xb") as file:
        pickle.dump((body, [array.nbytes for array in arrays]), file)
        for array in arrays:
            file.write(array)
    return SharedFile(folder, folder.publish(path))


def read_shared(shared: SharedFile) -> Any:
    """Read an object; the same one each time, until another file in its folder is read.

    The stages of a job follow each other, so what one of them has in memory is released then.

    Raises
    ------
    OSError
        If the file is missing, or ends too early.
    """
    folder = os.path.dirname(shared.name)
    known_name, value = _values.get(folder, ("", None))
    if known_name != shared.name:
        value = None  # releases the memory before more is taken
        _values.pop(folder, None)
        while len(_values) >= _MOST_JOBS:
            _values.pop(next(iter(_values)))
        value = _read(shared)
        _values[folder] = shared.name, value
    return value


def _read(shared: SharedFile) -> Any:
    with _opened(shared) as file:
        body, sizes = pickle.load(file)
        buffers = [np.empty(size, np.uint8) for size in sizes]
        for buffer in buffers:
            _read_into(file, buffer.data)
    return pickle.loads(body, buffers=buffers)


def _opened(shared: SharedFile) -> BinaryIO:
    try:
        return shared.folder.open(shared.name)
    except FileNotFoundError as error:
        raise FileNotFoundError(missing_file_message(shared.name)) from error


def _read_into(file: Any, view: memoryview) -> None:
    while view:
        n_bytes = file.readinto(view)
        if not n_bytes:
            raise OSError("A file of the job ends too early: is its storage full?")
        view = view[n_bytes:]


def forget_shared(folder: SharedFolder | None = None) -> None:
    """Release the memory of all objects that were read, and copies of a folder's files."""
    _values.clear()
    if folder is not None:
        folder.forget()


def do_task(shared: SharedFile, task: bytes) -> tuple[Any, int]:
    """Do a task, on a worker; return its result, and the number of rows that it reported.

    Parameters
    ----------
    shared
        The file of its ``SharedWork``.
    task
        The task, pickled: engines look for their futures inside tuples.
    """
    n_rows = 0

    def report(n_more: int) -> None:
        nonlocal n_rows
        n_rows += n_more

    work: SharedWork = read_shared(shared)
    result = work.do(pickle.loads(task), report)
    return result, n_rows


def merge_results(shared: SharedFile, found: list[tuple[Any, int]]) -> tuple[Any, int]:
    """Make one result of several that ``do_task`` or this function has returned."""
    work: SharedWork = read_shared(shared)
    assert work.merge is not None
    return work.merge(result for result, _ in found), sum(n_rows for _, n_rows in found)
