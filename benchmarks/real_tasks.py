"""What ``benchmarks.real`` measures on which table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import real_tables as tables
from benchmarks.programs import EXACT, OURS, THEIRS

_EXACT: dict[str, dict[str, Any]] = {OURS: {"search": "exact"}}
_BOTH: dict[str, dict[str, Any]] = {OURS: {}, EXACT: {"search": "exact"}}
_NUMERIC = ("SMOTE", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN")
_COMBINED = ("SMOTEENN", "SMOTETomek")
_CLEANERS = (
    "TomekLinks",
    "EditedNearestNeighbours",
    "AllKNN",
    "RepeatedEditedNearestNeighbours",
    "NeighbourhoodCleaningRule",
    "OneSidedSelection",
)
# Half of the new rows, the default, is a share that no cluster of real data has.
_USUAL = {
    "KMeansSMOTE": {"cluster_balance_threshold": 0.01},
    "SMOTENC": {"categorical_features": "auto"},
}
_RARE = ("buffer_overflow.", "guess_passwd.", "nmap.", "pod.", "warezmaster.")
_TO_5000: dict[str, Any] = {"sampling_strategy": dict.fromkeys(_RARE, 5_000)}
_FIVE_ATTACKS = "5 rare attacks to 5,000"


class Task(NamedTuple):
    """One sampler on one table, in memory.

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


def _task(
    sampler: str,
    table: str,
    columns: str = "numeric",
    more: str = "",
    ours: dict[str, dict[str, Any]] = _EXACT,
    **how: Any,
) -> Task:
    name = f"{table}, {more}" if more else table
    given = {**_USUAL.get(sampler, {}), **how}
    return Task(name, sampler, table, columns, given, ours)


def _sets(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "benchmark").glob("*.npz"))


def data_tasks(folder: Path) -> Iterator[Task]:
    """Yield SMOTE on each set of arrays."""
    yield from (_task("SMOTE", name) for name in _sets(folder))


def family_tasks(folder: Path) -> Iterator[Task]:
    """Yield the over-samplers, with exact search."""
    for name in _sets(folder):
        yield from (_task(sampler, name) for sampler in _NUMERIC)
    for table in (tables.GERMAN, tables.TELCO, tables.ADULT):
        yield _task("SMOTENC", table, "mixed")
        yield _task("SMOTEN", table, "text")
        yield from (_task(sampler, table) for sampler in _NUMERIC)
    grown = dict.fromkeys(("priority", "spec_prior", "very_recom"), 4_320)  # the largest class
    nursery = "SMOTEN", tables.NURSERY, "all"
    yield _task(*nursery, "without the class of 2", sampling_strategy=grown)
    clamped = {OURS: {"search": "exact", "small_class": "clamp"}}
    yield _task(*nursery, "small_class='clamp'", clamped)
    for table in (tables.MUSHROOM, tables.AMAZON):
        yield _task("SMOTEN", table, "all")
    yield _task("SMOTEN", tables.CENSUS, "all")._replace(seconds=600)
    for sampler, columns in (("SMOTENC", "mixed"), ("BorderlineSMOTE", ""), ("ADASYN", "")):
        yield _task(sampler, tables.KDD, columns or "numeric", _FIVE_ATTACKS, **_TO_5000)


def cleaning_tasks(folder: Path) -> Iterator[Task]:
    """Yield the cleaners and combinations, with both searches of ours where there are two."""
    small = (tables.GERMAN, tables.FRAUD, tables.TELCO)
    for name in (*_sets(folder), *small, tables.ADULT, tables.CREDIT):
        for sampler in (*_COMBINED, *_CLEANERS):
            # imbalanced-learn's NeighbourhoodCleaningRule takes no labels that are text.
            is_coded = sampler == "NeighbourhoodCleaningRule" and name in tables.READERS
            yield _task(sampler, name, "coded" if is_coded else "numeric", ours=_BOTH)
        if name in tables.READERS:
            for version in (1, 2, 3):
                more = f"version {version}"
                yield _task("NearMiss", name, more=more, ours={OURS: {}}, version=version)
    for name in small:
        yield _task("CondensedNearestNeighbour", name, ours={OURS: {}})
    for sampler in _COMBINED:
        yield _task(sampler, tables.KDD, more=_FIVE_ATTACKS, ours=_BOTH, **_TO_5000)
    for sampler in _CLEANERS[:3]:  # where imbalanced-learn is likely to be stopped
        yield _task(sampler, tables.KDD, ours=_BOTH)
    for name in (tables.ADULT, tables.CENSUS):
        yield _task("RandomUnderSampler", name, "all", "all columns", {OURS: {}})


class FileTask(NamedTuple):
    """One resampling of a table from file to file; ``strategy`` None means "auto"."""

    name: str
    table: str
    target: str
    k: int = 5
    strategy: dict[str, int] | None = None
    memory_limit: str = "1GiB"

    def strategy_text(self) -> str:
        """Return the strategy as the command line takes it."""
        return json.dumps(self.strategy) if self.strategy else "auto"


# Attacks of 6 rows and more, which five neighbors need, and fewer than 20,000.
_ATTACKS = (
    "back satan ipsweep portsweep warezclient teardrop pod nmap guess_passwd buffer_overflow "
    "land warezmaster imap rootkit loadmodule ftp_write multihop"
).split()
FILE_TASKS = (
    FileTask(
        "KDD Cup 99, one rare attack", tables.KDD, "attack",
        strategy={"buffer_overflow.": 50_000},
    ),
    FileTask(
        "KDD Cup 99, 17 attacks to 20,000 each", tables.KDD, "attack",
        strategy={f"{name}.": 20_000 for name in _ATTACKS},
    ),
    FileTask("KDD Cup 99, all 23 classes balanced, k=1", tables.KDD, "attack", k=1),
    FileTask("Give Me Some Credit", tables.CREDIT, "SeriousDlqin2yrs"),
)  # fmt: skip
