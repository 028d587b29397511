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
    """Print a line for each measurement as it comes, and store all where asked to."""
    program = f"python -m benchmarks.{table.program}"
    parser = argparse.ArgumentParser(prog=program, description=explained)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", default="", help="only what has this in the name")
    asked = parser.parse_args()
    found: list[dict[str, Any]] = []
    for one in measured(asked.folder, asked.only):
        print(table.line(one) if found else f"{table.header()}\n{table.line(one)}", flush=True)
        found.append(one)
    if asked.output:
        asked.output.parent.mkdir(parents=True, exist_ok=True)
        asked.output.write_text(json.dumps(rounded(found), indent=1) + "\n")
