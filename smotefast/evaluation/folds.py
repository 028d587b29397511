"""Folds of rows: repeated and stratified, by groups, or forward in time; duplicates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.evaluation.data import EvaluationData

Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Fold:
    """Positions of the training rows and of the test rows; ``repeat`` counts from 0."""

    repeat: int
    train: np.ndarray
    test: np.ndarray


def hold_out(data: EvaluationData, share: float, seed: int) -> Split:
    """Return rows for cross-validation, and a share of the rows that is kept for the end.

    The rows that are kept are drawn by class, are whole groups, or are the last ones in time;
    then the other rows of their groups are left out.
    """
    from sklearn.model_selection import StratifiedGroupKFold, train_test_split

    rows = np.arange(data.n_rows)
    if data.times is not None:
        order = np.argsort(data.times, kind="stable")
        cut = _cut(data.times[order], round(data.n_rows * (1 - share)))
        return _without_groups(data, np.sort(order[:cut]), np.sort(order[cut:]))
    if data.groups is not None:
        n_splits = min(max(2, round(1 / share)), len(np.unique(data.groups)))
        if n_splits < 2:
            return rows, rows[:0]
        folds = StratifiedGroupKFold(n_splits, shuffle=True, random_state=seed)
        kept: Split = next(folds.split(rows, data.y, data.groups))
        return kept
    first, second = train_test_split(rows, test_size=share, random_state=seed, stratify=data.y)
    return np.sort(first), np.sort(second)


def make_folds(data: EvaluationData, n_folds: int, repeats: int, seed: int) -> list[Fold]:
    """Return the folds of each repeat; forward folds in time are not repeated.

    Raises
    ------
    ValueError
        If a class has too few rows, or there are fewer groups than folds.
    """
    n_groups = n_folds if data.groups is None else len(np.unique(data.groups))
    if data.times is None and n_groups < n_folds:
        raise ValueError(
            f"folds={n_folds} need as many groups, and the rows to train and test on have "
            f"{n_groups}. Lower folds."
        )
    if data.times is not None:
        folds = [Fold(0, *split) for split in _forward(data, n_folds)]
        return [fold for fold in folds if _has_all_classes(data, fold)]
    return [
        Fold(repeat, train, test)
        for repeat in range(repeats)
        for train, test in _stratified(data, n_folds, seed + repeat)
    ]


def _has_all_classes(data: EvaluationData, fold: Fold) -> bool:
    return all(
        len(np.unique(data.y[rows])) == len(data.labels) for rows in (fold.train, fold.test)
    )


def inner_splits(data: EvaluationData, seed: int) -> list[Split]:
    """Return splits of training rows, on whose second parts a threshold is tuned.

    More folds where the smallest class is small; in time the last third of the rows. Splits
    without all classes in the rows to fit on are left out.
    """
    if data.times is not None:
        found: Iterator[Split] = iter(_forward(data, 2)[-1:])
    else:
        smallest = int(data.counts.min())
        n_folds = 5 if smallest < 50 else 3 if smallest < 100 else 2
        n_groups = n_folds if data.groups is None else len(np.unique(data.groups))
        n_folds = max(2, min(n_folds, smallest, n_groups))
        found = _stratified(data, n_folds, seed) if n_groups > 1 else iter(())
    n_classes = len(data.labels)
    return [
        (train, test) for train, test in found if len(np.unique(data.y[train])) == n_classes
    ]


def _stratified(data: EvaluationData, n_folds: int, seed: int) -> Iterator[Split]:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    rows = np.arange(data.n_rows)
    kind: Any = StratifiedKFold if data.groups is None else StratifiedGroupKFold
    folds = kind(n_folds, shuffle=True, random_state=seed)
    yield from folds.split(rows, data.y, data.groups)


def _forward(data: EvaluationData, n_folds: int) -> list[Split]:
    """Return folds of later rows, each with all earlier rows to train on.

    Rows of one time are never on both sides, nor are those of one group.
    """
    assert data.times is not None
    order = np.argsort(data.times, kind="stable")
    ordered = data.times[order]
    n_rows = data.n_rows
    cuts = [_cut(ordered, n_rows * i // (n_folds + 1)) for i in range(1, n_folds + 2)]
    cuts[-1] = n_rows
    return [
        _without_groups(data, np.sort(order[:start]), np.sort(order[start:stop]))
        for start, stop in itertools.pairwise(cuts)
        if 0 < start < stop
    ]


def _without_groups(data: EvaluationData, train: np.ndarray, test: np.ndarray) -> Split:
    """Leave out training rows whose group has test rows."""
    if data.groups is not None:
        train = train[~np.isin(data.groups[train], data.groups[test])]
    return train, test


def _cut(ordered: np.ndarray, position: int) -> int:
    """Return the first row that has the time of the row at a position."""
    if position >= len(ordered):
        return len(ordered)
    return int(np.searchsorted(ordered, ordered[position]))


def duplicates_across(hashes: np.ndarray, folds: list[Fold]) -> int:
    """Return how many rows equal a row of another fold, on average over the repeats."""
    repeats = {fold.repeat for fold in folds}
    n_found = 0
    for fold in folds:
        n_found += int(np.isin(hashes[fold.test], hashes[fold.train]).sum())
    return round(n_found / len(repeats))
