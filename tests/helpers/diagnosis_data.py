"""Data for diagnoses: rows without any point, and figures of imaginary data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.report import ClassFigures
from smotefast.diagnosis.sampler_facts import SamplerFacts


def two_classes(n=400, n_rare=100, *, n_features=4, seed=0):
    """Two separate classes, in columns of one scale."""
    rng = np.random.RandomState(seed)
    y = np.repeat([0, 1], [n, n_rare])
    X = rng.normal(size=(n + n_rare, n_features))
    X[y == 1, 0] += 5
    return X, y


def mixed_frame(n=300, seed=0):
    """A frame of numbers, text and codes, and labels that are text."""
    rng = np.random.RandomState(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 2)), columns=["age", "<income>"])
    frame["city"] = rng.choice(["Oslo", "Roma", "Turku"], n)
    frame["stage"] = rng.randint(1, 6, n)
    label = pd.Series(np.where(rng.uniform(size=n) < 0.2, "fraud", "fine"), name="label")
    return frame, label


def find_point(diagnosis, name):
    """Return the only point of this name."""
    (point,) = [point for point in diagnosis.points if point.name == name]
    return point


def point_names(diagnosis):
    return [point.name for point in diagnosis.points]


def class_figures(**changes):
    """Figures of a class without any point, with changes."""
    usual = {
        "label": "rare",
        "n_rows": 1_000,
        "n_new": 7_000,
        "n_searched": 1_000,
        "noise": 0.0,
        "danger": 0.1,
        "safe": 0.9,
        "overlap": 0.1,
        "unevenness": 0.1,
        "repeated": 0.0,
        "conflicting": 0.0,
    }
    return ClassFigures(**{**usual, **changes})


def column_figures(**changes):
    """Figures of a column of numbers without any point, with changes."""
    usual = {
        "n_missing": 0,
        "n_infinite": 0,
        "is_constant": False,
        "low": -3.0,
        "high": 3.0,
        "n_distinct": 2_000,
        "n_sampled": 2_000,
        "spread": 1.0,
        "deviation": 1.0,
    }
    return ColumnFigures(**{**usual, **changes})


def facts_of(rare=None, *, columns=None, kinds=None, n_features=4, **changes):
    """Facts of two classes, 8,000 rows and ``rare``, with changes.

    ``columns`` are figures of columns by their index, and ``kinds`` what the columns hold.
    """
    rare = class_figures() if rare is None else rare
    kinds = kinds or ["number"] * n_features
    names = list(range(len(kinds)))
    read = Columns.from_kinds(names, kinds, set())
    known = {j: column_figures() for j in [*read.numbers, *read.categories]}
    n_to_generate = {"rare": rare.n_new}
    usual = {
        "n_rows": 8_000 + rare.n_rows,
        "columns": read,
        "figures": {**known, **(columns or {})},
        "sampler": SamplerFacts(n_to_generate=n_to_generate, weights=n_to_generate),
        "classes": (class_figures(label="often", n_rows=8_000, n_new=0, overlap=0.0), rare),
        "groups": {"rare": [1_000]},
    }
    return Facts(**{**usual, **changes})
