"""Searches that several samplers have in common: each is done once, for the largest k.

Exact neighbors come in a fixed order, so the k nearest are the first k of a longer list, and
the neighbors of some rows are rows of the table of all. A search is known by the content of its
arrays.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec

import numpy as np

from smotefast.neighbors.result import Neighbors

P = ParamSpec("P")


class SharedSearches:
    """Tables of neighbors by the arrays that were searched.

    Parameters
    ----------
    k
        Neighbors to search for at least; a request for fewer takes the first ones.

    Attributes
    ----------
    n_searches
        Number of searches that were run.
    """

    def __init__(self, k: int) -> None:
        self._k = k
        self._tables: dict[bytes, np.ndarray] = {}
        self.n_searches = 0

    def find(
        self, find: Callable[..., Neighbors], pool: Any, k: int, options: dict[str, Any]
    ) -> Neighbors:
        """Return the neighbors of the queries from a table, after a search if there is none."""
        options = {name: each for name, each in options.items() if name != "estimator"}
        queries = options.pop("queries", None)
        # Queries in a pool of all classes are few of its rows, and the same for each k.
        searched = queries if options.get("cross_class") else None
        key = _digest(find.__name__, pool, searched, options)
        table = self._tables.get(key)
        if table is None or table.shape[1] < k:
            most = min(max(k, self._k), pool.shape[0] - 1)
            table = find(pool, most, queries=searched, **options).indices
            self._tables[key] = table
            self.n_searches += 1
        rows = table if searched is not None or queries is None else table[queries]
        return Neighbors(np.ascontiguousarray(rows[:, :k]), "exact")


def _digest(name: str, pool: Any, queries: Any, options: dict[str, Any]) -> bytes:
    """Return a key for a search; the number of threads does not change its result."""
    digest = hashlib.blake2b(name.encode())
    names = sorted(options.keys() - {"n_threads"})
    for value in (pool, queries, *(options[key] for key in names)):
        for part in _parts(value):
            digest.update(part)
    return digest.digest()


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif hasattr(value, "indptr"):
        for array in (value.data, value.indices, value.indptr):
            yield from _parts(array)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
    else:
        yield repr(value).encode()


_current: ContextVar[SharedSearches | None] = ContextVar("smotefast_shared", default=None)


@contextmanager
def share_searches(k: int) -> Iterator[SharedSearches]:
    """Do exact searches of the same rows once in this block, for at least k neighbors.

    The results are those of separate searches. Approximate searches, searches by ``"auto"`` and
    those by a user's estimator are not shared: their results may depend on k and the queries.
    """
    shared = SharedSearches(k)
    token = _current.set(shared)
    try:
        yield shared
    finally:
        _current.reset(token)


def shareable(find: Callable[P, Neighbors]) -> Callable[P, Neighbors]:
    """Make a function that searches use the searches that are shared."""

    @functools.wraps(find)
    def find_once(*args: P.args, **kwargs: P.kwargs) -> Neighbors:
        shared = _current.get()
        pool: Any = args[0]
        k: Any = args[1]
        if shared is None or not _is_exact(kwargs) or not 1 <= k < pool.shape[0]:
            return find(*args, **kwargs)
        return shared.find(find, pool, k, dict(kwargs))

    return find_once


def _is_exact(options: Mapping[str, Any]) -> bool:
    return options.get("search") == "exact" and options.get("estimator") is None
