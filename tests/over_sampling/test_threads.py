"""One sampler in several threads, on data of different categories."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from smotefast.over_sampling import SMOTEN, SMOTENC, RandomOverSampler


def data(seed, names):
    """Return rows of a number and two names, and two classes."""
    rng = np.random.default_rng(seed)
    y = (rng.random(300) < 0.25).astype(int)
    X = np.empty((300, 4), object)
    X[:, :2] = rng.normal(size=(300, 2)) + y[:, np.newaxis]
    X[:, 2:] = rng.choice(list(names), (300, 2))
    return X, y


@pytest.mark.parametrize(
    ("sampler", "columns"),
    [
        (SMOTENC([2, 3], random_state=0), [0, 1, 2, 3]),
        (SMOTEN(random_state=0), [2, 3]),
        (RandomOverSampler(random_state=0), [0, 1, 2, 3]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_sampler__serves_threads_with_different_categories(sampler, columns):
    tables = [data(seed, names) for seed, names in enumerate(["abcd", "uvwxyz", "mno"])]
    tables = [(X[:, columns], y) for X, y in tables]
    expected = [sampler.fit_resample(X, y) for X, y in tables]
    turns = [i % 3 for i in range(45)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda i: sampler.fit_resample(*tables[i]), turns))
    for i, (X_new, y_new) in zip(turns, found, strict=True):
        np.testing.assert_array_equal(X_new, expected[i][0])
        np.testing.assert_array_equal(y_new, expected[i][1])
