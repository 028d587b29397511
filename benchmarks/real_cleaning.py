"""The cleaners and combinations beside imbalanced-learn's, on public data sets.

    python -m benchmarks.real_cleaning FOLDER [--output FILE.json] [--only WORD]

FOLDER is as for ``real_family``, and so are repetition and limits: a call that takes longer
than 300 s is stopped. Ours runs as it searches by itself and, where it can be told to, with
exact search; what each decides about every row is compared with imbalanced-learn. WORD is
looked for in the name of the data and the sampler.
"""

from __future__ import annotations

from functools import partial

from benchmarks.cleaning_report import TABLE
from benchmarks.cleaning_tasks import tasks
from benchmarks.real_program import run
from benchmarks.real_turns import measured


def main() -> None:
    run(TABLE, __doc__, partial(measured, tasks))


if __name__ == "__main__":
    main()
