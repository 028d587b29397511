"""What the programs on real data have in common: arguments, printing, storing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.report_table import ReportTable
from benchmarks.store import rounded


def run(
    table: ReportTable,
    explained: str | None,
    measured: Callable[[Path, str], Iterator[dict[str, Any]]],
) -> None:
    """Print each measurement as it comes, and put it into the file where asked to."""
    program = f"python -m benchmarks.{table.program}"
    parser = argparse.ArgumentParser(prog=program, description=explained)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="what is in it stays, or is measured anew")
    parser.add_argument("--only", default="", help="only what has this in the name")
    asked = parser.parse_args()
    print(table.header())
    for one in measured(asked.folder, asked.only):
        print(table.line(one), flush=True)
        if asked.output:
            put(asked.output, one)


def put(path: Path, one: dict[str, Any]) -> None:
    """Put a measurement into a file, in the place of an earlier one of the same thing.

    It is done after each of them, because all take hours.
    """
    stored: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    things = [_thing(each) for each in stored]
    if _thing(one) in things:
        stored[things.index(_thing(one))] = rounded(one)
    else:
        stored.append(rounded(one))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stored, indent=1) + "\n")


def _thing(one: dict[str, Any]) -> tuple[str, str | None]:
    return one["name"], one.get("sampler")
