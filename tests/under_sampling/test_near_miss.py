"""NearMiss: dtypes, naive rows for tied distances, user's estimators, warnings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

import smotefast
from smotefast.under_sampling import NearMiss
from tests.helpers import reference_search as naive_pool
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

SIZES = (90, 25, 60)
VERSIONS = [1, 2, 3]
all_versions = pytest.mark.parametrize("version", VERSIONS)
# Both warn if version 3 finds too few rows; imbalanced-learn emits a plain UserWarning.
quiet = pytest.mark.filterwarnings("ignore:The number of the samples to be selected")


def pair(**kwargs):
    return NearMiss(**kwargs), theirs.NearMiss(**kwargs)


@all_versions
@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, np.float16, ">f8"])
def test_rows_of_any_dtype__equal_imbalanced_learns(version, dtype):
    rng = np.random.default_rng(3)
    X, y = rng.integers(0, 100, (175, 8)).astype(dtype), classes(3, SIZES)[1]
    kwargs = {"version": version, "n_neighbors_ver3": 6}
    mine, other = pair(**kwargs, sampling_strategy={0: 20, 2: 15})
    assert_same_choice(mine, other, X, y)


@all_versions
@pytest.mark.parametrize(("scale", "message"), [(1e160, "no comparable"), (1e-165, "vanish")])
def test_numbers_without_squares__are_refused(version, scale, message):
    X, y = classes(3, SIZES)
    with pytest.raises(ValueError, match=message):
        NearMiss(version=version).fit_resample(X * scale, y)


@given(
    seed=st.integers(0, 9999),
    sizes=st.tuples(st.integers(4, 80), st.integers(4, 40)),
    n_values=st.integers(1, 4),
    version=st.sampled_from(VERSIONS),
    k=st.integers(1, 4),
    k_ver3=st.integers(1, 4),
    kind=st.sampled_from(["float32", "int8", "bool", "csr", "csc"]),
)
@examples(60)
def test_rows_at_the_same_distance__are_kept_in_order(
    seed, sizes, n_values, version, k, k_ver3, kind
):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, n_values, (sum(sizes), 3))
    y = rng.permutation(np.repeat([0, 1], sizes))
    given_X = getattr(sparse, f"{kind}_array")(X) if kind.startswith("cs") else X.astype(kind)
    X = X if kind != "bool" else X > 0
    few = int(sizes[1] < sizes[0])
    own = np.flatnonzero(y != few)
    best = naive_pool.near_miss(
        X[y == few], X[own], min(sizes) // 2, version=version, k=k, k_ver3=k_ver3
    )
    sampler = NearMiss(
        version=version,
        n_neighbors=k,
        n_neighbors_ver3=k_ver3,
        sampling_strategy={1 - few: len(best)},  # so that version 3 finds enough
    )
    sampler.fit_resample(given_X, y)
    np.testing.assert_array_equal(np.flatnonzero(y == few), rows_of(sampler, y, few))
    np.testing.assert_array_equal(own[best], rows_of(sampler, y, 1 - few))


def rows_of(sampler, y, label):
    taken = sampler.sample_indices_
    return taken[y[taken] == label]


@all_versions
def test_distances__are_to_the_lowest_label_of_equally_small_classes(version):
    X, y = classes(6, (50, 20, 20))
    first = np.argsort(
        y != 1, kind="stable"
    )  # imbalanced-learn uses the class that comes first
    last = np.argsort(y == 1, kind="stable")
    mine, other = pair(version=version, n_neighbors_ver3=20)
    expected = other.fit_resample(X[first], y[first])[0]
    assert_same_choice(mine, other, X[first], y[first])
    np.testing.assert_array_equal(mine.fit_resample(X[last], y[last])[0], expected)


@all_versions
def test_estimators__search_with_their_metric(version):
    estimators = {
        "n_neighbors": NearestNeighbors(n_neighbors=4, metric="manhattan"),
        "n_neighbors_ver3": NearestNeighbors(n_neighbors=12, metric="chebyshev"),
    }
    mine, other = pair(version=version, **estimators)
    X, y = classes(7, SIZES)
    assert_same_choice(mine, other, X, y)
    by_number = NearMiss(version=version, n_neighbors=4, n_neighbors_ver3=12)
    by_number.fit_resample(X, y)
    assert list(by_number.sample_indices_) != list(mine.sample_indices_)
    assert not any(hasattr(each, "n_samples_fit_") for each in estimators.values())
    assert mine.nn_.metric == "manhattan"
    assert mine.nn_.n_samples_fit_ == 25


@all_versions
def test_near_miss__accepts_a_classifier_where_imbalanced_learn_raises(version):
    classifier = KNeighborsClassifier(n_neighbors=12, metric="manhattan")
    mine, other = pair(version=version, n_neighbors=classifier, n_neighbors_ver3=classifier)
    X, y = classes(7, SIZES)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        other.fit_resample(X, y)
    plain = NearestNeighbors(n_neighbors=12, metric="manhattan")
    same = theirs.NearMiss(version=version, n_neighbors=plain, n_neighbors_ver3=plain)
    assert_same_choice(mine, same, X, y)


def test_nn__finds_n_neighbors():
    X, y = classes(8, SIZES)
    sampler = NearMiss(version=3, n_neighbors=2, n_neighbors_ver3=30).fit(X, y)
    for name in ("nn_", "nn_ver3_"):
        with pytest.raises(AttributeError, match=f"has no {name} yet"):
            getattr(sampler, name)
    sampler.fit_resample(X, y)
    assert isinstance(sampler.nn_, NearestNeighbors)
    assert (sampler.nn_.n_neighbors, sampler.nn_ver3_.n_neighbors) == (2, 30)
    sampler.set_params(version=1).fit_resample(X, y)
    assert not hasattr(sampler, "nn_ver3_")  # as imbalanced-learn's


def test_version_3__warns_once_about_classes_with_too_few_candidates():
    X, y = classes(9, SIZES)
    sampler = NearMiss(version=3, n_neighbors_ver3=1)
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        sampler.fit_resample(X, y)
    assert [each.category for each in caught] == [smotefast.ResamplingWarning]
    assert issubclass(smotefast.ResamplingWarning, UserWarning)
    for label in (0, 2):
        n_near = len(rows_of(sampler, y, label))
        assert n_near < 25
        assert f"of class {label} 25 rows are requested and {n_near} are" in str(caught[0])
    assert caught[0].filename == __file__


def test_version_3__does_not_warn_with_enough_candidates(recwarn):
    X, y = classes(9, SIZES)
    NearMiss(version=3, n_neighbors_ver3=20).fit_resample(X, y)
    NearMiss(version=1).fit_resample(X, y)
    assert not recwarn.list


@pytest.mark.parametrize("version", [1, 3])
def test_more_neighbors_than_the_smallest_class__are_refused_by_both(version):
    words = r"Expected n_neighbors <= n_samples_fit, but n_neighbors = 26, n_samples_fit = 25"
    for sampler in pair(version=version, n_neighbors=26):
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(*classes(5, SIZES))
    with pytest.raises(ValueError, match=r"n_neighbors=26 needs .* Lower n_neighbors\."):
        NearMiss(version=version, n_neighbors=26).fit_resample(*classes(5, SIZES))


def test_version_3__refuses_more_first_neighbors_than_a_class():
    words = r"Expected n_neighbors <= n_samples_fit, but n_neighbors = 61, n_samples_fit = 60"
    for sampler in pair(version=3, n_neighbors_ver3=61):
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(*classes(5, SIZES))
    with pytest.raises(
        ValueError, match=r"n_neighbors_ver3=61 needs .* Lower n_neighbors_ver3"
    ):
        NearMiss(version=3, n_neighbors_ver3=61).fit_resample(*classes(5, SIZES))
