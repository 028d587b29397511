"""Journal of a job: what the job is, and which of its tasks are done.

A file of JSON lines in the folder of the job. A line is on disk before its task counts as
done; a line that a crash has cut off is removed. Results that are arrays are files beside it.
"""

from __future__ import annotations

import io
import json
import os
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np

from smotefast.storage.files import file_checksum, flush_to_disk

NAME = "journal.jsonl"
Line = dict[str, Any]


class Journal:
    """Tasks of a job that are done.

    Parameters
    ----------
    folder
        Folder of the job. An existing journal in it is read.

    Attributes
    ----------
    job
        What describes the job; empty if there is no journal yet.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._path = os.path.join(folder, NAME)
        self._lock = threading.Lock()
        lines = _read_lines(self._path)
        self.job: Line = lines[0] if lines else {}
        self._done = {line["task"]: line for line in lines[1:] if "task" in line}
        self._facts = {line["fact"]: line for line in lines[1:] if "fact" in line}

    def begin(self, job: Line) -> None:
        """Begin a new journal of the job that ``job`` describes."""
        self._done, self._facts = {}, {}
        with open(self._path, "wb") as file:
            _write_line(file, job)
        flush_to_disk(self._folder)
        self.job = job

    def __len__(self) -> int:
        """Return the number of tasks that are done."""
        return len(self._done)

    def result(self, task: str) -> Line | None:
        """Return what was recorded about a task; None if it is not done."""
        return self._done.get(task)

    def record(self, task: str, **result: Any) -> None:
        """Record a task as done; its files must be on disk, or their checksums recorded."""
        self._done[task] = self._append({"task": task, **result})

    def fact(self, name: str) -> Line | None:
        """Return a fact about the job, or None."""
        return self._facts.get(name)

    def add_fact(self, name: str, **values: Any) -> None:
        """Add a fact about the job, which is no task."""
        self._facts[name] = self._append({"fact": name, **values})

    def _append(self, line: Line) -> Line:
        with self._lock, open(self._path, "ab") as file:
            _write_line(file, line)
        return line

    def save_array(self, task: str, array: np.ndarray, **result: Any) -> None:
        """Write an array to a file, and record its task as done."""
        write_array(self._array_path(task), array)
        self._record_array(task, **result)

    def take_array(self, task: str, path: str) -> None:
        """Move a file that ``write_array`` wrote on the same disk, and record its task."""
        os.replace(path, self._array_path(task))
        self._record_array(task)

    def _record_array(self, task: str, **result: Any) -> None:
        flush_to_disk(self._folder)
        self.record(task, checksum=file_checksum(self._array_path(task)), **result)

    def load_array(self, task: str) -> np.ndarray | None:
        """Return the array of a task; None if it is not done, or its file is corrupt."""
        result, path = self.result(task), self._array_path(task)
        try:
            if result is None or file_checksum(path) != result["checksum"]:
                return None
            array: np.ndarray = np.load(path, allow_pickle=False)
        except (OSError, ValueError):
            return None
        return array

    def _array_path(self, task: str) -> str:
        return os.path.join(self._folder, f"{task}.npy")


def write_array(path: str, array: np.ndarray) -> None:
    """Write an array to a file, which is complete and on disk when this returns."""
    with open(path, "wb") as file:
        # Not the file itself: NumPy writes to a file in C, where an error has no errno, or
        # is lost when the last bytes are flushed.
        np.save(SimpleNamespace(write=file.write), array, allow_pickle=False)
    flush_to_disk(path)


def _write_line(file: io.BufferedWriter, line: Line) -> None:
    file.write(json.dumps(line).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _read_lines(path: str) -> list[Line]:
    """Return the complete lines of a journal; remove what follows them."""
    lines: list[Line] = []
    try:
        with open(path, "r+b") as file:
            end = 0
            for text in file:
                line = _parse(text)
                if line is None:
                    file.truncate(end)
                    break
                lines.append(line)
                end += len(text)
    except OSError:
        return []
    return lines


def _parse(text: bytes) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if text.endswith(b"\n") and isinstance(line, dict) else None
