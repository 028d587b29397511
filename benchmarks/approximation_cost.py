"""Does the approximate search cost anything? Cross-validated, at equal draws.

    python -m benchmarks.approximation_cost FOLDER [NAME ...] [--most-rows N] [--rows N]

FOLDER has ``benchmark/`` and ``tables/`` as for ``benchmarks.run --tables``; a NAME is one of
their sets or a generator of ``smotefast bench``, which makes --rows rows (default 50,000). Of
larger sets a sample of --most-rows rows is taken (default 100,000). Without a NAME, the sets of
``benchmark/`` are measured, one after the other, which takes hours.

In each fold SMOTE resamples the training rows with exact neighbors and with others: those of
``search="approximate"``, and exact ones of which a share is replaced by random rows of the
class. All draws are equal, so that only the neighbors differ. Classifiers are fitted to each,
and the metrics on the test rows are subtracted fold by fold (positive: better than exact).
Intervals are those of Nadeau and Bengio, 95%, one by one.
"""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

import numpy as np
from scipy import stats
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks import real_tables as tables
from benchmarks.agreement import recall_of
from benchmarks.measure import RESULTS, save
from benchmarks.tables import markdown
from smotefast.bench.cases import DataSet
from smotefast.bench.machine import describe_machine
from smotefast.bench.shapes import SHAPES, make_rows
from smotefast.evaluation import ResampledClassifier
from smotefast.evaluation.intervals import corrected_error
from smotefast.evaluation.sources import sample_rows
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import SMOTE

K, FOLDS = 5, 5
# Shares of the neighbors that are kept; the others are random rows of the class.
KEPT = (0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.0)
METRICS = {
    "average precision": "average_precision",
    "ROC AUC": "roc_auc",
    "F1": "f1",
    "MCC": "matthews_corrcoef",
    "Brier score": "neg_brier_score",
}
_SMALL = 15_000  # up to so many rows, folds are drawn twice


class WorseNeighbors(NearestNeighbors):
    """Exact neighbors, of which a share is replaced by random rows."""

    def __init__(self, n_neighbors: int = K + 1, kept: float = 1.0) -> None:
        super().__init__(n_neighbors=n_neighbors)
        self.kept = kept

    def fit(self, X: np.ndarray, y: Any = None) -> WorseNeighbors:
        """Find the neighbors of X among its rows."""
        k, rng = self.n_neighbors - 1, np.random.default_rng(1)
        found = find_neighbors(X, k, search="exact", n_threads=1).indices
        is_replaced = rng.random(found.shape) >= self.kept
        others = np.arange(len(X))[:, np.newaxis] + rng.integers(1, len(X), found.shape)
        self._neighbors = np.where(is_replaced, others % len(X), found)
        self._positions = {row.tobytes(): i for i, row in enumerate(np.ascontiguousarray(X))}
        return self

    def kneighbors(self, X: np.ndarray, return_distance: bool = True) -> Any:
        """Return the neighbors of rows that ``fit`` has seen, each row itself first."""
        rows = [self._positions[row.tobytes()] for row in np.ascontiguousarray(X)]
        indices = np.column_stack([rows, self._neighbors[rows]])
        return (np.zeros(indices.shape), indices) if return_distance else indices


def models() -> dict[str, ClassifierMixin]:
    """Return the classifiers."""
    boosting = HistGradientBoostingClassifier(max_iter=50, random_state=0)
    return {"logistic": LogisticRegression(solver="newton-cholesky"), "boosting": boosting}


def samplers(k: int) -> dict[str, SMOTE]:
    """Return the sampler of each level; the first one searches exactly."""
    how: dict[str, dict[str, Any]] = {
        search: {"k_neighbors": k, "search": search} for search in ("exact", "approximate")
    }
    how |= {f"kept {kept:g}": {"k_neighbors": WorseNeighbors(k + 1, kept)} for kept in KEPT}
    return {level: SMOTE(random_state=0, n_jobs=1, **given) for level, given in how.items()}


