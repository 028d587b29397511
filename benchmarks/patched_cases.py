"""Programs that use imbalanced-learn, as they are and under ``python -m smotefast``."""

from __future__ import annotations

import importlib.util
import sys
from functools import partial
from typing import NamedTuple

from benchmarks.libraries import OURS, THEIRS
from benchmarks.measure import Found, Plan, case_of
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import run_command
from smotefast.bench.spread import summarize_processes

_DATA = """
import numpy as np
from imblearn.pipeline import make_pipeline
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
X, y = make_classification(
    {rows}, 20, n_informative=12, n_clusters_per_class=4, weights=[0.9], random_state=0
)
X = X.astype(np.float32)
"""
_SCORES = """
print(cross_val_score(make_pipeline(sampler, model), X, y, cv=3, scoring="average_precision"))
"""


class Program(NamedTuple):
    """A program that prints what it finds; ``package`` is what it needs besides."""

    name: str
    title: str
    rows: int
    code: str
    package: str = "imblearn"

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the program, with and without the patch."""
        file, outputs = plan.folder / f"{self.name}.py", set()
        rows = plan.size(self.rows, 1_000)
        file.write_text(_DATA.format(rows=rows) + self.code)

        def run(*arguments: str) -> Found:
            done = run_command([sys.executable, "-W", "ignore", *arguments, str(file)])
            outputs.add(done.output)
            return done.times()

        turns = {OURS: partial(run, "-m", "smotefast"), THEIRS: run}
        answers = take_turns(turns, plan.rounds(2))
        sides = {side: summarize_processes(runs) for side, runs in answers.items()}
        sides[OURS]["outputs_equal"] = float(len(outputs) == 1)
        return case_of(self.title, {}, sides, [])


def is_installed(case: Program) -> bool:
    """Return whether the package that a program needs is there."""
    return importlib.util.find_spec(case.package) is not None


PROGRAMS = (
    Program(
        "patched_xgboost", "SMOTEENN and XGBoost, cross-validated, 50,000 rows", 50_000,
        "from imblearn.combine import SMOTEENN\n"
        "from xgboost import XGBClassifier\n"
        "sampler = SMOTEENN(random_state=0)\n"
        f"model = XGBClassifier(n_estimators=50, n_jobs=2){_SCORES}", "xgboost",
    ),
    Program(
        "patched_ensemble", "BalancedBaggingClassifier with cleaned majority, 30,000 rows",
        30_000,
        "from imblearn.ensemble import BalancedBaggingClassifier\n"
        "from imblearn.under_sampling import NeighbourhoodCleaningRule\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "model = BalancedBaggingClassifier(\n"
        "    DecisionTreeClassifier(max_depth=6), n_estimators=5, random_state=0,\n"
        "    sampler=NeighbourhoodCleaningRule(),\n"
        ")\n"
        "print(model.fit(X, y).predict_proba(X[:5]))\n",
    ),
    Program(
        "patched_lightgbm", "BorderlineSMOTE and LightGBM, cross-validated, 100,000 rows",
        100_000,
        "from imblearn.over_sampling import BorderlineSMOTE\n"
        "from lightgbm import LGBMClassifier\n"
        "sampler = BorderlineSMOTE(random_state=0)\n"
        "model = LGBMClassifier(n_estimators=50, n_jobs=2, verbose=-1, deterministic=True)"
        f"{_SCORES}", "lightgbm",
    ),
    Program(
        "patched_grid", "GridSearchCV of ADASYN in 2 processes, 50,000 rows", 50_000,
        "from imblearn.over_sampling import ADASYN\n"
        "model = make_pipeline(ADASYN(random_state=0), LogisticRegression())\n"
        'search = GridSearchCV(model, {"adasyn__n_neighbors": [3, 5, 9]}, cv=3, n_jobs=2)\n'
        'print(search.fit(X, y).cv_results_["mean_test_score"])\n',
    ),
    Program(
        "patched_small", "RandomOverSampler and SMOTE on 2,000 rows", 2_000,
        "from imblearn.over_sampling import SMOTE, RandomOverSampler\n"
        "for sampler in (SMOTE(random_state=0), RandomOverSampler(random_state=0)):\n"
        "    print(sampler.fit_resample(X, y)[0].sum(axis=0))\n",
    ),
    Program(
        "patched_smote",
        "SMOTE and logistic regression, cross-validated, 100,000 rows, 6,700 in the class",
        100_000,
        "from imblearn.over_sampling import SMOTE\n"
        f"sampler, model = SMOTE(random_state=0), LogisticRegression(){_SCORES}",
    ),
)  # fmt: skip
