"""Programs that use imbalanced-learn, as they are and under ``python -m smotefast``.

    python -m benchmarks.patched_programs [--repeats N] [--only WORD]

Prints a table of the seconds of whole processes, medians of alternate runs, and whether both
print the same. Programs whose packages (xgboost, lightgbm) are not installed are left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import tempfile
from pathlib import Path

from smotefast.bench.processes import run_command

_DATA = """
import numpy as np
from sklearn.datasets import make_classification
X, y = make_classification(
    {rows}, 20, n_informative=12, n_clusters_per_class=4, weights=[0.9], random_state=0
)
X = X.astype(np.float32)
"""
_SCORES = """
from sklearn.model_selection import cross_val_score
print(cross_val_score(model, X, y, cv=3, scoring="average_precision"))
"""
# Each program with the package that it needs.
PROGRAMS: dict[str, tuple[str, str]] = {
    "SMOTE and logistic regression, cross-validated, 100,000 rows": (
        "imblearn",
        _DATA.format(rows=100_000)
        + """
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
model = make_pipeline(SMOTE(random_state=0), LogisticRegression())
"""
        + _SCORES,
    ),
    "SMOTEENN and XGBoost, cross-validated, 50,000 rows": (
        "xgboost",
        _DATA.format(rows=50_000)
        + """
from imblearn.combine import SMOTEENN
from imblearn.pipeline import make_pipeline
from xgboost import XGBClassifier
model = make_pipeline(SMOTEENN(random_state=0), XGBClassifier(n_estimators=50, n_jobs=2))
"""
        + _SCORES,
    ),
    "BorderlineSMOTE and LightGBM, cross-validated, 100,000 rows": (
        "lightgbm",
        _DATA.format(rows=100_000)
        + """
from imblearn.over_sampling import BorderlineSMOTE
from imblearn.pipeline import make_pipeline
from lightgbm import LGBMClassifier
classifier = LGBMClassifier(n_estimators=50, n_jobs=2, verbose=-1, deterministic=True)
model = make_pipeline(BorderlineSMOTE(random_state=0), classifier)
"""
        + _SCORES,
    ),
    "GridSearchCV of ADASYN in 2 processes, 50,000 rows": (
        "imblearn",
        _DATA.format(rows=50_000)
        + """
from imblearn.over_sampling import ADASYN
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
model = make_pipeline(ADASYN(random_state=0), LogisticRegression())
search = GridSearchCV(model, {"adasyn__n_neighbors": [3, 5, 9]}, cv=3, n_jobs=2)
print(search.fit(X, y).cv_results_["mean_test_score"])
""",
    ),
    "BalancedBaggingClassifier with cleaned majority, 30,000 rows": (
        "imblearn",
        _DATA.format(rows=30_000)
        + """
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.under_sampling import NeighbourhoodCleaningRule
from sklearn.tree import DecisionTreeClassifier
model = BalancedBaggingClassifier(
    DecisionTreeClassifier(max_depth=6), n_estimators=5, random_state=0,
    sampler=NeighbourhoodCleaningRule(),
)
print(model.fit(X, y).predict_proba(X[:5]))
""",
    ),
    "RandomOverSampler and SMOTE on 2,000 rows": (
        "imblearn",
        _DATA.format(rows=2_000)
        + """
from imblearn.over_sampling import SMOTE, RandomOverSampler
for sampler in (SMOTE(random_state=0), RandomOverSampler(random_state=0)):
    print(sampler.fit_resample(X, y)[0].sum(axis=0))
""",
    ),
}


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    sides: dict[str, tuple[str, ...]] = {"as it is": (), "patched": ("-m", "smotefast")}
    print("| program | as it is, s | patched, s | times faster | same output |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.py"
        for title, (package, text) in PROGRAMS.items():
            if options.only not in title or importlib.util.find_spec(package) is None:
                continue
            file.write_text(text)
            seconds: dict[str, list[float]] = {side: [] for side in sides}
            outputs = set()
            for _ in range(options.repeats):
                for side, arguments in sides.items():
                    command = [sys.executable, "-W", "ignore", *arguments, str(file)]
                    done = run_command(command)
                    seconds[side].append(done.wall)
                    outputs.add(done.output)
            plain, patched = (statistics.median(seconds[side]) for side in sides)
            same = "yes" if len(outputs) == 1 else "no"
            print(
                f"| {title} | {plain:.1f} | {patched:.1f} | {plain / patched:.1f} | {same} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
