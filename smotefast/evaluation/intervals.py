"""Confidence intervals of differences between options that were cross-validated together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
_N_DRAWS = 5_000
# Correlations between few folds are uncertain. Part of each is removed, which makes the
# intervals wider.
_SHRINKAGE = 0.2
_MAX_NUMBERS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A mean difference and its interval; no bounds if they cannot be estimated."""

    mean: float | None
    low: float | None
    high: float | None

    @property
    def is_zero(self) -> bool:
        """Whether it is 0 without an error: no fold has a difference."""
        return self.mean == 0 and not self.low and not self.high

    @property
    def better(self) -> bool:
        """Whether the interval lies above 0."""
        return self.low is not None and self.low > 0


def corrected_error(differences: np.ndarray, test_share: float) -> float:
    """Return the standard error of a mean over folds, by Nadeau and Bengio (2003).

    Parameters
    ----------
    differences
        One for each fold.
    test_share
        Test rows divided by training rows of a fold. Training sets of different folds overlap,
        so the variance does not fall with the number of folds alone.
    """
    n = len(differences)
    return float(np.sqrt((1 / n + test_share) * differences.var(ddof=1)))


def intervals(
    differences: np.ndarray,
    test_share: float,
    resolution: float,
    seed: int = 0,
    uncertain: Collection[int] = (),
) -> list[Interval]:
    """Return simultaneous intervals of the mean differences of some options.

    The intervals hold together with a probability of 95%: the largest of the t statistics
    (max-T) sets their width, with the correlations between the options.

    Parameters
    ----------
    differences
        Shape (n_folds, n_options); NaN where a fold has no value.
    test_share
        Test rows divided by training rows of a fold.
    resolution
        Standard deviation for differences that are equal in all folds, but not 0.
    seed
        Seed of the draws behind the width.
    uncertain
        Columns where a difference of 0 in all folds may be chance, and has this standard
        deviation, too; that of others is 0 by its construction.
    """
    columns = [column[np.isfinite(column)] for column in differences.T]
    found = [i for i, column in enumerate(columns) if len(column) > 1 and np.ptp(column) > 0]
    width = critical_value(differences[:, found], seed) if found else 0.0
    constant = [i for i, each in enumerate(columns) if len(each) > 1 and i not in found]
    if any(columns[i].any() for i in constant):
        width = max(width, critical_value(differences[:, [*found, *constant]], seed))
    found_intervals = [_interval(each, width, test_share, resolution) for each in columns]
    for i in uncertain:
        if found_intervals[i].is_zero and len(columns[i]) > 1:
            width = max(width, critical_value(differences[:, [i]], seed))
            high = width * resolution * np.sqrt(1 / len(columns[i]) + test_share)
            found_intervals[i] = Interval(0.0, -float(high), float(high))
    return found_intervals


def _interval(
    column: np.ndarray, width: float, test_share: float, resolution: float
) -> Interval:
    if not len(column):
        return Interval(None, None, None)
    mean = float(column.mean())
    if len(column) < 2:
        return Interval(mean, None, None)
    error = corrected_error(column, test_share)
    if np.ptp(column) == 0:
        error = resolution * np.sqrt(1 / len(column) + test_share) if mean else 0.0
    return Interval(mean, mean - width * error, mean + width * error)


def critical_value(differences: np.ndarray, seed: int = 0) -> float:
    """Return the 95% quantile of the largest absolute t statistic under no difference.

    Folds are drawn from a normal distribution with the correlations of the options.
    """
    n_folds = len(differences)
    correlation = _correlation(np.unique(differences, axis=1))
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    rng = np.random.default_rng(seed)
    n_options = len(correlation)
    step = max(1, _MAX_NUMBERS // (n_folds * n_options))
    largest = []
    for start in range(0, _N_DRAWS, step):
        n = min(step, _N_DRAWS - start)
        drawn = rng.standard_normal((n, n_folds, n_options)) @ root.T
        errors = drawn.std(axis=1, ddof=1) / np.sqrt(n_folds)
        largest.append(np.abs(drawn.mean(axis=1) / errors).max(axis=1))
    return float(np.quantile(np.concatenate(largest), LEVEL))


def _correlation(differences: np.ndarray) -> np.ndarray:
    """Return the correlations between options, moved towards 0; those unknown are 0."""
    filled = np.where(np.isfinite(differences), differences, 0.0)
    known = np.isfinite(differences)
    counts = np.maximum(known.sum(axis=0), 1)
    centered = np.where(known, filled - filled.sum(axis=0) / counts, 0.0)
    norms = np.sqrt((centered**2).sum(axis=0))
    norms[norms == 0] = np.inf
    correlation = (centered / norms).T @ (centered / norms)
    correlation *= 1 - _SHRINKAGE
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation)