def measure(name: str, X: np.ndarray, y: np.ndarray, repeats: int) -> dict[str, Any]:
    """Return the differences of a set: for each level, classifier and metric an interval."""
    X = X[:, np.ptp(X, axis=0) > 0]
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=0)
    fewest = min(int(y[train].sum()) for train, _ in folds.split(X, y))
    rows, levels = StandardScaler().fit_transform(X), {}
    exact: dict[str, Any] = {}
    for level, sampler in samplers(min(K, fewest - 1)).items():
        found = {
            of: cross_validate(
                make_pipeline(StandardScaler(), ResampledClassifier(sampler, model)),
                X, y, cv=folds, scoring=METRICS, error_score="raise",
            )
            for of, model in models().items()
        }  # fmt: skip
        exact = exact or found
        sampler.fit_resample(rows, y)
        intervals = {of: _intervals(exact[of], found[of]) for of in found}
        levels[level] = {"recall": recall_of(sampler, rows), "models": intervals}
    del levels["exact"]
    sizes = {"rows": len(y), "minority": int(y.sum()), "folds": FOLDS * repeats}
    return {"name": name, **sizes, "levels": levels}


def _intervals(exact: dict[str, Any], other: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return for each metric the mean difference and the bounds of its 95% interval."""
    result = {}
    for metric in METRICS:
        differences = other[f"test_{metric}"] - exact[f"test_{metric}"]
        width = stats.t.ppf(0.975, len(differences) - 1)
        width = float(width * corrected_error(differences, 1 / (FOLDS - 1)))
        mean = float(differences.mean())
        result[metric] = {"mean": mean, "low": mean - width, "high": mean + width}
    return result


def data_set(given: argparse.Namespace, name: str) -> tuple[str, np.ndarray, np.ndarray]:
    """Return name, X, y of a set of the folder, or of a generated one; a sample if large."""
    if name in SHAPES:
        data = DataSet(name, n_rows=given.rows, n_features=30, ratio=0.5)
        (X, y), _ = make_rows(data, SHAPES)
        return f"{name}, {data.n_rows:,} x 30", X, y
    X, y = tables.binary(given.folder, name)
    rows = sample_rows(y, given.most_rows, seed=0) if len(y) > given.most_rows else slice(None)
    return name, X[rows], y[rows]


def level_table(stored: list[dict[str, Any]]) -> str:
    """Return the table of the recalls: mean differences, and intervals that leave out 0."""
    return markdown([_level_row(stored, level) for level in stored[0]["levels"]])


def _level_row(stored: list[dict[str, Any]], level: str) -> dict[str, str]:
    levels = [each["levels"][level] for each in stored]
    recalls = [each["recall"] for each in levels]
    fitted = [model for each in levels for model in each["models"].values()]
    found = [values for model in fitted for values in model.values()]
    means = {of: np.mean([model[of]["mean"] for model in fitted]) for of in METRICS}
    return {
        "neighbors": level,
        "recall (lowest)": f"{np.mean(recalls):.3f} ({min(recalls):.3f})",
        "worse": f"{sum(values['high'] < 0 for values in found)} of {len(found)}",
        "better": f"{sum(values['low'] > 0 for values in found)} of {len(found)}",
        # With 2.5% of intervals below 0 by chance, so many are in one of 20 studies.
        "by chance": f"{stats.binom.ppf(0.95, len(found), 0.025):.0f}",
        **{name: f"{mean:+.4f}" for name, mean in means.items()},
    }


def set_table(stored: list[dict[str, Any]]) -> str:
    """Return the table of the sets whose neighbors are not exact: the intervals of each."""
    rows = []
    for each in stored:
        level = each["levels"]["approximate"]
        if level["recall"] < 1:  # small classes are searched exactly
            sizes = {"rows": f"{each['rows']:,}", "small class": f"{each['minority']:,}"}
            spans = {of: _span(level, of) for of in METRICS}
            recall = f"{level['recall']:.3f}"
            rows.append({"set": each["name"], **sizes, "recall": recall, **spans})
    return markdown(rows)


def _span(level: dict[str, Any], metric: str) -> str:
    """Write the intervals of a metric, for each classifier."""
    found = [model[metric] for model in level["models"].values()]
    return "; ".join(f"{v['mean']:+.4f} ({v['low']:+.4f} to {v['high']:+.4f})" for v in found)


def main() -> None:
    """Measure sets and store the results."""
    parser = tables.study_parser(__doc__)
    parser.add_argument("--most-rows", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=50_000)
    given = parser.parse_args()
    for of in given.names or tables.sets(given.folder):
        name, X, y = data_set(given, of)
        found = measure(name, X, y, repeats=2 if len(y) <= _SMALL else 1)
        found |= {"date": date.today().isoformat(), "machine": describe_machine()}
        save(RESULTS / "approximation_cost.json", found)
        print(f"{name}: recall {found['levels']['approximate']['recall']:.3f}", flush=True)


if __name__ == "__main__":
    main()
