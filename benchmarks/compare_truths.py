"""Data with a known truth: how often ``compare`` claims a gain that exists or does not.

``python -m benchmarks.compare_truths [--runs 50] [--rows 5000] [--truths NAME ...]`` prints a
line for each truth. A gain is claimed if any option is shown to be better than doing nothing in
the metric to choose by.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from smotefast import compare

SHARE = 0.05
_LOGISTIC = {"logistic": LogisticRegression(max_iter=1000)}
_TREE = {"tree": DecisionTreeClassifier(min_samples_leaf=20, random_state=0)}


class Truth(NamedTuple):
    """The classifiers and the metric, and whether an option truly helps."""

    models: dict[str, Any]
    metric: str = "roc_auc"
    has_gain: bool = True


TRUTHS = {
    # Columns that say nothing about the class.
    "noise": Truth(_LOGISTIC | _TREE, "average_precision", False),
    "noise-auc": Truth(_LOGISTIC | _TREE, has_gain=False),
    # Two normal classes of one covariance, which logistic regression describes.
    "normal": Truth(_LOGISTIC, "average_precision", False),
    # The large class has a small group that is far away.
    "far-group": Truth(_LOGISTIC),
    # The large class has a wide tail where the classes differ.
    "heavy-tail": Truth(_LOGISTIC),
    # The small class has two groups.
    "two-groups": Truth(_TREE),
}


def make(name: str, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a truth."""
    X, y = rng.normal(size=(n, 4)), (rng.random(n) < SHARE).astype(int)
    is_large = y == 0
    if name == "normal":
        X[y == 1, :2] += 1.0
    elif name == "far-group":
        X[y == 1] += [1.5, 0.3, 0, 0]
        is_far = is_large & (rng.random(n) < 0.03)
        X[is_far, :2] = rng.normal([6.0, -2.0], 0.3, (is_far.sum(), 2))
    elif name == "heavy-tail":
        is_tail = is_large & (rng.random(n) < 0.05)
        X[is_tail, 0] = rng.uniform(-12, 12, is_tail.sum())
        X[is_tail, 2] = -X[is_tail, 0]
        X[y == 1, :2] += [1.5, 0.7]
    elif name == "two-groups":
        is_first = rng.random(n) < 0.3
        X[~is_large & is_first, 0] += 2.5
        X[~is_large & ~is_first, 1] += 1.5
    return X, y


def run_once(name: str, n_rows: int, seed: int) -> tuple[bool, float]:
    """Return whether a gain is claimed, and the mean difference of the best option."""
    truth, (X, y) = TRUTHS[name], make(name, n_rows, np.random.default_rng(seed))
    how = {"random_state": seed, "holdout": 0, "n_jobs": 1, "progress": False}
    result = compare(X, y, models=truth.models, metric=truth.metric, **how)
    differences = [each.difference[truth.metric] for each in result.options]
    best = max(each.mean or 0.0 for each in differences)
    return any(each.better for each in differences), best


def main() -> None:
    """Run the truths and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--truths", nargs="*", default=list(TRUTHS), choices=list(TRUTHS))
    given = parser.parse_args()
    for name in given.truths:
        runs = [run_once(name, given.rows, seed) for seed in range(given.runs)]
        line = {"truth": name, "has_gain": TRUTHS[name].has_gain, "rows": given.rows}
        line |= {"runs": given.runs, "claimed": sum(claimed for claimed, _ in runs)}
        line["best_difference"] = round(float(np.mean([best for _, best in runs])), 4)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
