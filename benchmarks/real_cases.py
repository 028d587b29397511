"""The cases of public tables: over-samplers, cleaners, and jobs from file to file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import real_tables as tables
from benchmarks.data import Table
from benchmarks.measure import OURS, THEIRS, Case, Side
from benchmarks.process_cases import COMMAND
from benchmarks.sampler_cases import BOTH, sampler_case

_NUMERIC = ("SMOTE", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN")
_COMBINED = ("SMOTEENN", "SMOTETomek")
_CLEANERS = (
    *("TomekLinks", "EditedNearestNeighbours", "AllKNN", "RepeatedEditedNearestNeighbours"),
    *("NeighbourhoodCleaningRule", "OneSidedSelection"),
)
# Half of the new rows, the default, is a share that no cluster of real data has.
_USUAL = {
    "KMeansSMOTE": {"cluster_balance_threshold": 0.01},
    "SMOTENC": {"categorical_features": "auto"},
}
_RARE = ("buffer_overflow.", "guess_passwd.", "nmap.", "pod.", "warezmaster.")
_TO_5000 = {"sampling_strategy": dict.fromkeys(_RARE, 5_000)}
_FIVE_ATTACKS = "5 rare attacks to 5,000"


def _case(
    sampler: str,
    table: str,
    columns: str = "numeric",
    more: str = "",
    ours: dict[str, dict[str, Any]] | None = None,
    limit: int = 300,
    **parameters: Any,
) -> Case:
    """Return a case with one process of each side; ours searches exactly by default."""
    name = f"{table}, {more}, {sampler}" if more else f"{table}, {sampler}"
    given = {**_USUAL.get(sampler, {}), **parameters}
    how: dict[str, Any] = {"title": name, "rounds": 1, "limit": limit}
    ours = ours or {OURS: {"search": "exact"}}
    return sampler_case(name, sampler, Table(table, columns), given, ours, **how)


def over_samplers(folder: Path) -> Iterator[Case]:
    """Yield the over-samplers, with exact search."""
    for name in tables.sets(folder):
        yield from (_case(sampler, name) for sampler in _NUMERIC)
    for table in (tables.GERMAN, tables.TELCO, tables.ADULT):
        yield _case("SMOTENC", table, "mixed")
        yield _case("SMOTEN", table, "text")
        yield from (_case(sampler, table) for sampler in _NUMERIC)
    grown = dict.fromkeys(("priority", "spec_prior", "very_recom"), 4_320)  # the largest class
    nursery = "SMOTEN", tables.NURSERY, "all"
    yield _case(*nursery, "without the class of 2", sampling_strategy=grown)
    clamped = {OURS: {"search": "exact", "small_class": "clamp"}}
    yield _case(*nursery, "small_class='clamp'", clamped)
    for table in (tables.MUSHROOM, tables.AMAZON):
        yield _case("SMOTEN", table, "all")
    yield _case("SMOTEN", tables.CENSUS, "all", limit=600)
    for sampler, columns in (("SMOTENC", "mixed"), ("BorderlineSMOTE", ""), ("ADASYN", "")):
        yield _case(sampler, tables.KDD, columns or "numeric", _FIVE_ATTACKS, **_TO_5000)


def cleaning(folder: Path) -> Iterator[Case]:
    """Yield the cleaners and combinations, with both searches of ours where there are two."""
    small, automatic = (tables.GERMAN, tables.FRAUD, tables.TELCO), {OURS: {}}
    for name in (*tables.sets(folder), *small, tables.ADULT, tables.CREDIT):
        for sampler in (*_COMBINED, *_CLEANERS):
            # imbalanced-learn's NeighbourhoodCleaningRule takes no labels that are text.
            is_coded = sampler == "NeighbourhoodCleaningRule" and name in tables.READERS
            yield _case(sampler, name, "coded" if is_coded else "numeric", ours=BOTH)
        for version in (1, 2, 3) if name in tables.READERS else ():
            more = f"version {version}"
            yield _case("NearMiss", name, more=more, ours=automatic, version=version)
    for name in small:
        yield _case("CondensedNearestNeighbour", name, ours=automatic)
    for sampler in _COMBINED:
        yield _case(sampler, tables.KDD, more=_FIVE_ATTACKS, ours=BOTH, **_TO_5000)
    for sampler in _CLEANERS[:3]:  # where imbalanced-learn is likely to be stopped
        yield _case(sampler, tables.KDD, ours=BOTH)
    for name in (tables.ADULT, tables.CENSUS):
        yield _case("RandomUnderSampler", name, "all", "all columns", automatic)


def _files(name: str, table: str, k: int = 5, strategy: dict[str, int] | None = None) -> Case:
    """Return SMOTE from Parquet to Parquet: the command, and imbalanced-learn in a program."""
    source, ours, theirs = (f"{{folder}}/{of}.parquet" for of in (table, "ours", "theirs"))
    command = ("resample", source, ours, "--target", "target", "--search", "exact", "--quiet")
    command += ("--memory-limit", "1GiB", "--overwrite", "--k-neighbors", f"{k}")
    command += ("--sampling-strategy", json.dumps(strategy) if strategy else "auto")
    job = {"source": source, "destination": theirs, "k": k, "strategy": strategy or "auto"}
    sides = {OURS: Side(command=(*COMMAND, *command))}
    sides[THEIRS] = Side("file_sides:resample_parquet", job)
    made = {"data": Table(table), "destination": source}
    prepare = {THEIRS: Side("real_tables:make_parquet", made)}
    files = {"source": source, "ours": ours, "theirs": theirs}
    checks = {OURS: Side("file_sides:compare_files", files)}
    return Case(name, name, sides, prepare=prepare, checks=checks, table=table)


# Attacks of 6 rows and more, which five neighbors need, and fewer than 20,000.
_ATTACKS = (
    "back satan ipsweep portsweep warezclient teardrop pod nmap guess_passwd buffer_overflow "
    "land warezmaster imap rootkit loadmodule ftp_write multihop"
).split()
_MANY = {f"{name}.": 20_000 for name in _ATTACKS}
FILES = (
    _files("KDD Cup 99, one rare attack", tables.KDD, strategy={"buffer_overflow.": 50_000}),
    _files("KDD Cup 99, 17 attacks to 20,000 each", tables.KDD, strategy=_MANY),
    _files("KDD Cup 99, all 23 classes balanced, k=1", tables.KDD, k=1),
    _files("Give Me Some Credit", tables.CREDIT),
)
