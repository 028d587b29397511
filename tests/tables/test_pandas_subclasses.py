"""Subclasses of DataFrame and Series are handled as by pandas' own operations."""

from typing import ClassVar

import numpy as np
import pytest
from sklearn.neighbors import KernelDensity

from smotefast import combine, over_sampling, under_sampling

pd = pytest.importorskip("pandas")


class Column(pd.Series):
    _metadata: ClassVar = ["unit"]

    @property
    def _constructor(self):
        return Column

    @property
    def _constructor_expanddim(self):
        return Frame


class Frame(pd.DataFrame):
    _metadata: ClassVar = ["region"]

    @property
    def _constructor(self):
        return Frame

    @property
    def _constructor_sliced(self):
        return Column


class Plain(pd.DataFrame):
    """A subclass whose operations return a plain DataFrame."""


GIVEN = {
    "GenerativeOverSampler": {"synthesizer": KernelDensity(), "random_state": 0},
    "SMOTENC": {"categorical_features": ["c"], "random_state": 0},
    "KMeansSMOTE": {"kmeans_estimator": 1, "random_state": 0},
    "NearMiss": {"version": 3, "n_neighbors_ver3": 10},
}
SAMPLERS = [
    getattr(home, name)(**GIVEN.get(name, {}))
    for home in (over_sampling, under_sampling, combine)
    for name in home.__all__
    if name != "Combination"
]
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
each = pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda one: type(one).__name__)


def data(form):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [45, 18])
    X = rng.normal(size=(63, 3)) + y[:, np.newaxis] / 2
    X[:, 2] = rng.integers(0, 3, 63)
    frame = Frame(X, columns=list("abc"))
    if form == "mixed":
        frame = frame.astype({"b": "float32", "c": int})
    if form == "wide":
        frame = Frame(np.hstack([X, rng.normal(size=(63, 70))]))
        frame.columns = [*"abc", *map(str, range(70))]
    if form == "sparse":
        frame = frame.astype(pd.SparseDtype(float, 0.0))
    labels = Column(y, name="label")
    frame.region, labels.unit = "north", "kg"
    frame.attrs["source"] = labels.attrs["source"] = "survey"
    assert type(frame) is Frame
    return frame, labels


@quiet
@each
@pytest.mark.parametrize("form", ["one block", "mixed", "wide", "sparse"])
def test_subclasses__keep_their_class_and_metadata(sampler, form):
    frame, labels = data(form)
    X, y = sampler.fit_resample(frame, labels)
    assert (type(X), X.region, X.attrs) == (Frame, "north", {"source": "survey"})
    assert (type(y), y.unit, y.attrs) == (Column, "kg", {"source": "survey"})
    assert (len(X), y.name) == (len(y), "label")
    if getattr(sampler, "random_state", 0) == 0:
        plain, _ = sampler.fit_resample(pd.DataFrame(frame), pd.Series(labels))
        assert type(plain) is pd.DataFrame
        pd.testing.assert_frame_equal(pd.DataFrame(X), plain)


@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler"])
def test_a_subclass_without_a_constructor__becomes_a_plain_frame(name):
    frame, labels = data("one block")
    plain = Plain(pd.DataFrame(frame))
    X, y = getattr(over_sampling, name)(random_state=0).fit_resample(plain, labels.to_frame())
    assert type(X) is type(plain.take([0])) is pd.DataFrame
    assert type(y) is Frame


def test_memory__of_the_rows_is_shared_and_not_copied():
    from smotefast.tables import open_table

    frame, _ = data("one block")
    assert np.shares_memory(open_table(frame).to_matrix(), frame.to_numpy())
