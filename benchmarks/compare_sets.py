"""``compare`` on public data sets: ``python -m benchmarks.compare_sets FOLDER [NAME ...]``.

FOLDER has ``benchmark/`` and ``tables/`` as for ``benchmarks.run --tables``; without a NAME,
the sets of ``benchmark/`` are compared. A line for each set has the verdict.

``--study`` repeats a published study on ecoli, thyroid_sick and arrhythmia with intervals:
columns scaled to 0..1, a forest of 100 trees of depth 2, SMOTE, ADASYN and Borderline-SMOTE to
equal classes, and ROC AUC.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from sklearn.ensemble import RandomForestClassifier

from benchmarks import real_tables
from smotefast import compare

STUDY = ("ecoli", "thyroid_sick", "arrhythmia")


def study_settings() -> dict[str, Any]:
    """Return the settings of the study."""
    forest = RandomForestClassifier(100, max_depth=2, random_state=0)
    return {
        "models": {"forest of depth 2": forest},
        "samplers": ["smote", "adasyn", "borderline-smote"],
        "ratios": [1.0],
        "metric": "roc_auc",
        "scaling": "minmax",
        "holdout": 0,
    }


def main() -> None:
    """Compare options on each set and print what comes out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--study", action="store_true")
    parser.add_argument("--models", default="logistic,boosting")
    parser.add_argument("--json", action="store_true", help="print all results")
    options = parser.parse_args()
    settings = study_settings() if options.study else {"models": options.models.split(",")}
    known = STUDY if options.study else real_tables.sets(options.folder)
    for name in options.names or known:
        X, y = real_tables.binary(options.folder, name)
        started = time.perf_counter()
        result = compare(X, y, progress=False, **settings)
        seconds = time.perf_counter() - started
        if options.json:
            print(json.dumps({"set": name, **result.to_dict()}), flush=True)
        else:
            print(f"{name} ({seconds:.0f} s): {result.verdict}", flush=True)
            if options.study:
                print(f"{result}\n", flush=True)


if __name__ == "__main__":
    main()
