"""Does the approximate search cost anything? Cross-validated, at equal draws.

    python -m benchmarks.approximation_cost FOLDER [NAME ...] [--most-rows N] [--rows N]

FOLDER has ``benchmark/`` and ``tables/`` as for ``benchmarks.run --tables``; a NAME is one of
their sets or a generator of ``smotefast bench``, which makes --rows rows (default 50,000). Of
larger sets a sample of --most-rows rows is taken (default 100,000). Without a NAME all are
measured, one after the other, which takes hours. In each fold
SMOTE resamples the training rows with exact neighbors and with others: those of
``search="approximate"``, and exact ones of which a share is replaced by random rows of the
class. All draws are equal, so that only the neighbors differ. Classifiers are fitted to each,
and the metrics on the test rows are subtracted fold by fold (positive: better than exact).
Intervals are those of Nadeau and Bengio, 95%, one by one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from benchmarks import real_tables as tables
from benchmarks.recall import recall_of
from benchmarks.store import RESULTS, save
from benchmarks.tables import markdown
from smotefast.bench.cases import DataSet
from smotefast.bench.machine import describe_machine
from smotefast.bench.shapes import SHAPES, make_rows
from smotefast.evaluation.intervals import corrected_error
from smotefast.evaluation.sources import sample_rows
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import SMOTE

K, FOLDS = 5, 5
# Shares of the neighbors that are kept; the others are random rows of the class.
KEPT = (0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.0)
_TABLES = (
    *(tables.GERMAN, tables.FRAUD, tables.TELCO, tables.ADULT),
    *(tables.CREDIT, tables.COVERTYPE, tables.KDD),
)
_GENERATED = ("clusters", "overlapping", "heavy-tails")
_SMALL = 15_000  # up to so many rows, folds are drawn twice
Values = dict[str, float]


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


def scores(y: np.ndarray, probabilities: np.ndarray) -> Values:
    """Return the metrics of probabilities; larger is better in all of them."""
    decisions = probabilities >= 0.5
    found = {
        "average precision": metrics.average_precision_score(y, probabilities),
        "ROC AUC": metrics.roc_auc_score(y, probabilities),
        "F1": metrics.f1_score(y, decisions),
        "MCC": metrics.matthews_corrcoef(y, decisions),
        "Brier score": -metrics.brier_score_loss(y, probabilities),
    }
    return {name: float(value) for name, value in found.items()}


def neighbor_levels(n_minority: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a name and the parameters of SMOTE: exact search first."""
    k = min(K, n_minority - 1)
    yield "exact", {"k_neighbors": k, "search": "exact"}
    yield "approximate", {"k_neighbors": k, "search": "approximate"}
    for kept in KEPT:
        yield f"kept {kept:g}", {"k_neighbors": WorseNeighbors(k + 1, kept)}


def measure(name: str, X: np.ndarray, y: np.ndarray, repeats: int) -> dict[str, Any]:
    """Return the differences of a set: for each level, classifier and metric an interval."""
    X = X[:, np.ptp(X, axis=0) > 0]
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=0)
    found: dict[str, list[dict[str, Values]]] = {}
    recalls: dict[str, list[float]] = {}
    for train, test in folds.split(X, y):
        scaler = StandardScaler().fit(X[train])
        X_train, X_test = scaler.transform(X[train]), scaler.transform(X[test])
        for level, parameters in neighbor_levels(int(y[train].sum())):
            sampler = SMOTE(random_state=0, n_jobs=1, **parameters)
            X_new, y_new = sampler.fit_resample(X_train, y[train])
            recalls.setdefault(level, []).append(recall_of(sampler, X_train))
            values = {
                of: scores(y[test], model.fit(X_new, y_new).predict_proba(X_test)[:, 1])
                for of, model in models().items()
            }
            found.setdefault(level, []).append(values)
    exact = found.pop("exact")
    return {
        "name": name,
        "rows": len(y),
        "minority": int(y.sum()),
        "folds": len(exact),
        "levels": {
            level: {
                "recall": float(np.mean(recalls[level])),
                "models": {of: _intervals(exact, values, of) for of in models()},
            }
            for level, values in found.items()
        },
    }


def _intervals(
    exact: list[dict[str, Values]], other: list[dict[str, Values]], model: str
) -> dict[str, Values]:
    """Return for each metric the mean difference and the bounds of its 95% interval."""
    result, n = {}, len(exact)
    for metric in exact[0][model]:
        a, b = (np.array([fold[model][metric] for fold in side]) for side in (exact, other))
        width = stats.t.ppf(0.975, n - 1) * corrected_error(b - a, 1 / (FOLDS - 1))
        mean = float(np.mean(b - a))
        result[metric] = {"mean": mean, "low": mean - float(width), "high": mean + float(width)}
    return result


def data_sets(given: argparse.Namespace) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield name, X, y: the sets of a folder, then generated ones; samples of large ones."""
    sets = tables.sets(given.folder)
    for name in given.names or (*sets, *_TABLES, *_GENERATED):
        if name in SHAPES:
            data = DataSet(name, n_rows=given.rows, n_features=30, ratio=0.5)
            (X, y), _ = make_rows(data, SHAPES)
            yield f"{name}, {data.n_rows:,} x 30", X, y
            continue
        X, y = tables.binary(given.folder, name)
        if len(y) > given.most_rows:
            rows = sample_rows(y, given.most_rows, seed=0)
            X, y = X[rows], y[rows]
        yield name, X, y


def level_table(stored: list[dict[str, Any]]) -> str:
    """Return the table of the recalls: mean differences, and intervals that leave out 0."""
    return markdown([_level_row(stored, level) for level in stored[0]["levels"]])


def _level_row(stored: list[dict[str, Any]], level: str) -> dict[str, str]:
    levels = [each["levels"][level] for each in stored]
    recalls = [each["recall"] for each in levels]
    fitted = [model for each in levels for model in each["models"].values()]
    found = [values for model in fitted for values in model.values()]
    means = {of: np.mean([model[of]["mean"] for model in fitted]) for of in fitted[0]}
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
            spans = {of: _span(level, of) for of in level["models"]["logistic"]}
            recall = f"{level['recall']:.3f}"
            rows.append({"set": each["name"], **sizes, "recall": recall, **spans})
    return markdown(rows)


def _span(level: dict[str, Any], metric: str) -> str:
    """Write the intervals of a metric, for each classifier."""
    found = [model[metric] for model in level["models"].values()]
    return "; ".join(f"{v['mean']:+.4f} ({v['low']:+.4f} to {v['high']:+.4f})" for v in found)


def main() -> None:
    """Measure sets and store the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--most-rows", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=50_000)
    given = parser.parse_args()
    for name, X, y in data_sets(given):
        found = measure(name, X, y, repeats=2 if len(y) <= _SMALL else 1)
        found |= {"date": date.today().isoformat(), "machine": describe_machine()}
        save(RESULTS / "approximation_cost.json", found)
        print(f"{name}: recall {found['levels']['approximate']['recall']:.3f}", flush=True)


if __name__ == "__main__":
    main()
