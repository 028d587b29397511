"""What a user relies on beyond the rows themselves."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils._param_validation import InvalidParameterError

from smotefast.over_sampling import SMOTE, RandomOverSampler
from tests.helpers.hypothesis_examples import examples

BOTH = [SMOTE, RandomOverSampler]


def data(sizes=(40, 12), n_features=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return rng.normal(size=(len(y), n_features)), y


def test_provenance__rebuilds_every_new_row():
    X, y = data((60, 20, 30))
    sampler = SMOTE(random_state=0)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)
    assert (y[base] == y[neighbor]).all()
    assert (base != neighbor).all()


def test_provenance__of_copies_is_the_copied_row():
    X, y = data()
    sampler = RandomOverSampler(random_state=0)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base], new)
    np.testing.assert_array_equal(base, neighbor)
    np.testing.assert_array_equal(base, sampler.sample_indices_[len(X) :])
    assert (step == 0).all()


def test_provenance__is_empty_where_nothing_was_made():
    X, y = data((20, 20))
    sampler = SMOTE().fit(X, y)
    with pytest.raises(AttributeError, match="call fit_resample first"):
        _ = sampler.provenance_
    sampler.fit_resample(X, y)
    assert [len(part) for part in sampler.provenance_] == [0, 0, 0]


def test_provenance__of_a_shared_generator_survives_later_draws():
    X, y = data((60, 20, 30))
    generator = np.random.RandomState(1)
    sampler = SMOTE(random_state=generator)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    generator.uniform(size=1000)
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)


@pytest.mark.parametrize("sampler", [SMOTE(random_state=0), RandomOverSampler(shrinkage=0.5)])
@pytest.mark.parametrize("then", ["fit elsewhere", "fail"])
def test_attributes__of_an_earlier_call_do_not_outlive_a_later_one(sampler, then):
    X, y = data()
    sampler = clone(sampler).fit(X, y)
    fresh = set(vars(sampler))
    sampler.fit_resample(X, y)
    assert len(sampler.provenance_.base) == 28
    if then == "fail":
        with pytest.raises(ValueError, match="Got 1 class instead"):
            sampler.fit_resample(X, np.zeros(len(X)))
        fresh.remove("sampling_strategy_")
    else:
        sampler.fit(X[:30], y[:30])
    assert set(vars(sampler)) == fresh
    with pytest.raises(AttributeError, match="call fit_resample first"):
        _ = sampler.provenance_


@pytest.mark.parametrize("sampler", BOTH)
def test_samplers__clone_and_pickle(sampler):
    X, y = data()
    fitted = sampler(random_state=0)
    expected = fitted.fit_resample(X, y)[0]
    for copy in (clone(fitted), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(copy.fit_resample(X, y)[0], expected)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.provenance_.base, fitted.provenance_.base)


@given(n_jobs=st.integers(1, 4), seed=st.integers(0, 99))
@examples(15)
def test_smote__does_not_depend_on_the_number_of_threads(n_jobs, seed):
    X, y = data((12_000, 700), 40, seed)
    one = SMOTE(random_state=seed, n_jobs=1).fit_resample(X, y)[0]
    many = SMOTE(random_state=seed, n_jobs=n_jobs).fit_resample(X, y)[0]
    np.testing.assert_array_equal(one, many)


def test_smote__never_takes_a_row_as_its_own_neighbour_among_duplicates():
    rng = np.random.default_rng(0)
    minority = np.repeat(rng.integers(0, 9, (20, 3)), 4, axis=0).astype(float)
    X = np.concatenate([rng.normal(size=(300, 3)), minority])
    y = np.repeat([0, 1], [300, 80])
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    base, neighbor, _ = sampler.provenance_
    assert (base != neighbor).all()


def test_smote__of_small_unsigned_integers_stays_inside_the_class():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (100, 3)).astype(np.uint8)
    y = np.repeat([0, 1], [70, 30])
    new = SMOTE(random_state=0).fit_resample(X, y)[0][100:]
    assert new.dtype == np.uint8
    assert (new >= X[70:].min(0)).all()
    assert (new <= X[70:].max(0)).all()


def test_smote__leaves_balanced_data_as_it_is():
    X, y = data((20, 20))
    X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)
    csr = SMOTE(random_state=0).fit_resample(sparse.csr_array(X), y)[0]
    np.testing.assert_array_equal(csr.toarray(), X)


def test_smote__does_not_change_its_input():
    X, y = data()
    kept = X.copy(), y.copy()
    SMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    rows = sparse.csr_matrix(([1.0, 2.0, 3.0] * 12, [2, 0, 1] * 12, range(0, 37, 3)))
    before = rows.indices.copy()
    SMOTE(random_state=0, sampling_strategy={1: 9}).fit_resample(rows, [0] * 6 + [1] * 6)
    np.testing.assert_array_equal(rows.indices, before)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"k_neighbors": 0}, "'k_neighbors' parameter of SMOTE must be"),
        ({"k_neighbors": 2.5}, "'k_neighbors' parameter of SMOTE must be"),
        ({"search": "fast"}, "'search' parameter of SMOTE must be"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter of SMOTE must be"),
        ({"n_jobs": 0}, "n_jobs=0 has no meaning"),
        ({"sampling_strategy": "most"}, "'sampling_strategy' parameter of SMOTE must be"),
        ({"sampling_strategy": 0.0}, "sampling_strategy"),
        ({"sampling_strategy": [1]}, "sampling_strategy"),
        ({"random_state": "seed"}, "'random_state' parameter of SMOTE must be"),
        ({"random_state": np.random.default_rng(0)}, "'random_state' parameter of SMOTE"),
    ],
)
def test_smote__refuses_a_bad_parameter_by_name(kwargs, words):
    with pytest.raises(ValueError, match=words):
        SMOTE(**kwargs).fit_resample(*data())


def test_smote__raises_scikit_learns_parameter_error():
    with pytest.raises(InvalidParameterError):
        SMOTE(k_neighbors=-1).fit_resample(*data())


def bad(name):
    X, y = data()
    if name == "nan":
        X[3, 1] = np.nan
    elif name == "infinity":
        X[3, 1] = np.inf
    elif name == "text":
        X = np.array([["a", "b", "c"]] * len(X))
    elif name == "one class":
        y[:] = 1
    elif name == "lengths":
        y = y[:-1]
    elif name == "empty":
        X, y = X[:0], y[:0]
    elif name == "complex":
        X = X + 1j
    elif name == "1-D":
        X = X[:, 0]
    elif name == "bool":
        X = X > 0
    elif name == "continuous":
        y = np.linspace(0, 1, len(X))
    elif name == "multilabel":
        y = np.ones((len(X), 2), int)
    elif name == "nan in y":
        y = np.where(y == 0, np.nan, y)
    return X, y


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nan", "Input X contains NaN"),
        ("infinity", "Input X contains infinity"),
        ("text", "text|string|numeric|convert"),
        ("one class", "needs to have more than 1 class. Got 1 class instead"),
        ("lengths", "inconsistent numbers of samples"),
        ("empty", "0 sample|minimum of 1|0 class|empty"),
        ("complex", "Complex data not supported"),
        ("1-D", "Reshape your data|Expected 2D"),
        ("bool", "cannot interpolate between booleans"),
        ("continuous", "Unknown label type: continuous"),
        ("multilabel", "Multilabel and multioutput targets are not supported"),
        ("nan in y", "NaN"),
    ],
)
def test_smote__refuses_bad_data_in_plain_words(name, words):
    with pytest.raises((ValueError, TypeError), match=words):
        SMOTE(random_state=0).fit_resample(*bad(name))


def test_smote__refuses_a_class_smaller_than_its_neighbourhood():
    X, y = data((40, 4))
    with pytest.raises(ValueError, match=r"Expected n_neighbors <= n_samples_fit.*class 1"):
        SMOTE().fit_resample(X, y)
    SMOTE(k_neighbors=3).fit_resample(X, y)  # what the message advises


@pytest.mark.parametrize("n_neighbors", [1, 0])
def test_smote__refuses_an_estimator_that_finds_only_the_row_itself(n_neighbors):
    estimator = NearestNeighbors(n_neighbors=n_neighbors)
    words = rf"k_neighbors=NearestNeighbors\(n_neighbors={n_neighbors}\).*n_neighbors=2 or more"
    with pytest.raises(ValueError, match=words):
        SMOTE(k_neighbors=estimator).fit_resample(*data())


def test_smote__leaves_a_small_class_alone_that_needs_no_rows():
    X, y = data((40, 4, 20))
    X_new, y_new = SMOTE(sampling_strategy={2: 30}, random_state=0).fit_resample(X, y)
    assert (y_new == 1).sum() == 4
    assert len(X_new) == 74


@pytest.mark.parametrize("sampler", BOTH)
def test_samplers__refuse_extra_arguments(sampler):
    with pytest.raises(TypeError, match="sample_weight"):
        sampler().fit_resample(*data(), sample_weight=np.ones(52))


def test_random_over_sampler__copies_what_smote_cannot_take():
    X = np.array([["a", None], ["b", np.nan], ["c", 1]], dtype=object)
    X_new, y_new = RandomOverSampler(random_state=0).fit_resample(X, [0, 0, 1])
    assert X_new.tolist()[3] == ["c", 1]
    assert y_new == [0, 0, 1, 1]


@pytest.mark.parametrize("sampler", BOTH)
@pytest.mark.parametrize("kind", ["frame", "table"])
def test_samplers__refuse_columns_of_the_same_name_in_plain_words(sampler, kind):
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    X, y = data()
    frame = pd.DataFrame(X, columns=["a", "b", "a"])
    if kind == "table":
        frame = pa.table(list(X.T), names=["a", "b", "a"])
    words = r"same name: 'a'\. .*Rename the columns"
    with pytest.raises(ValueError, match=words) as info:
        sampler().fit_resample(frame, y)
    assert type(info.value) is ValueError
