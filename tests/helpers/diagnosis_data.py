"""Data made so that a point is there, or is not."""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import take_columns
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import ClassFigures
from smotefast.diagnosis.sampler_facts import Judged


def clean(n=400, n_rare=100, *, n_features=4, seed=0):
    """Two classes side by side, in columns of one scale."""
    rng = np.random.RandomState(seed)
    y = np.repeat([0, 1], [n, n_rare])
    X = rng.normal(size=(n + n_rare, n_features))
    X[y == 1, 0] += 5
    return X, y


def mixed(n=300, seed=0):
    """A frame of numbers, text and codes, and labels that are text."""
    import pandas as pd

    rng = np.random.RandomState(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 2)), columns=["age", "<income>"])
    frame["city"] = rng.choice(["Oslo", "Roma", "Turku"], n)
    frame["stage"] = rng.randint(1, 6, n)
    label = pd.Series(np.where(rng.uniform(size=n) < 0.2, "fraud", "fine"), name="label")
    return frame, label


def point(diagnosis, name):
    """The one point of a name."""
    (found,) = [one for one in diagnosis.points if one.name == name]
    return found


def names(diagnosis):
    return [one.name for one in diagnosis.points]


def figures(**changes):
    """Figures of a class that nothing is wrong with, and what is to be otherwise."""
    usual = {
        "label": "rare",
        "n_rows": 1_000,
        "n_new": 7_000,
        "n_searched": 1_000,
        "noise": 0.0,
        "danger": 0.1,
        "safe": 0.9,
        "overlap": 0.1,
        "overlap_as_it_is": None,
        "repeated": 0.0,
        "conflicting": 0.0,
    }
    return ClassFigures(**{**usual, **changes})


def column(**changes):
    """Figures of a numeric column that nothing is wrong with."""
    usual = {
        "n_missing": 0,
        "n_infinite": 0,
        "is_constant": False,
        "low": -3.0,
        "high": 3.0,
        "n_distinct": 2_000,
        "n_drawn": 2_000,
        "is_whole": False,
        "spread": 1.0,
        "deviation": 1.0,
    }
    return ColumnFigures(**{**usual, **changes})


def facts(rare=None, *, columns=None, kinds=None, n_features=4, **changes):
    """Facts of two classes, 8,000 rows and ``rare``."""
    rare = figures() if rare is None else rare
    kinds = kinds or ["number"] * n_features
    taken = take_columns(list(range(len(kinds))), kinds, set())
    known = {j: column() for j in [*taken.numbers, *taken.categories]}
    known.update(columns or {})
    quota = {"rare": rare.n_new}
    usual = {
        "n_rows": 8_000 + rare.n_rows,
        "columns": taken,
        "figures": known,
        "judged": Judged(
            None, False, frozenset(), False, 5, "k_neighbors", 10, "error", quota, (), quota
        ),
        "classes": (figures(label="often", n_rows=8_000, n_new=0, overlap=0.0), rare),
        "shares": dict.fromkeys(taken.numbers, 1 / max(1, len(taken.numbers))),
        "is_scaled": False,
        "n_left_out": 0,
        "unusable": frozenset(),
        "uneven": {"often": 0.0, "rare": 0.1},
        "groups": {"rare": [1_000]},
    }
    return Facts(**{**usual, **changes})
