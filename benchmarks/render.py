"""Write the tables of the documents from the stored measurements.

    python -m benchmarks.render [--check]

Tables stand between ``<!-- benchmarks: NAME -->`` and ``<!-- end -->`` in README.md and
docs/benchmarks.md. ``--check`` writes nothing and fails if a table is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES
from benchmarks.real_reports import TABLES as REAL
from benchmarks.store import load_all
from benchmarks.tables import batch, details, first_calls, machines, selected, summary, targets

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")
TABLES: dict[str, Callable[[dict[str, dict[str, Any]]], str]] = {
    "selected": selected,
    "summary": summary,
    "batch": batch,
    "targets": targets,
    "details": details,
    "first calls": first_calls,
    "machine": machines,
    "real data": lambda _: REAL["data"].stored(),
    "real family": lambda _: REAL["family"].stored(),
    "real cleaning": lambda _: REAL["cleaning"].stored(),
}
_MARKED = re.compile(r"(<!-- benchmarks: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rendered(text: str, stored: dict[str, dict[str, Any]]) -> str:
    """Return a document with its tables made anew."""

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}{TABLES[found[2]](stored)}\n{found[3]}"

    return _MARKED.sub(table, text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args().check
    found = load_all()
    stored = {name: found[name] for name in CASES if name in found}
    late = []
    for path in DOCUMENTS:
        text = path.read_text()
        new = rendered(text, stored)
        if new != text:
            late.append(path.name)
            if not check:
                path.write_text(new)
    print(f"{'out of date' if check else 'written'}: {', '.join(late) or 'nothing'}")
    sys.exit(1 if check and late else 0)


if __name__ == "__main__":
    main()
