"""Pseudorandom priorities."""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.metric import random_priorities


def test_random_priorities__are_uniform_and_uncorrelated():
    numbers = random_priorities(3, 10_000)
    assert np.array_equal(numbers[7:], random_priorities(10, 9_993))
    assert np.histogram(numbers, bins=10, range=(0, 1))[0].min() > 900
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.05
