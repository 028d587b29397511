"""Measure cases and store what was found.

    python -m benchmarks.run [NAME ...] [--tables FOLDER] [--repeat N] [--quick]

NAME is a group or a case, or a pattern such as "*_55k"; without one all are measured, which
takes about four hours, and many more with public tables, and up to 8 GB in a temporary folder
that is removed afterwards. FOLDER holds public tables: ``tables/`` (CSV and ARFF files) and
``benchmark/`` (npz files with "data" and "label"); without it, or where a table is missing,
the cases of the groups "real_..." are left out. ``--quick`` only rehearses: sizes are small and
nothing is stored.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benchmarks import patched_cases, process_cases, real_cases, sampler_cases
from benchmarks.measure import RESULTS, Case, Plan, save
from benchmarks.search_cases import SEARCHES
from benchmarks.tables import speed_of
from smotefast.bench.machine import describe_machine, load


def groups(tables: Path | None = None) -> dict[str, list[Case]]:
    """Return the cases by group; of public tables those that are there."""
    found: dict[str, list[Case]] = {
        "over_samplers": [*sampler_cases.OVER_SAMPLERS],
        "cleaning": [*sampler_cases.CLEANING],
        "small": [*sampler_cases.SMALL],
        "special": [*process_cases.SPECIAL],
        "search": [*SEARCHES],
        "patched": [*patched_cases.PROGRAMS],
    }
    there = {""}
    if tables is not None:
        there |= {path.name.partition(".")[0] for path in tables.glob("*/*")}
        found["real_over_samplers"] = [*real_cases.over_samplers(tables)]
        found["real_cleaning"] = [*real_cases.cleaning(tables)]
        found["real_files"] = [*real_cases.FILES]
    return {name: [one for one in of if one.table in there] for name, of in found.items()}


def measure(case: Case, plan: Plan) -> dict[str, Any]:
    """Return what is stored of a case, and print how long it took."""
    before, started = load(), time.perf_counter()
    measured = case.measure(plan)
    seconds = time.perf_counter() - started
    print(f"{case.name}: {speed_of(measured)}  ({seconds:.0f} s)", flush=True)
    about = {"quick": plan.quick, "date": date.today().isoformat(), "load_before": before}
    return {"name": case.name, **measured, **about, "machine": describe_machine()}


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--tables", type=Path, metavar="FOLDER", help="public tables")
    parser.add_argument("--repeat", type=int, help="rounds, each side once in each")
    parser.add_argument("--quick", action="store_true", help="rehearse with small sizes")
    given = parser.parse_args()
    known = groups(given.tables)
    selected = [
        (group, case)
        for group, of in known.items()
        for case in of
        if any(fnmatchcase(s, n) for n in given.names or ["*"] for s in (group, case.name))
    ]
    if not selected:
        parser.error(f"no such case; the groups are {', '.join(known)}.")
    with tempfile.TemporaryDirectory(prefix="smotefast-benchmarks-") as folder:
        plan = Plan(Path(folder), given.repeat, given.quick, given.tables)
        for group, case in selected:
            measured = measure(case, plan)
            if not given.quick:
                save(RESULTS / f"{group}.json", measured)


if __name__ == "__main__":
    main()
