"""Programs that use imbalanced-learn, as they are and under ``python -m smotefast``."""

from __future__ import annotations

import importlib.util

from benchmarks.measure import OURS, THEIRS, Case, Side

_DATA = """
import sys
import numpy as np
from imblearn import combine, ensemble, over_sampling, under_sampling
from imblearn.pipeline import make_pipeline
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.tree import DecisionTreeClassifier
n_rows = int(sys.argv[1])
X, y = make_classification(
    n_rows, 20, n_informative=12, n_clusters_per_class=4, weights=[0.9], random_state=0
)
X = X.astype(np.float32)
"""
_SCORES = """
print(cross_val_score(make_pipeline(sampler, model), X, y, cv=3, scoring="average_precision"))
"""
_XGBOOST = f"""
from xgboost import XGBClassifier
sampler, model = combine.SMOTEENN(random_state=0), XGBClassifier(n_estimators=50, n_jobs=2)
{_SCORES}"""
_ENSEMBLE = """
model = ensemble.BalancedBaggingClassifier(
    DecisionTreeClassifier(max_depth=6), n_estimators=5, random_state=0,
    sampler=under_sampling.NeighbourhoodCleaningRule(),
)
print(model.fit(X, y).predict_proba(X[:5]))
"""
_LIGHTGBM = f"""
from lightgbm import LGBMClassifier
sampler = over_sampling.BorderlineSMOTE(random_state=0)
model = LGBMClassifier(n_estimators=50, n_jobs=2, verbose=-1, deterministic=True)
{_SCORES}"""
_GRID = """
model = make_pipeline(over_sampling.ADASYN(random_state=0), LogisticRegression())
search = GridSearchCV(model, {"adasyn__n_neighbors": [3, 5, 9]}, cv=3, n_jobs=2)
print(search.fit(X, y).cv_results_["mean_test_score"])
"""
_SMALL = """
for name in ("SMOTE", "RandomOverSampler"):
    sampler = getattr(over_sampling, name)(random_state=0)
    print(sampler.fit_resample(X, y)[0].sum(axis=0))
"""
_SMOTE = f"""
sampler, model = over_sampling.SMOTE(random_state=0), LogisticRegression()
{_SCORES}"""


def _program(name: str, n_rows: int, title: str, code: str) -> Case:
    """Return the case of a program that prints what it finds."""
    program = ("-c", _DATA + code, n_rows)
    sides = {
        OURS: Side(command=("-W", "ignore", "-m", "smotefast", *program)),
        THEIRS: Side(command=("-W", "ignore", *program)),
    }
    return Case(f"patched_{name}", title, sides, rounds=2)


_SIX_THOUSAND = "cross-validated, 100,000 rows, 6,700 in the class"
_PROGRAMS = (
    ("xgboost", 50_000, "SMOTEENN and XGBoost, cross-validated, 50,000 rows", _XGBOOST),
    ("ensemble", 30_000, "BalancedBaggingClassifier with cleaned majority, 30,000 rows",
     _ENSEMBLE),
    ("lightgbm", 100_000, "BorderlineSMOTE and LightGBM, cross-validated, 100,000 rows",
     _LIGHTGBM),
    ("grid", 50_000, "GridSearchCV of ADASYN in 2 processes, 50,000 rows", _GRID),
    ("small", 2_000, "RandomOverSampler and SMOTE on 2,000 rows", _SMALL),
    ("smote", 100_000, f"SMOTE and logistic regression, {_SIX_THOUSAND}", _SMOTE),
)  # fmt: skip
_MISSING = [name for name in ("xgboost", "lightgbm") if not importlib.util.find_spec(name)]
# Without those whose package is not installed.
PROGRAMS = [_program(*given) for given in _PROGRAMS if given[0] not in _MISSING]
