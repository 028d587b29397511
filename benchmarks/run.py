"""Measure cases and store what was found.

    python -m benchmarks.run [CASE ...] [--repeat N] [--quick] [--data FOLDER]

Without a case all are measured, which takes about three hours and up to 8 GB in
a temporary folder that is removed afterwards. ``--quick`` only rehearses: sizes are small
and nothing is stored, unless ``--results`` names a folder.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES
from benchmarks.store import RESULTS, save
from benchmarks.turns import Plan
from smotefast.bench.machine import describe_machine, load


def main() -> None:
    asked = _arguments()
    results = asked.results or (None if asked.quick else RESULTS)
    with tempfile.TemporaryDirectory(prefix="smotefast-benchmarks-") as temporary:
        folder = asked.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in asked.cases or CASES:
            measured = _measure(name, Plan(folder, asked.repeat, asked.quick))
            if results:
                save(results, measured)


def _measure(name: str, plan: Plan) -> dict[str, Any]:
    before, started = load(), time.perf_counter()
    measured = CASES[name](plan)
    print(f"{name}  ({time.perf_counter() - started:.0f} s)")
    for claim in measured["claims"]:
        verdict = "holds" if claim["holds"] else "DOES NOT HOLD"
        bound = "at most" if claim["at_most"] else "at least"
        numbers = f"{claim['measured']:.4g} {claim['unit']}, {bound} {claim['target']:.4g}"
        print(f"    {claim['what']}: {numbers}: {verdict}", flush=True)
    return {
        "case": name,
        **measured,
        "quick": plan.quick,
        "date": date.today().isoformat(),
        "load_before": before,
        "machine": describe_machine(),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument("--repeat", type=int, help="rounds, each side once in each")
    parser.add_argument("--quick", action="store_true", help="rehearse with small sizes")
    parser.add_argument("--data", type=Path, help="keep the data here, to use it again")
    parser.add_argument(
        "--results", type=Path, help=f"where to store (default {RESULTS.name}/)"
    )
    asked = parser.parse_args()
    unknown = set(asked.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {sorted(unknown)}; there are {list(CASES)}")
    return asked


if __name__ == "__main__":
    main()
