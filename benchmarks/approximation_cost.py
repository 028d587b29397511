"""Does the approximate search cost anything? Cross-validated, at equal draws.

    python -m benchmarks.approximation_cost [FOLDER] [--names NAME ...] [--rows N] [--print]

FOLDER has files NAME.npz with ``data`` and ``label`` (1 for the small class); without it, only
three generated sets of N rows are used. In each fold SMOTE resamples the training rows with
exact neighbors and with others: those of ``search="approximate"``, and exact ones of which a
share is replaced by random rows of the class. All draws are equal, so that only the neighbors
differ. Classifiers are fitted to each, and the metrics on the test rows are subtracted fold by
fold (positive: better than exact). Intervals are those of Nadeau and Bengio, 95%, one by one.
Results are stored in ``results/approximation_cost.json``; ``--print`` prints the tables of
docs/approximation.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from benchmarks.real import put
from benchmarks.recall import recall_of
from smotefast.bench.cases import DataSet
from smotefast.bench.machine import describe_machine
from smotefast.bench.shapes import SHAPES, make_rows
from smotefast.evaluation.intervals import corrected_error
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling import SMOTE

RESULTS = Path(__file__).parent / "results" / "approximation_cost.json"
K, FOLDS = 5, 5
# Shares of the neighbors that are kept; the others are random rows of the class.
KEPT = (0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.0)
_GENERATED = ("clusters", "overlapping", "heavy-tails")
_LARGE = 50_000
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
        random = (
            np.arange(len(X))[:, np.newaxis] + rng.integers(1, len(X), found.shape)
        ) % len(X)
        self._neighbors = np.where(is_replaced, random, found)
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
    return {"logistic": LogisticRegression(max_iter=1000), "boosting": boosting}


def metrics(y: np.ndarray, scores: np.ndarray) -> Values:
    """Return the metrics of probabilities; larger is better in all of them."""
    decisions = scores >= 0.5
    return {
        "average precision": float(average_precision_score(y, scores)),
        "ROC AUC": float(roc_auc_score(y, scores)),
        "F1": float(f1_score(y, decisions)),
        "MCC": float(matthews_corrcoef(y, decisions)),
        "Brier score": -float(brier_score_loss(y, scores)),
    }


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
            sampler = SMOTE(random_state=0, **parameters)
            X_new, y_new = sampler.fit_resample(X_train, y[train])
            recalls.setdefault(level, []).append(recall_of(sampler, X_train))
            values = {
                of: metrics(y[test], model.fit(X_new, y_new).predict_proba(X_test)[:, 1])
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
    return {
        metric: interval(
            np.array(
                [b[model][metric] - a[model][metric] for a, b in zip(exact, other, strict=True)]
            )
        )
        for metric in exact[0][model]
    }


def interval(differences: np.ndarray) -> Values:
    """Return the mean difference and the bounds of its 95% interval."""
    mean, n = float(differences.mean()), len(differences)
    width = stats.t.ppf(0.975, n - 1) * corrected_error(differences, 1 / (FOLDS - 1))
    return {"mean": mean, "low": mean - float(width), "high": mean + float(width)}


def data_sets(folder: Path | None, names: list[str], n_rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield name, X, y and repeats: the sets of a folder, then generated ones."""
    for path in sorted(folder.glob("*.npz")) if folder else ():
        if not names or path.stem in names:
            with np.load(path) as arrays:
                yield path.stem, arrays["data"], (arrays["label"] == 1).astype(int), 2
    for shape in _GENERATED:
        if not names or shape in names:
            data = DataSet(shape, n_rows=n_rows, n_features=30, ratio=0.5)
            (X, y), _ = make_rows(data, SHAPES)
            yield f"{shape}, {n_rows:,} x 30", X, y, 1


def summary(sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for each level the recall, mean differences, and intervals that leave out 0."""
    lines = []
    for level in sets[0]["levels"]:
        levels = [each["levels"][level] for each in sets]
        cells = [
            (metric, values)
            for each in levels
            for model in each["models"].values()
            for metric, values in model.items()
        ]
        n_below = sum(values["high"] < 0 for _, values in cells)
        names = dict.fromkeys(metric for metric, _ in cells)
        lines.append(
            {
                "level": level,
                "recall": float(np.mean([each["recall"] for each in levels])),
                "lowest_recall": min(each["recall"] for each in levels),
                "compared": len(cells),
                "worse": n_below,
                "better": sum(values["low"] > 0 for _, values in cells),
                # With 2.5% of intervals below 0 by chance, so many are in one of 20 studies.
                "worse_by_chance": int(stats.binom.ppf(0.95, len(cells), 0.025)),
                "mean": {
                    name: float(np.mean([v["mean"] for metric, v in cells if metric == name]))
                    for name in names
                },
            }
        )
    return lines


def tables(sets: list[dict[str, Any]]) -> str:
    """Return the tables of docs/approximation.md."""
    lines = summary(sets)
    names = list(lines[0]["mean"])
    head = ["neighbors", "recall (lowest)", "worse", "better", "by chance", *names]
    rows = [head, ["---"] * len(head)]
    for line in lines:
        recall = f"{line['recall']:.3f} ({line['lowest_recall']:.3f})"
        counts = [f"{line[of]} of {line['compared']}" for of in ("worse", "better")]
        means = [f"{line['mean'][name]:+.4f}" for name in names]
        rows.append([line["level"], recall, *counts, f"{line['worse_by_chance']}", *means])
    rows += [[], ["set", "rows", "recall", *names], ["---"] * (3 + len(names))]
    for each in sets:
        level = each["levels"]["approximate"]
        if level["recall"] == 1:  # small classes are searched exactly
            continue
        cells = [_span(level, name) for name in names]
        rows.append([each["name"], f"{each['rows']:,}", f"{level['recall']:.3f}", *cells])
    return "\n".join(f"| {' | '.join(row)} |" if row else "" for row in rows)


def _span(level: dict[str, Any], metric: str) -> str:
    """Write the intervals of a metric, for each classifier."""
    found = [model[metric] for model in level["models"].values()]
    return "; ".join(f"{v['mean']:+.4f} ({v['low']:+.4f} to {v['high']:+.4f})" for v in found)


def main() -> None:
    """Measure sets and store the results, or print the stored ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--names", nargs="*", default=[])
    parser.add_argument("--rows", type=int, default=_LARGE, help="rows of generated sets")
    parser.add_argument("--print", action="store_true", help="print the stored results")
    options = parser.parse_args()
    if options.print:
        print(tables(json.loads(RESULTS.read_text())))
        return
    for name, X, y, repeats in data_sets(options.folder, options.names, options.rows):
        found = measure(name, X, y, repeats)
        put(RESULTS, found | {"date": date.today().isoformat(), "machine": describe_machine()})
        print(f"{name}: recall {found['levels']['approximate']['recall']:.3f}", flush=True)


if __name__ == "__main__":
    main()
