"""The folder in which the jobs of a form run, each in a forked child with a fault."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import select
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tests.faults.forms import Form, run_job, write_source
from tests.faults.kinds import CALLS, FAIL, KILL, Kind
from tests.faults.power_loss import History, Tree

# Numbers of no call, and of all that follow.
NEVER, LAST = 0, 1 << 30
# A job takes 50 ms; one that takes so long hangs.
_HANGS_AFTER = 60


class Result(NamedTuple):
    """How a child ended.

    Attributes
    ----------
    error
        Type and message of the error; "" without one, None if the child was killed.
    problems
        What must not happen, whatever the fault is.
    where
        The first call that failed; empty if none did.
    counts
        How often each call was made.
    """

    error: str | None
    problems: list[str]
    where: str = ""
    counts: tuple[int, ...] = ()


class Place:
    """The folder of a form, with its source and what a job begins with."""

    def __init__(self, root: Path, form: Form, shim: ctypes.CDLL) -> None:
        self.folder, self.form, self._shim = root / "place", form, shim
        self._snapshots, self._log = root / "snapshots", root / "log"
        for each in (self.folder, self._snapshots):
            shutil.rmtree(each, ignore_errors=True)
            each.mkdir()
        write_source(form, self.folder / form.source)
        self._source = _state(self.folder / form.source)
        self.start: Tree = {}
        self._count_calls()
        self.expected = self.destination()
        if form.replaces:
            self.start = self._old_destination()
        self.old = self.start
        self.counts = self._count_calls()
        if form.starts_at is not None:
            self._interrupt(*form.starts_at)
        self.put(self.start)
        self.first_state = self.state()

    def _count_calls(self) -> tuple[int, ...]:
        """Run the job without faults; return how often each call was made."""
        self.put(self.start)
        done = self.run(None)
        assert (done.error, done.problems) == ("", []), done
        return done.counts

    def _interrupt(self, call: str, share: float) -> None:
        """Begin with what a job leaves that is killed at a share of its calls of one kind."""
        self.put(self.start)
        number = max(1, int(share * self.counts[CALLS.index(call)]))
        assert self.run(Kind((call,), KILL), number).error is None
        self.start = self.tree()
        self.counts = self._count_calls()

    def _old_destination(self) -> Tree:
        """Return some files of the new destination, one of them with other content."""
        n_files = 3 if len(self.expected) > 1 else 1
        old = dict(list(self.expected.items())[:n_files])
        buffer = pa.BufferOutputStream()
        pq.write_table(pa.table({"old": [1, 2, 3]}), buffer)
        return {**old, max(old): buffer.getvalue().to_pybytes()}

    def n_points(self, kind: Kind) -> int:
        """Number of calls at which a fault of this kind can happen."""
        return sum(self.counts[CALLS.index(call)] for call in kind.calls)

    def tree(self) -> Tree:
        """Return everything in the folder but the source."""
        return {
            path: content
            for path, content in _tree(self.folder).items()
            if path.partition("/")[0] != self.form.source
        }

    def destination(self) -> Tree:
        """Return the destination; nothing if it is absent."""
        return _only(self.tree(), self.form.destination)

    def left_over(self) -> list[str]:
        """Return what is beside source and destination."""
        return sorted(self.tree().keys() - self.destination().keys())

    def source_is_unchanged(self) -> bool:
        return _state(self.folder / self.form.source) == self._source

    def put(self, tree: Tree) -> None:
        """Replace everything but the source."""
        for entry in os.scandir(self.folder):
            if entry.name != self.form.source:
                shutil.rmtree(entry) if entry.is_dir() else os.unlink(entry)
        for path, content in sorted(tree.items()):
            if content is None:
                (self.folder / path).mkdir()
            else:
                (self.folder / path).write_bytes(content)

    def run(self, kind: Kind | None, number: int = NEVER) -> Result:
        """Run the job in a child, with a fault at a call."""
        for old in self._snapshots.iterdir():
            old.unlink()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            with os.fdopen(write, "w") as pipe:
                json.dump(self._in_child(kind, number), pipe)
            os._exit(0)
        os.close(write)
        return _wait(child, read)

    def _in_child(self, kind: Kind | None, number: int) -> list[Any]:
        form, unraisable = self.form, []
        sys.unraisablehook = lambda hook: unraisable.append(f"ignored {hook.exc_value!r}")
        threading.excepthook = lambda hook: unraisable.append(f"in a thread {hook.exc_value!r}")
        mask = sum(1 << CALLS.index(call) for call in (kind.calls if kind else ()))
        self._shim.faults_arm(
            *(os.fsencode(path) for path in (self.folder, self._snapshots, self._log)),
            mask, kind.action if kind else FAIL, kind.code if kind else 0, number,
            LAST if kind and kind.lasts else number,
            0 if form.has_links else errno.EPERM, 0 if form.can_exchange else errno.EINVAL,
        )  # fmt: skip
        error, problems = "", []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run_job(form, self.folder)
        except BaseException as raised:
            error = f"{type(raised).__name__}: {raised}"
            if not isinstance(raised, OSError) or not str(raised).strip():
                problems.append("".join(traceback.format_exception(raised)))
        self._shim.faults_disarm()
        problems += [*unraisable, *self._left_open()]
        counts = [self._shim.faults_count(op) for op in range(len(CALLS))]
        where = self._shim.faults_where().decode()
        if where:
            op, path = where.split(" ", 1)
            where = f"{CALLS[int(op)]} {path}"
        return [error, problems, where, counts]

    def _left_open(self) -> Iterator[str]:
        """Yield the descriptors and threads that a job has left."""
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                path = os.readlink(f"/proc/self/fd/{name}")
                if path.startswith(f"{self.folder}/"):
                    yield f"left open: {path}"
        for thread in threading.enumerate():
            if thread.name.startswith("smotefast"):
                yield f"left running: {thread.name}"

    def history(self) -> History:
        """Return the changes that the last job made."""
        return History(self.start).replay(self._log.read_text(), self._snapshots)

    def state(self) -> str:
        """Return what the destination is: absent, old, complete, or bad."""
        found = self.destination()
        if not found:
            return "absent"
        if found == self.expected:
            return "complete"
        return "old" if found == self.old else "bad"


def _only(tree: Tree, name: str) -> Tree:
    return {path: content for path, content in tree.items() if path.split("/")[0] == name}


def _tree(folder: Path) -> Tree:
    tree: Tree = {}
    for parent, folders, files in os.walk(folder):
        below = os.path.relpath(parent, folder)
        for name in folders:
            tree[os.path.normpath(os.path.join(below, name))] = None
        for name in files:
            path = os.path.normpath(os.path.join(below, name))
            tree[path] = (folder / path).read_bytes()
    return dict(sorted(tree.items()))


def _state(path: Path) -> list[tuple[int, int, int, int]]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    states = [os.stat(file) for file in files]
    return [(s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in states]


def _wait(child: int, read: int) -> Result:
    """Wait for a child and return its result; kill it if it hangs."""
    deadline = time.monotonic() + _HANGS_AFTER
    os.set_blocking(read, False)
    text = b""
    while time.monotonic() < deadline:
        if select.select([read], [], [], 1.0)[0]:
            more = os.read(read, 1 << 16)
            if not more:
                break
            text += more
    else:
        os.kill(child, signal.SIGKILL)
    os.close(read)
    status = os.waitpid(child, 0)[1]
    if time.monotonic() >= deadline:
        return Result(None, ["the job hangs"])
    if not text:
        was_killed = os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        return Result(None, [] if was_killed else [f"the process died with status {status}"])
    error, problems, where, counts = json.loads(text)
    return Result(error, problems, where, tuple(counts))
