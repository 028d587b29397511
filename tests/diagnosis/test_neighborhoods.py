"""Neighbors of sampled rows, compared with slow and obvious counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smotefast
from smotefast.diagnosis import data
from smotefast.diagnosis.neighborhoods import draw_duplicates, limit_duplicates
from tests.helpers.diagnosis_data import mixed_frame, two_classes


def naive_shares(distances, y, label, m=10):
    """Noise, danger, safe and overlap of a class, row by row."""
    counts, firsts = [], []
    for i in np.flatnonzero(y == label):
        others = np.delete(np.arange(len(y)), i)
        nearest = others[np.argsort(distances[i, others], kind="stable")][:m]
        counts.append(np.count_nonzero(y[nearest] != label))
        firsts.append(y[nearest[0]] != label)
    counts = np.array(counts)
    noise, safe = np.mean(counts == m), np.mean(counts < m / 2)
    return [noise, 1 - noise - safe, safe, np.mean(firsts)]


def shares_of(diagnosis, label):
    (item,) = [item for item in diagnosis.classes if item.label == label]
    return [item.noise, item.danger, item.safe, item.overlap]


def squares(X):
    return ((X[:, np.newaxis] - X[np.newaxis]) ** 2).sum(axis=2)


@pytest.fixture
def overlapping():
    X, y = two_classes(300, 150)
    X[y == 1, 0] -= 4
    return X, y


def test_shares__are_those_of_a_count_row_by_row(overlapping):
    X, y = overlapping
    diagnosis = smotefast.diagnose(X, y)
    for label in (0, 1):
        expected = naive_shares(squares(X), y, label)
        assert shares_of(diagnosis, label) == pytest.approx(expected, abs=1e-12)


def test_rows_to_look_at__are_those_of_the_shares(overlapping):
    X, y = overlapping
    diagnosis = smotefast.diagnose(X, y)
    distances = squares(X)
    for label, rows in diagnosis.rows.items():
        searched = np.concatenate(list(rows.values()))
        assert np.sort(searched).tolist() == np.flatnonzero(y == label).tolist()
        for kind, positions in rows.items():
            assert len(positions) == round(
                getattr(diagnosis.classes[label], kind) * diagnosis.counts[label]
            )
            nearest = np.argsort(distances[positions], axis=1, kind="stable")[:, 1:11]
            n_others = np.count_nonzero(y[nearest] != label, axis=1)
            low, high = {"noise": (10, 10), "danger": (5, 9), "safe": (0, 4)}[kind]
            assert ((n_others >= low) & (n_others <= high)).all()


def test_shares_of_mixed_rows__count_a_category_as_the_median_deviation():
    frame, y = mixed_frame()
    numbers = frame[["age", "<income>", "stage"]].to_numpy(dtype=float)
    differs = frame["city"].to_numpy()[:, np.newaxis] != frame["city"].to_numpy()
    distances = squares(numbers) + differs * np.median(numbers.std(axis=0)) ** 2
    expected = naive_shares(distances, y.to_numpy(), "fraud")
    assert shares_of(smotefast.diagnose(frame, y), "fraud") == pytest.approx(expected)


def test_shares_of_scaled_rows__are_those_of_standard_deviations(overlapping):
    X, y = overlapping
    wide = X * [1, 1, 1, 1000]
    diagnosis = smotefast.diagnose(wide, y)
    expected = naive_shares(squares(X / X.std(axis=0)), y, 1)
    assert shares_of(diagnosis, 1) == pytest.approx(expected)


def test_rows_with_missing_numbers__are_ignored(overlapping):
    X, y = overlapping
    holes = X.copy()
    holes[::7, 2] = np.nan
    kept = ~np.isnan(holes[:, 2])
    diagnosis = smotefast.diagnose(holes, y)
    for label in (0, 1):
        expected = naive_shares(squares(X[kept]), y[kept], label)
        assert shares_of(diagnosis, label) == pytest.approx(expected, abs=1e-12)


def test_ties__are_broken_independently_of_the_order_of_rows():
    y = np.repeat([0, 1], [300, 300])
    X = np.zeros((600, 2))
    X[:, 0] = np.arange(600) % 2  # two different rows, each in both classes
    for order in (np.arange(600), np.arange(600)[::-1]):
        diagnosis = smotefast.diagnose(X[order], y[order])
        for item in diagnosis.classes:
            assert 0.4 < item.overlap < 0.6
            assert 0.2 < item.safe < 0.6
            assert item.noise < 0.02
            assert item.conflicting == 1.0


def test_duplicates__do_not_hide_other_neighbors():
    X, y = two_classes(300, 60)
    many = np.concatenate([X, np.repeat(X[:1], 400, axis=0)])
    labels = np.concatenate([y, np.zeros(400, dtype=int)])
    diagnosis = smotefast.diagnose(many, labels)
    expected = naive_shares(squares(X), y, 1)
    assert shares_of(diagnosis, 1) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("rows", [1, 7, 64, 450])
def test_figures__do_not_depend_on_blocks(monkeypatch, overlapping, rows):
    X, y = overlapping
    X[::9] = X[5]
    whole = smotefast.diagnose(X, y).to_dict()
    monkeypatch.setattr(data, "BLOCK_ROWS", rows)
    assert smotefast.diagnose(X, y).to_dict() == whole


def test_large_classes__are_sampled_and_searched_among_all_rows():
    X, y = two_classes(3_000, 2_500)
    X[y == 1, 0] -= 3
    diagnosis = smotefast.diagnose(X, y)
    assert diagnosis.sampled == {0: 2_000, 1: 2_000}
    full = naive_shares(squares(X), y, 1)
    assert shares_of(diagnosis, 1) == pytest.approx(full, abs=0.025)
    assert "for a random sample of each class" in str(diagnosis)


def test_limit_duplicates__keeps_those_of_lowest_priority():
    hashes = np.array([7, 7, 3, 7, 3], dtype=np.uint64)
    priority = np.array([0.5, 0.1, 0.9, 0.3, 0.2])
    assert limit_duplicates(hashes, priority, 2).tolist() == [1, 2, 3, 4]
    assert limit_duplicates(hashes, priority, 1).tolist() == [1, 4]


def test_categories_only__are_compared_by_how_many_differ():
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(rng.choice(list("ab"), size=(200, 9)), columns=list("abcdefghi"))
    y = (frame["a"] == "a").astype(int)
    frame["a"] = frame["b"] = frame["c"] = np.where(y, "x", "z")
    diagnosis = smotefast.diagnose(frame, y)
    assert diagnosis.distance == "the number of columns that differ"
    assert all(item.noise == 0 for item in diagnosis.classes)


def test_drawn_duplicates__are_of_other_classes_as_often_as_all_duplicates():
    is_other_class = np.ones((4_000, 3), dtype=bool)
    n_equal, n_in_class = np.repeat([[1, 1], [3, 2], [101, 51], [5, 5]], 1_000, axis=0).T
    draw_duplicates(is_other_class, n_equal, n_in_class)
    unique, few, many, same_class = np.split(is_other_class, 4)
    assert unique.all()
    assert not same_class.any()
    assert few[:, 2].all()
    assert (few[:, :2].sum(axis=1) == 1).all()
    assert abs(few[:, 0].mean() - 0.5) < 0.05
    assert abs(many.mean() - 0.5) < 0.03
    assert abs(many[:, 0].mean() - 0.5) < 0.05
