"""``compare`` on public data sets: ``python -m benchmarks.compare_sets FOLDER [NAME ...]``.

FOLDER has ``benchmark/`` and ``tables/`` as for ``benchmarks.run --tables``; without a NAME,
the sets of ``benchmark/`` are compared. A line for each set has the verdict.

``--study`` repeats a published study on ecoli, thyroid_sick and arrhythmia with intervals:
columns scaled to 0..1, a forest of 100 trees of depth 2, SMOTE, ADASYN and Borderline-SMOTE to
equal classes, and ROC AUC.
"""

from __future__ import annotations

import time
from typing import Any

from sklearn.ensemble import RandomForestClassifier

from benchmarks import real_tables
from smotefast import compare

STUDY = ("ecoli", "thyroid_sick", "arrhythmia")
STUDY_SETTINGS: dict[str, Any] = {
    "models": {"forest": RandomForestClassifier(100, max_depth=2, random_state=0)},
    "samplers": ["smote", "adasyn", "borderline-smote"],
    "ratios": [1.0],
    "metric": "roc_auc",
    "scaling": "minmax",
    "holdout": 0,
}


def main() -> None:
    """Compare options on each set and print what comes out."""
    parser = real_tables.study_parser(__doc__)
    parser.add_argument("--study", action="store_true")
    given = parser.parse_args()
    known = STUDY if given.study else real_tables.sets(given.folder)
    for name in given.names or known:
        X, y = real_tables.binary(given.folder, name)
        started = time.perf_counter()
        result = compare(X, y, progress=False, **(STUDY_SETTINGS if given.study else {}))
        seconds = time.perf_counter() - started
        print(f"{name} ({seconds:.0f} s): {result.verdict}", flush=True)
        if given.study:
            print(f"{result}\n", flush=True)


if __name__ == "__main__":
    main()
