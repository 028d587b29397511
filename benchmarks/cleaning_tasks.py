"""What ``real_cleaning`` asks of which table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import family_tables as tables
from benchmarks.family_tasks import TO_5000, Task
from benchmarks.programs import EXACT, OURS

_COMBINED = ("SMOTEENN", "SMOTETomek")
_CLEANERS = (
    "TomekLinks",
    "EditedNearestNeighbours",
    "AllKNN",
    "RepeatedEditedNearestNeighbours",
    "NeighbourhoodCleaningRule",
    "OneSidedSelection",
)
_OF_MANY = _CLEANERS[:3]  # where imbalanced-learn is likely to be stopped
_SEARCHES: dict[str, dict[str, Any]] = {OURS: {}, EXACT: {"search": "exact"}}
_SMALL = (tables.GERMAN, tables.FRAUD, tables.TELCO)
_LARGER = (tables.ADULT, tables.CREDIT)


def tasks(folder: Path) -> Iterator[Task]:
    """Yield every task that the folder has the table for."""
    for path in sorted((folder / "benchmark").glob("*.npz")):
        yield from _searching(path.stem)
    for table in (*_SMALL, *_LARGER):
        yield from _searching(table)
        for version in (1, 2, 3):
            yield _plain("NearMiss", table, f"version {version}", version=version)
    for table in _SMALL:
        yield _plain("CondensedNearestNeighbour", table)
    for sampler in _COMBINED:
        yield _search(sampler, tables.KDD, "5 rare attacks to 5,000", **TO_5000)
    for sampler in _OF_MANY:
        yield _search(sampler, tables.KDD)
    for table in (tables.ADULT, tables.CENSUS):
        yield _plain("RandomUnderSampler", table, "all columns")._replace(columns="all")


def _searching(table: str) -> Iterator[Task]:
    """Yield a task of each sampler that searches.

    Of labels that are text imbalanced-learn's NeighbourhoodCleaningRule wants numbers.
    """
    for sampler in (*_COMBINED, *_CLEANERS):
        task = _search(sampler, table)
        is_coded = sampler == "NeighbourhoodCleaningRule" and table in tables.READERS
        yield task._replace(columns="coded") if is_coded else task


def _search(sampler: str, table: str, more: str = "", **parameters: Any) -> Task:
    """Return a task with both searches of ours."""
    return _plain(sampler, table, more, **parameters)._replace(ours=_SEARCHES)


def _plain(sampler: str, table: str, more: str = "", **parameters: Any) -> Task:
    """Return a task of a sampler that takes no search."""
    name = f"{table}, {more}" if more else table
    return Task(name, sampler, table, "numeric", parameters, {OURS: {}})
