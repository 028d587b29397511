"""Data with categories, made by numpy from fixed seeds.

Each class has its own shares of the levels of each column, so that neighbours in a class
agree more than rows at large do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.data import clustered_rows, made_once, random_labels, save_arrays

_MODULE = "benchmarks.nominal_data"
_UNEVENNESS = 0.5  # of the Dirichlet shares: a few levels have most of the rows


def mixed_arrays(
    folder: Path, n_samples: int, n_minority: int, n_features: int, n_categories: int
) -> str:
    """Return a folder with float64 X.npy whose last columns are categories, and y.npy."""
    shape = {"n_samples": n_samples, "n_minority": n_minority, "n_features": n_features}
    name = f"{n_samples}x{n_features}-{n_minority}-{n_categories}categories"
    function = f"{_MODULE}:make_mixed_arrays"
    return made_once(folder / name, function, n_categories=n_categories, **shape)


def make_mixed_arrays(
    folder: str, n_samples: int, n_minority: int, n_features: int, n_categories: int
) -> None:
    """Write numbers as in ``make_arrays`` beside categories of 8 levels, coded as numbers."""
    import numpy as np

    rng = np.random.default_rng(0)
    y = random_labels([n_samples - n_minority, n_minority], rng)
    numbers = clustered_rows(y, n_features - n_categories, rng)
    codes = level_codes(y, [8] * n_categories, rng)
    save_arrays(folder, np.column_stack([numbers, codes]).astype(np.float64), y)


def nominal_arrays(folder: Path, counts: list[int], n_features: int) -> str:
    """Return a folder with X.npy of codes and y.npy, with ``counts`` rows of each class."""
    name = f"{sum(counts)}x{n_features}-nominal-{'-'.join(map(str, counts))}"
    function = f"{_MODULE}:make_nominal_arrays"
    return made_once(folder / name, function, counts=counts, n_features=n_features)


def make_nominal_arrays(folder: str, counts: list[int], n_features: int) -> None:
    """Write columns of 5 to 20 levels."""
    import numpy as np

    rng = np.random.default_rng(0)
    y = random_labels(counts, rng)
    levels = rng.integers(5, 21, n_features).tolist()
    save_arrays(folder, level_codes(y, levels, rng), y)


def level_codes(y: Any, levels: list[int], rng: Any) -> Any:
    """Draw the level of each row and column from the shares that its class has."""
    import numpy as np

    codes = np.empty((len(y), len(levels)), dtype=np.int64)
    for column, n_levels in enumerate(levels):
        for label in np.unique(y):
            rows = np.flatnonzero(y == label)
            shares = rng.dirichlet(np.full(n_levels, _UNEVENNESS))
            codes[rows, column] = rng.choice(n_levels, len(rows), p=shares)
    return codes
