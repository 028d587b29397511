"""The sampled rows."""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.sample import sample_positions


def test_sampled_rows__are_divided_between_many_classes():
    classes = np.repeat(np.arange(100), 500)
    drawn = sample_positions(classes, 100)
    assert np.bincount(classes[drawn]).tolist() == [200] * 100
    assert (np.diff(drawn) > 0).all()
    assert np.array_equal(drawn, sample_positions(classes, 100))
