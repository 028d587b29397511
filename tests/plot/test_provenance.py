"""``plot.provenance``: base rows, neighbors, and samples on the way between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from sklearn.exceptions import NotFittedError

from smotefast import (
    ADASYN,
    SMOTE,
    SMOTEENN,
    SMOTENC,
    SVMSMOTE,
    RandomOverSampler,
    RandomUnderSampler,
    plot,
)


def two_classes(n_features=2):
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [60, 15])
    return rng.normal(size=(75, n_features)) + 1.2 * (y == "rare")[:, np.newaxis], y


def drawn(axes):
    """What is drawn, by label: points, or both ends of the ways."""
    found = {}
    for one in axes.collections:
        if isinstance(one, LineCollection):
            found[one.get_label()] = np.array(one.get_segments())
        else:
            found[one.get_label()] = np.asarray(one.get_offsets())
    return found


@pytest.mark.parametrize("cls", [SMOTE, ADASYN, SVMSMOTE])
def test_samples__lie_on_the_way_from_base_row_to_neighbor(cls):
    X, y = two_classes()
    sampler = cls(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    found = drawn(plot.provenance(sampler, X, y))
    base, neighbor, _ = sampler.provenance_
    assert np.allclose(found["synthetic sample"], X_new[len(X) :])
    assert np.array_equal(found["base row"], X[base])
    assert np.array_equal(found["neighbor"], X[neighbor])
    assert np.array_equal(found["way between them"], np.stack([X[base], X[neighbor]], axis=1))


def test_classes__are_drawn_with_their_counts():
    X, y = two_classes()
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    found = drawn(plot.provenance(sampler, X, y))
    assert np.array_equal(found["class common: 60 rows"], X[y == "common"])
    assert np.array_equal(found["class rare: 15 rows"], X[y == "rare"])


def test_many_samples__are_drawn_at_regular_steps():
    X, y = two_classes()
    sampler = SMOTE(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    found = drawn(plot.provenance(sampler, X, y, max_samples=5))["synthetic sample"]
    assert np.allclose(found, X_new[len(X) :][[0, 11, 22, 33, 44]])


def test_samples_that_a_combination_removed__are_not_drawn():
    X, y = two_classes()
    sampler = SMOTEENN(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    found = drawn(plot.provenance(sampler, X, y, max_samples=1000))["synthetic sample"]
    is_synthetic = sampler.resample_aligned(np.zeros(len(X)), synthetic=1.0) == 1
    assert 0 < len(found) < 45
    assert np.allclose(found, X_new[is_synthetic])


def test_frames_with_categories__are_projected_from_their_numbers():
    X, y = two_classes(3)
    frame = pd.DataFrame(X, columns=list("abc")).assign(kind=list("xyz") * 25)
    sampler = SMOTENC(categorical_features=["kind"], random_state=0)
    frame_new, y_new = sampler.fit_resample(frame, y)
    samples = drawn(plot.provenance(sampler, frame, y))["synthetic sample"]
    before_and_after = drawn(plot.resampling(frame, y, frame_new, y_new))
    assert np.allclose(samples, before_and_after["class rare, new: 45 rows"])


def test_nothing_to_generate__draws_the_classes_alone():
    X, y = two_classes()
    sampler = SMOTE(sampling_strategy={"rare": 15}, random_state=0)
    sampler.fit_resample(X, y)
    assert list(drawn(plot.provenance(sampler, X, y))) == [
        "class common: 60 rows",
        "class rare: 15 rows",
    ]


def test_arguments__reach_the_artists(ax):
    X, y = two_classes()
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    found = plot.provenance(
        sampler, X, y, ax=ax, scatter_kwargs={"s": 7}, line_kwargs={"linewidths": 3}
    )
    by_label = {one.get_label(): one for one in ax.collections}
    assert found is ax
    assert by_label["synthetic sample"].get_sizes() == [7]
    assert by_label["way between them"].get_linewidths() == [3]


@pytest.mark.parametrize(
    "sampler",
    [RandomUnderSampler(), RandomOverSampler(), RandomOverSampler(shrinkage=0.5)],
    ids=["selection", "copies", "copies with noise"],
)
def test_samplers_without_samples_between_rows__are_refused(sampler):
    X, y = two_classes()
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="generates no samples between two rows"):
        plot.provenance(sampler, X, y)


def test_other_data_than_those_resampled__are_refused():
    X, y = two_classes()
    sampler = SMOTE(random_state=0)
    with pytest.raises(NotFittedError, match="has resampled nothing yet"):
        plot.provenance(sampler, X, y)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="has resampled 75 rows, and X has 74"):
        plot.provenance(sampler, X[1:], y[1:])
