"""Results of searches that an interrupted job has saved, used when the job is run again.

The searches of a job come in the same order in each run, so a search is known by its number. A
search that took less than a second is not saved: it is repeated as fast. Of a search in a file,
each step is saved; other processes may do the steps.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, Protocol

import numpy as np

from smotefast._phases import advance
from smotefast._row_files import ByteFile
from smotefast.neighbors.result import Neighbors

_WORTH_SECONDS = 1.0
P = ParamSpec("P")


class ArrayStore(Protocol):
    """Keeps arrays by name, as ``storage.journal.Journal`` does."""

    def save_array(self, task: str, array: np.ndarray, **result: Any) -> None:
        """Keep an array, with values of JSON."""
        ...

    def load_array(self, task: str) -> np.ndarray | None:
        """Return an array, or None."""
        ...

    def result(self, task: str) -> dict[str, Any] | None:
        """Return the values kept with an array."""
        ...


# Does the step with a number, and calls a function with numbers of rows that are done.
StepWork = Callable[[int, Callable[[int], None]], np.ndarray]


class StepEngine(Protocol):
    """Does steps of searches in other processes."""

    def do(
        self, work: StepWork, numbers: Mapping[str, int], report: Callable[[int], None]
    ) -> None:
        """Do steps, whose numbers come with the names under which their results are saved."""
        ...


class Parts(Protocol):
    """Results of the steps of a long search.

    Attributes
    ----------
    are_shared
        Whether other processes do the steps, each one with a single thread.
    """

    are_shared: bool

    def find(self, work: StepWork, numbers: Mapping[str, int]) -> None:
        """Do the steps whose results are not saved, and save these by name."""
        ...

    def load(self, name: str) -> np.ndarray:
        """Return what was saved."""
        ...


class _StoredParts:
    """Parts that an array store keeps for the next run of a job."""

    def __init__(self, store: ArrayStore, engine: StepEngine | None, search: int) -> None:
        self._store, self._engine, self._search = store, engine, search
        self.are_shared = engine is not None

    def find(self, work: StepWork, numbers: Mapping[str, int]) -> None:
        tasks = {self._task(name): number for name, number in numbers.items()}
        missing = (task for task in tasks if self._store.load_array(task) is None)
        if self._engine is not None:
            self._engine.do(work, {task: tasks[task] for task in missing}, advance)
            return
        for task in missing:
            self._store.save_array(task, work(tasks[task], advance))

    def load(self, name: str) -> np.ndarray:
        found = self._store.load_array(self._task(name))
        if found is None:
            raise OSError(
                "Neighbors that the search saved are no longer in the job's files. Run the job "
                "again; nothing else may write there."
            )
        return found

    def _task(self, name: str) -> str:
        return f"search-{self._search}-part-{name}"


class _PartsInFile:
    """Parts of a search outside a job, in a temporary file."""

    are_shared = False

    def __init__(self, folder: str) -> None:
        self._bytes = ByteFile(folder)
        self._placed: dict[str, tuple[int, tuple[int, ...], np.dtype[Any]]] = {}

    def find(self, work: StepWork, numbers: Mapping[str, int]) -> None:
        for name, number in numbers.items():
            found = work(number, advance)
            start = self._bytes.append(np.ascontiguousarray(found).view(np.uint8).reshape(-1))
            self._placed[name] = start, found.shape, found.dtype

    def load(self, name: str) -> np.ndarray:
        start, shape, dtype = self._placed[name]
        found = np.empty(shape, dtype)
        n_bytes = np.array([found.nbytes])
        self._bytes.read_into(np.array([start]), n_bytes, found.view(np.uint8).reshape(-1))
        return found


class _Searches:
    """The searches of a job, numbered as they come."""

    def __init__(self, store: ArrayStore, engine: StepEngine | None) -> None:
        self._store, self._engine = store, engine
        self._number = 0

    def find(self, search: Callable[[], list[Neighbors]]) -> list[Neighbors]:
        number, self._number = self._number, self._number + 1
        saved = self._load(number)
        if saved is not None:
            return saved
        started = time.monotonic()
        results = search()
        if time.monotonic() - started >= _WORTH_SECONDS:
            self._save(number, results)
        return results

    def parts(self) -> Parts:
        """Return the parts of the next search, which are all saved."""
        number, self._number = self._number, self._number + 1
        return _StoredParts(self._store, self._engine, number)

    def _save(self, number: int, results: list[Neighbors]) -> None:
        for i, each in enumerate(results):
            values = {"method": each.method, "recall": each.recall, "n": len(results)}
            self._store.save_array(f"search-{number}-{i}", each.indices, **values)

    def _load(self, number: int) -> list[Neighbors] | None:
        first = self._store.result(f"search-{number}-0")
        results = []
        for i in range(first["n"] if first is not None else 0):
            name = f"search-{number}-{i}"
            indices, values = self._store.load_array(name), self._store.result(name)
            if indices is None or values is None:
                return None
            results.append(Neighbors(indices, values["method"], values["recall"]))
        return results or None


_current: ContextVar[_Searches | None] = ContextVar("smotefast_searches", default=None)


@contextmanager
def save_searches(store: ArrayStore, engine: StepEngine | None = None) -> Iterator[None]:
    """Save the results of long searches, and use those that were saved.

    With an engine, it does the steps of searches in files.
    """
    token = _current.set(_Searches(store, engine))
    try:
        yield
    finally:
        _current.reset(token)


def saved(search: Callable[[], list[Neighbors]]) -> list[Neighbors]:
    """Return the results of a search, or those saved for it in an earlier run of the job.

    Distances are not saved.
    """
    searches = _current.get()
    return search() if searches is None else searches.find(search)


def saved_parts(folder: str) -> Parts:
    """Return what keeps the results of the parts of a search.

    In a job, that is what an earlier run has saved; otherwise a temporary file in the folder.
    """
    searches = _current.get()
    return _PartsInFile(folder) if searches is None else searches.parts()


def resumable(find: Callable[P, Neighbors]) -> Callable[P, Neighbors]:
    """Make a function that searches return what ``saved`` does."""

    @functools.wraps(find)
    def find_or_load(*args: P.args, **kwargs: P.kwargs) -> Neighbors:
        return saved(lambda: [find(*args, **kwargs)])[0]

    return find_or_load
