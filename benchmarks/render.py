"""Write the tables of the documents from the stored measurements.

    python -m benchmarks.render [--check]

Tables stand between ``<!-- benchmarks: NAME -->`` and ``<!-- end -->`` in the documents.
``--check`` writes nothing and fails if a table is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import guide_advice, tables
from benchmarks.approximation_cost import level_table, set_table
from benchmarks.measure import load_all

ROOT = Path(__file__).resolve().parent.parent
_PAGES = ("benchmarks", "approximation", "diagnose", "imbalanced-learn")
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs" / f"{page}.md" for page in _PAGES)]
# At most eight rows; docs/benchmarks.md has all of them.
README_CASES = (
    *("smote_300k", "smote_300k_exact", "smote_300k_process", "small_10k"),
    *("smote_nc_55k", "svm_smote_10k", "smote_enn_55k", "edited_500k"),
)
SYNTHETIC = ("over_samplers", "cleaning", "special")
REAL = ("real_over_samplers", "real_cleaning", "real_files")
_MARKED = re.compile(r"(<!-- benchmarks: ([a-z_ ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table_makers() -> dict[str, Callable[[], str]]:
    """Return what makes each table."""
    stored = load_all()
    compared = [case for group in SYNTHETIC for case in stored[group]]
    by_name = {case["name"]: case for case in compared}
    measured = {group: stored[group] for group in (*SYNTHETIC, "small", *REAL, "patched")}
    makers: dict[str, Callable[[], str]] = {
        "selected": lambda: tables.summary([by_name[name] for name in README_CASES]),
        "summary": lambda: tables.summary(compared),
        "batch": lambda: tables.batch(by_name["batch_20m"]),
        "machine": lambda: tables.machines(measured),
        "search": lambda: tables.searches(stored["search"]),
        "approximation levels": lambda: level_table(stored["approximation_cost"]),
        "approximation sets": lambda: set_table(stored["approximation_cost"]),
        "guide advice": lambda: guide_advice.table(stored["guide_advice"]["sets"]),
    }
    return makers | {name: lambda of=of: tables.cases(of) for name, of in measured.items()}


def rendered(text: str, makers: dict[str, Callable[[], str]]) -> str:
    """Return a document with its tables written again."""

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}{makers[found[2]]()}\n{found[3]}"

    return _MARKED.sub(table, text)


def main() -> None:
    """Write the documents, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args().check
    makers, late = table_makers(), []
    for path in DOCUMENTS:
        text = path.read_text()
        new = rendered(text, makers)
        if new != text:
            late.append(path.name)
            if not check:
                path.write_text(new)
    print(f"{'out of date' if check else 'written'}: {', '.join(late) or 'nothing'}")
    sys.exit(1 if check and late else 0)


if __name__ == "__main__":
    main()
