"""Data with a known truth: how often ``compare`` claims a gain that exists or does not.

``python -m benchmarks.compare_truths [--runs 50] [--rows 5000] [--truths NAME ...]`` prints a
line for each truth. A gain is claimed if any option is shown to be better than doing nothing in
the metric to choose by.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from smotefast import compare

SHARE = 0.05


class Truth(NamedTuple):
    """Data, the classifiers and the metric, and whether an option truly helps."""

    make: Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
    models: dict[str, Any]
    metric: str
    has_gain: bool


def _classes(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(n, 4)), (rng.random(n) < SHARE).astype(int)


def noise(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return columns that say nothing about the class."""
    return _classes(n, rng)


def normal(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return two normal classes of one covariance, which logistic regression describes."""
    X, y = _classes(n, rng)
    X[y == 1, :2] += 1.0
    return X, y


def far_group(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return classes of which the large one has a small group that is far away."""
    X, y = _classes(n, rng)
    X[y == 1] += [1.5, 0.3, 0, 0]
    is_far = (y == 0) & (rng.random(n) < 0.03)
    X[is_far, :2] = rng.normal([6.0, -2.0], 0.3, (is_far.sum(), 2))
    return X, y


def heavy_tail(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return classes of which the large one has a wide tail where the classes differ."""
    X, y = _classes(n, rng)
    is_tail = (y == 0) & (rng.random(n) < 0.05)
    X[is_tail, 0] = rng.uniform(-12, 12, is_tail.sum())
    X[is_tail, 2] = -X[is_tail, 0]
    X[y == 1, :2] += [1.5, 0.7]
    return X, y


def two_groups(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return classes of which the small one has two groups."""
    X, y = _classes(n, rng)
    is_first = rng.random(n) < 0.3
    X[(y == 1) & is_first, 0] += 2.5
    X[(y == 1) & ~is_first, 1] += 1.5
    return X, y


_LOGISTIC = {"logistic": LogisticRegression(max_iter=1000)}
_TREE = {"tree": DecisionTreeClassifier(min_samples_leaf=20, random_state=0)}
TRUTHS = {
    "noise": Truth(noise, {**_LOGISTIC, **_TREE}, "average_precision", False),
    "noise-auc": Truth(noise, {**_LOGISTIC, **_TREE}, "roc_auc", False),
    "normal": Truth(normal, _LOGISTIC, "average_precision", False),
    "far-group": Truth(far_group, _LOGISTIC, "roc_auc", True),
    "heavy-tail": Truth(heavy_tail, _LOGISTIC, "roc_auc", True),
    "two-groups": Truth(two_groups, _TREE, "roc_auc", True),
}


def run_once(truth: Truth, n_rows: int, seed: int) -> tuple[bool, float]:
    """Return whether a gain is claimed, and the mean difference of the best option."""
    X, y = truth.make(n_rows, np.random.default_rng(seed))
    result = compare(
        X,
        y,
        models=truth.models,
        metric=truth.metric,
        random_state=seed,
        holdout=0,
        n_jobs=1,
        progress=False,
    )
    differences = [each.difference[truth.metric] for each in result.options]
    best = max(each.mean or 0.0 for each in differences)
    return any(each.better for each in differences), best


def main() -> None:
    """Run the truths and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--truths", nargs="*", default=list(TRUTHS))
    options = parser.parse_args()
    for name in options.truths:
        started = time.perf_counter()
        seeds = range(options.first, options.first + options.runs)
        found = [run_once(TRUTHS[name], options.rows, seed) for seed in seeds]
        line = {
            "truth": name,
            "has_gain": TRUTHS[name].has_gain,
            "rows": options.rows,
            "runs": options.runs,
            "claimed": sum(claimed for claimed, _ in found),
            "best_difference": round(float(np.mean([best for _, best in found])), 4),
            "seconds": round(time.perf_counter() - started),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
