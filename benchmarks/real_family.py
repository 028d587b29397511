"""Every over-sampler beside imbalanced-learn's, on public data sets.

    python -m benchmarks.real_family FOLDER [--output FILE.json] [--only WORD]

FOLDER holds ``tables/`` (CSV and ARFF files) and ``benchmark/`` (npz files with "data" and
"label"); a table that is missing is left out. Each side runs in a fresh process, with exact
search: the median of up to 15 later calls, of those that fit into 20 s, or the only call. A
call that takes longer than 300 s (600 s on the census) is stopped, and a process has 20 GiB
of address space. What a sampler refuses is reported in its words, their first 80 characters.
WORD is looked for in the name of the data and the sampler.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.family_report import TABLE
from benchmarks.family_tasks import tasks
from benchmarks.programs import OURS
from benchmarks.real_program import run
from benchmarks.real_turns import measured


def main() -> None:
    run(TABLE, __doc__, _measured)


def _measured(folder: Path, only: str) -> Iterator[dict[str, Any]]:
    """Yield what each task gave, the share of equal rows beside the sides."""
    for one in measured(tasks, folder, only):
        yield one | {"equal": one["sides"][OURS].pop("rows_equal", None)}


if __name__ == "__main__":
    main()
