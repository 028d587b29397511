"""A task on a real table, and what ``real_family`` asks of which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import family_tables as tables
from benchmarks.programs import OURS, THEIRS

_NUMERIC = ("SMOTE", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN")
_SIDES = (("SMOTENC", "mixed"), ("SMOTEN", "text"))
# Half of the new rows, the default, is a share that no cluster of real data has.
_USUAL = {
    "KMeansSMOTE": {"cluster_balance_threshold": 0.01},
    "SMOTENC": {"categorical_features": "auto"},
}
_RARE = ("buffer_overflow.", "guess_passwd.", "nmap.", "pod.", "warezmaster.")
TO_5000: dict[str, Any] = {"sampling_strategy": dict.fromkeys(_RARE, 5_000)}
_LARGEST_OF_NURSERY = 4_320


class Task(NamedTuple):
    """One sampler on one table.

    ``ours`` names our sides, each with the parameters that only smotefast has. A side gets
    ``seconds`` for a call, and ``gib`` of address space.
    """

    name: str
    sampler: str
    table: str
    columns: str
    parameters: dict[str, Any]
    ours: dict[str, dict[str, Any]]
    seconds: float = 300
    gib: float = 20

    def sides(self) -> dict[str, dict[str, Any]]:
        """Return the parameters of each side, imbalanced-learn's last."""
        ours = {side: self.parameters | more for side, more in self.ours.items()}
        return ours | {THEIRS: self.parameters}


def tasks(folder: Path) -> Iterator[Task]:
    """Yield every task that the folder has the table for."""
    for path in sorted((folder / "benchmark").glob("*.npz")):
        for sampler in _NUMERIC:
            yield _task(sampler, path.stem, "numeric")
    for table in (tables.GERMAN, tables.TELCO, tables.ADULT):
        for sampler, columns in _SIDES:
            yield _task(sampler, table, columns)
        for sampler in _NUMERIC:
            yield _task(sampler, table, "numeric")
    yield from _nominal()
    yield _task("SMOTENC", tables.KDD, "mixed", "5 rare attacks to 5,000", **TO_5000)
    for sampler in ("BorderlineSMOTE", "ADASYN"):
        yield _task(sampler, tables.KDD, "numeric", "5 rare attacks to 5,000", **TO_5000)


def _nominal() -> Iterator[Task]:
    grown = dict.fromkeys(("priority", "spec_prior", "very_recom"), _LARGEST_OF_NURSERY)
    small = "without the class of 2"
    yield _task("SMOTEN", tables.NURSERY, "all", small, sampling_strategy=grown)
    clamped = _task("SMOTEN", tables.NURSERY, "all", "small_class='clamp'")
    yield clamped._replace(ours={OURS: {"search": "exact", "small_class": "clamp"}})
    for table in (tables.MUSHROOM, tables.AMAZON):
        yield _task("SMOTEN", table, "all")
    yield _task("SMOTEN", tables.CENSUS, "all")._replace(seconds=600)


def _task(sampler: str, table: str, columns: str, more: str = "", **parameters: Any) -> Task:
    name = f"{table}, {more}" if more else table
    given = {**_USUAL.get(sampler, {}), **parameters}
    return Task(name, sampler, table, columns, given, {OURS: {"search": "exact"}})
