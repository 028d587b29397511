"""The cases of public tables: over-samplers, cleaners, and jobs from file to file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import real_tables as tables
from benchmarks.data import Table
from benchmarks.libraries import EXACT, OURS, THEIRS
from benchmarks.measure import Case, Found, Plan, case_of
from benchmarks.special import COMMAND
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import call, run_command
from smotefast.bench.spread import summarize_processes

_EXACT = {OURS: {"search": "exact"}}
_BOTH = {OURS: {}, EXACT: {"search": "exact"}}
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
_TO_5000 = {"sampling_strategy": dict.fromkeys(_RARE, 5_000)}
_FIVE_ATTACKS = "5 rare attacks to 5,000"


def _case(
    sampler: str,
    table: str,
    columns: str = "numeric",
    more: str = "",
    ours: dict[str, dict[str, Any]] = _EXACT,
    **parameters: Any,
) -> Case:
    """Return a case with up to 15 later calls, of those that fit into 20 s."""
    name = f"{table}, {more}" if more else table
    return Case(
        f"{name}, {sampler}", name, sampler, Table(table, columns),
        {**_USUAL.get(sampler, {}), **parameters}, ours,
        later=(15, 15), rounds=1, limit=300, enough=20, gib=20,
    )  # fmt: skip


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
    yield _case("SMOTEN", tables.CENSUS, "all")._replace(limit=600)
    for sampler, columns in (("SMOTENC", "mixed"), ("BorderlineSMOTE", ""), ("ADASYN", "")):
        yield _case(sampler, tables.KDD, columns or "numeric", _FIVE_ATTACKS, **_TO_5000)


def cleaning(folder: Path) -> Iterator[Case]:
    """Yield the cleaners and combinations, with both searches of ours where there are two."""
    small = (tables.GERMAN, tables.FRAUD, tables.TELCO)
    for name in (*tables.sets(folder), *small, tables.ADULT, tables.CREDIT):
        for sampler in (*_COMBINED, *_CLEANERS):
            # imbalanced-learn's NeighbourhoodCleaningRule takes no labels that are text.
            is_coded = sampler == "NeighbourhoodCleaningRule" and name in tables.READERS
            yield _case(sampler, name, "coded" if is_coded else "numeric", ours=_BOTH)
        if name in tables.READERS:
            for version in (1, 2, 3):
                more = f"version {version}"
                yield _case("NearMiss", name, more=more, ours={OURS: {}}, version=version)
    for name in small:
        yield _case("CondensedNearestNeighbour", name, ours={OURS: {}})
    for sampler in _COMBINED:
        yield _case(sampler, tables.KDD, more=_FIVE_ATTACKS, ours=_BOTH, **_TO_5000)
    for sampler in _CLEANERS[:3]:  # where imbalanced-learn is likely to be stopped
        yield _case(sampler, tables.KDD, ours=_BOTH)
    for name in (tables.ADULT, tables.CENSUS):
        yield _case("RandomUnderSampler", name, "all", "all columns", {OURS: {}})


class FileCase(NamedTuple):
    """SMOTE from Parquet to Parquet: the command, and a program around imbalanced-learn.

    ``strategy`` None means "auto".
    """

    name: str
    table: str
    target: str
    k: int = 5
    strategy: dict[str, int] | None = None

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the case."""
        source, theirs, ours = (
            str(plan.folder / f"{name}.parquet") for name in (self.table, "theirs", "ours")
        )
        given = {"table": self.table, "folder": f"{plan.tables}/tables"}
        call("benchmarks.real_tables:make_parquet", destination=source, **given)
        command = [*COMMAND, "resample", source, ours, "--target", self.target, "--overwrite"]
        command += ["--search", "exact", "--k-neighbors", str(self.k), "--quiet"]
        strategy = json.dumps(self.strategy) if self.strategy else "auto"
        command += ["--memory-limit", "1GiB", "--sampling-strategy", strategy]
        job = {"target": self.target, "k": self.k, "strategy": self.strategy or "auto"}
        job |= {"source": source, "destination": theirs}
        turns = {
            OURS: lambda: run_command(command).times(),
            THEIRS: lambda: call("benchmarks.real_cases:their_job", **job)["process"],
        }
        answers = take_turns(turns, plan.rounds(3))
        sides = {side: summarize_processes(runs) for side, runs in answers.items()}
        files = {"source": source, "ours": ours, "theirs": theirs, "target": self.target}
        data = call("benchmarks.real_cases:compare_files", **files)
        del data["process"]
        sides[OURS] |= {"new_rows": data.pop("new_rows"), "rows_equal": data.pop("equal")}
        return case_of(self.name, data, sides, [])


def their_job(source: str, destination: str, target: str, k: int, strategy: Any) -> None:
    """Resample from Parquet to Parquet as one does with imbalanced-learn."""
    import pandas as pd
    from imblearn.over_sampling import SMOTE

    frame = pd.read_parquet(source)
    y = frame.pop(target)
    sampler = SMOTE(random_state=0, k_neighbors=k, sampling_strategy=strategy)
    X_new, y_new = sampler.fit_resample(frame, y)
    X_new.assign(**{target: y_new}).to_parquet(destination, index=False)


def compare_files(source: str, ours: str, theirs: str, target: str) -> Found:
    """Count the new rows that are equal in every value; the originals must come first."""
    import pyarrow.parquet as pq

    from benchmarks.agreement import count_equal

    before, after = pq.read_table(source), pq.read_table(ours)
    if not after.slice(0, before.num_rows).equals(before):
        raise AssertionError("The originals are not the first rows of the result.")
    new = [
        table.slice(before.num_rows).drop_columns([target]).to_pandas().to_numpy()
        for table in (after, pq.read_table(theirs))
    ]
    counts = before.column(target).value_counts().to_pylist()
    return {
        "rows": before.num_rows,
        "features": before.num_columns - 1,
        "before": {str(each["values"]): each["counts"] for each in counts},
        "new_rows": len(new[0]),
        "equal": count_equal(*new) / max(1, len(new[0])),
    }


# Attacks of 6 rows and more, which five neighbors need, and fewer than 20,000.
_ATTACKS = (
    "back satan ipsweep portsweep warezclient teardrop pod nmap guess_passwd buffer_overflow "
    "land warezmaster imap rootkit loadmodule ftp_write multihop"
).split()
_OF_KDD = partial(FileCase, table=tables.KDD, target="attack")
FILES = (
    _OF_KDD("KDD Cup 99, one rare attack", strategy={"buffer_overflow.": 50_000}),
    _OF_KDD(
        "KDD Cup 99, 17 attacks to 20,000 each",
        strategy={f"{name}.": 20_000 for name in _ATTACKS},
    ),
    _OF_KDD("KDD Cup 99, all 23 classes balanced, k=1", k=1),
    FileCase("Give Me Some Credit", tables.CREDIT, "SeriousDlqin2yrs"),
)
