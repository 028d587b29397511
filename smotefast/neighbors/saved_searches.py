"""Results of searches that an interrupted job has saved, used when the job is run again.

The searches of a job come in the same order in each run, so a search is known by its number. A
search that took less than a second is not saved: it is repeated as fast. Of a search in a file,
each step is saved.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, Protocol

import numpy as np

from smotefast.neighbors.result import Neighbors

_WORTH_SECONDS = 1.0
P = ParamSpec("P")
# Takes the name of a part, and what computes it.
Part = Callable[[str, Callable[[], np.ndarray]], np.ndarray]


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


class _Searches:
    """The searches of a job, numbered as they come."""

    def __init__(self, store: ArrayStore) -> None:
        self._store = store
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

    def parts(self) -> Part:
        """Return a function for the parts of the next search, which are all saved."""
        number, self._number = self._number, self._number + 1

        def part(name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
            task = f"search-{number}-part-{name}"
            found = self._store.load_array(task)
            if found is None:
                found = compute()
                self._store.save_array(task, found)
            return found

        return part

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
def save_searches(store: ArrayStore) -> Iterator[None]:
    """Save the results of long searches, and use those that were saved."""
    token = _current.set(_Searches(store))
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


def saved_parts() -> Part:
    """Return a function of a name and a search for a part of the queries of a long search.

    It returns what that finds, or what an earlier run of the job has saved for it.
    """
    searches = _current.get()
    return (lambda name, compute: compute()) if searches is None else searches.parts()


def resumable(find: Callable[P, Neighbors]) -> Callable[P, Neighbors]:
    """Make a function that searches return what ``saved`` does."""

    @functools.wraps(find)
    def find_or_load(*args: P.args, **kwargs: P.kwargs) -> Neighbors:
        return saved(lambda: [find(*args, **kwargs)])[0]

    return find_or_load
