"""feature_names_in_ and n_features_in_ describe the data that came last."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from tests.helpers.all_samplers import COPIERS, LOOKERS, MAKERS, name_of_sampler

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

ALL = [*MAKERS, *LOOKERS, *COPIERS]
RANDOM = np.random.RandomState(0)
Y = np.repeat([0, 1], [40, 20])
FIVE = RANDOM.randn(60, 5)
FIVE[:, 2] = RANDOM.randint(0, 3, 60)
NAMED = pd.DataFrame(FIVE[:, :3], columns=["a", "b", "c"])
UNNAMED = {
    "array": FIVE,
    "list": FIVE.tolist(),
    "csr": sparse.csr_array(FIVE),
    "numbered": pd.DataFrame(FIVE),
}
OTHERS = {
    "polars": pl.DataFrame(FIVE, schema=list("vwxyz")),
    "arrow": pa.table(dict(zip("vwxyz", FIVE.T, strict=True))),
}


def learned(sampler):
    names = getattr(sampler, "feature_names_in_", None)
    return getattr(sampler, "n_features_in_", None), None if names is None else list(names)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # KMeansSMOTE rounds up
        yield


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
@pytest.mark.parametrize("kind", [*UNNAMED, *OTHERS])
@pytest.mark.parametrize("sampler", ALL, ids=name_of_sampler)
def test_feature_names__are_those_of_the_data_that_came_last(sampler, kind, method):
    getattr(sampler, method)(NAMED, Y)
    assert learned(sampler) == (3, ["a", "b", "c"])
    getattr(sampler, method)({**UNNAMED, **OTHERS}[kind], Y)
    assert learned(sampler) == (5, list("vwxyz") if kind in OTHERS else None)


def theirs_after(first, second, y=Y):
    """Return what imbalanced-learn's SMOTE knows after a second call that fails."""
    over = pytest.importorskip("imblearn.over_sampling")
    sampler = over.SMOTE(k_neighbors=5)
    return learned_after(sampler, first, second, y)


def learned_after(sampler, first, second, y):
    sampler.fit_resample(first, Y)
    with pytest.raises(ValueError, match=r"NaN|inconsistent numbers"):
        sampler.fit_resample(second, y)
    return learned(sampler)


@pytest.mark.parametrize("sampler", [*MAKERS, *LOOKERS], ids=name_of_sampler)
def test_a_call_that_fails__leaves_the_columns_that_scikit_learn_leaves(sampler):
    holes = FIVE.copy()
    holes[3, 1] = np.nan
    other = pd.DataFrame(holes, columns=list("vwxyz"))
    for second, y in ((holes, Y), (holes.tolist(), Y), (other, Y), (FIVE, Y[1:])):
        expected = theirs_after(NAMED, second, y)
        mine = learned_after(sampler, NAMED, second, y)
        assert mine[1] == expected[1]
        if len(y) == len(Y):
            assert mine == expected


def test_a_parameter_that_is_refused__leaves_the_columns_of_the_call_before():
    from smotefast.over_sampling import SMOTE

    sampler = SMOTE().fit(NAMED, Y)
    with pytest.raises(ValueError, match="k_neighbors"):
        sampler.set_params(k_neighbors=-1).fit(FIVE, Y)
    assert learned(sampler) == (3, ["a", "b", "c"])


def test_what_is_no_table__is_refused_by_combinations_too():
    from smotefast.combine import SMOTETomek

    with pytest.raises(ValueError, match="collect it first"):
        SMOTETomek().fit_resample(OTHERS["polars"].lazy(), Y)
