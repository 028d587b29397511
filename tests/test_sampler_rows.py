"""Every sampler returns imbalanced-learn's rows, bit for bit, on data without ties."""

import re
import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.exceptions import DataConversionWarning

from tests.helpers.assertions import assert_equal
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples
from tests.helpers.sampler_cases import frame_of
from tests.helpers.sampler_contract import CASES as ALL_CASES
from tests.helpers.sampler_contract import CLEANERS

pytestmark = [
    pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning"),
    # From NearMiss, and from as many clusters as rows.
    pytest.mark.filterwarnings("ignore:The number of the samples to be selected"),
    pytest.mark.filterwarnings("ignore:Number of distinct clusters"),
]
WORDS = ["auto", "majority", "not minority", "not majority", "all"]
STRATEGIES = {
    "over-sampling": [
        "minority", "not minority", "not majority", "all", {0: 95, 1: 80}, {2: 90}, {},
    ],
    "under-sampling": [
        "majority", "not minority", "not majority", "all", {0: 30, 1: 5}, {2: 0}, {},
    ],
    "clean-sampling": [*WORDS[1:], [0], [2, 1], []],
}  # fmt: skip
CASES = [case for case in ALL_CASES if case.is_in_imblearn]
SEARCHED = ("search_", "recall_", "disagreement_")
CALLED = {
    "over-sampling": {1: 50},
    "under-sampling": {0: 30, 2: 20},
    "clean-sampling": [0, 2],
}


def each(cases, *more):
    """Parametrize a test with cases, or with pairs of a case and something else."""
    names = "case" if not more else ("case", *more)
    return pytest.mark.parametrize(names, cases, ids=str)


def with_parameter(name):
    return [case for case in CASES if name in case.takes]


def plain(value):
    """Return a fitted attribute as plain values; a list is sorted, because theirs is not."""
    if isinstance(value, dict):
        return {label: plain(of_label) for label, of_label in value.items()}
    return sorted(value) if isinstance(value, list) else np.asarray(value).tolist()


def attribute(sampler, name):
    for part in name.split("."):
        sampler = getattr(sampler, part)
    return plain(sampler)


def has_noise(sampler):
    return getattr(sampler, "shrinkage", None) is not None


def assert_same(case, X, y, mine, other):
    """Compare rows, labels, containers and fitted attributes of two samplers."""
    found, expected = mine.fit_resample(X, y), other.fit_resample(X, y)
    for one, two in zip(found, expected, strict=True):
        assert_equal(one, two)
    strategy = getattr(other, "smote_", other).sampling_strategy_
    assert dict(mine.sampling_strategy_) == dict(strategy)
    for name in case.same:
        assert attribute(mine, name) == attribute(other, name)
    if hasattr(mine, "sample_indices_") and isinstance(X, np.ndarray) and not has_noise(mine):
        assert_equal(found[0], X[mine.sample_indices_])
    return found


def assert_same_or_refused(case, X, y, mine, other):
    """Compare two samplers; if imbalanced-learn raises, both must raise the same error."""
    try:
        other.fit_resample(X, y)
    except (ValueError, RuntimeError) as error:
        words = str(error).partition(", n_samples =")[0].partition(". ")[0]
        with pytest.raises(type(error), match=re.escape(words)):
            mine.fit_resample(X, y)
    else:
        assert_same(case, X, y, mine, other)


def drawn_data(case, seed, sizes, n_features, dtype, parameters):
    if case.drawn.is_tied is None:
        X, y = case.make(seed, sizes, n_features)
        return np.abs(5 * X).astype(dtype), y
    X, y = without_ties(case.make, seed, sizes, n_features, dtype)
    assume(not case.drawn.is_tied(X, y, parameters))
    return X, y


@pytest.mark.hypothesis
@each([case for case in CASES if case.drawn])
def test_rows__of_random_data_and_parameters_are_imbalanced_learns(case):
    drawn = case.drawn
    lists = {"min_size": 2, "max_size": drawn.n_classes, "unique": drawn.sizes_differ}
    kwargs = dict(drawn.parameters)
    if case in CLEANERS:
        labels = st.lists(st.integers(0, drawn.n_classes - 1), unique=True)
        kwargs["sampling_strategy"] = st.sampled_from(WORDS) | labels

    @examples(drawn.n_examples)
    @given(
        seed=st.integers(0, 2**31),
        sizes=st.lists(st.integers(*drawn.sizes), **lists),
        n_features=st.integers(1, drawn.n_features),
        dtype=st.sampled_from(drawn.dtypes),
        parameters=st.fixed_dictionaries(kwargs),
        n_jobs=st.sampled_from([None, 1, 2]),
    )
    def check(seed, sizes, n_features, dtype, parameters, n_jobs):
        seeds = {"random_state": seed} if "random_state" in case.takes else {}
        parameters = {**case.parameters, **parameters, **seeds}
        if isinstance(parameters.get("sampling_strategy"), list):
            labels = [label for label in parameters["sampling_strategy"] if label < len(sizes)]
            parameters["sampling_strategy"] = labels
        # All rows of a class may be in its store, which is an error of imbalanced-learn's.
        is_refused = case.name == "OneSidedSelection" and parameters["n_seeds_S"] >= min(sizes)
        assume(not is_refused)
        X, y = drawn_data(case, seed, sizes, n_features, dtype, parameters)
        mine = case.sampler(**parameters)
        if "search" in case.takes:
            mine.set_params(n_jobs=n_jobs)
        assert_same_or_refused(case, X, y, mine, case.theirs(**parameters))

    check()


@each([(case, dtype) for case in CASES for dtype in case.dtypes], "dtype")
def test_rows__of_every_dtype_are_imbalanced_learns(case, dtype):
    X, y = case.data(dtype=dtype)
    assert_same(case, X, y, case.sampler(), case.theirs())


@cache
def sparse_rows_of_theirs(number, dtype):
    case = CASES[number]
    X, y = case.sparse_data(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataConversionWarning)  # from SMOTEN
        return case.theirs().fit_resample(getattr(sparse, case.sparse_form)(X), y)


@pytest.mark.parametrize("form", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@each(CASES)
def test_rows__of_sparse_data_are_imbalanced_learns(case, form, dtype):
    dense, y = case.sparse_data(dtype)
    X = getattr(sparse, form)(dense)
    sampler = case.sampler()
    X_new, y_new = sampler.fit_resample(X, y)
    X_other, y_other = sparse_rows_of_theirs(CASES.index(case), dtype)
    assert (type(X_new), X_new.dtype) == (type(X), dtype)
    assert X_new.nnz == X_other.nnz
    assert_equal(X_new.toarray(), X_other.toarray())
    assert_equal(y_new, y_other)
    if hasattr(sampler, "sample_indices_") and not has_noise(sampler):
        assert_equal(sampler.fit_resample(dense, y)[0], dense[sampler.sample_indices_])


@each(CASES)
def test_rows__of_pandas_frames_are_imbalanced_learns(case):
    pd = pytest.importorskip("pandas")
    frame, y = frame_of(case)
    labels = np.array(["often", "few", "many"])[y] if case.text_labels else y
    frame.index = 1_000 + 7 * y
    X_new, _ = assert_same(
        case, frame, pd.Series(labels, name="label"), case.sampler(), case.theirs()
    )
    assert list(X_new.dtypes) == list(frame.dtypes)


@each(
    [
        (case, strategy)
        for case in with_parameter("sampling_strategy")
        for strategy in STRATEGIES[case.kind._sampling_type]
        if not (case.name == "ClusterCentroids" and strategy == {2: 0})  # no clusters
    ],
    "strategy",
)
def test_rows__of_every_strategy_are_imbalanced_learns(case, strategy):
    strategy = {"sampling_strategy": strategy}
    assert_same(case, *case.data(5), case.sampler(**strategy), case.theirs(**strategy))


@each([case for case in with_parameter("sampling_strategy") if case not in CLEANERS])
def test_rows__of_a_ratio_are_imbalanced_learns(case):
    X, y = case.data(5, case.sizes[:2])
    ratio = {"sampling_strategy": 0.77}
    assert_same(case, X, y, case.sampler(**ratio), case.theirs(**ratio))


@each(with_parameter("sampling_strategy"))
def test_rows__of_a_callable_are_those_of_what_it_returns(case):
    X, y = case.data(5)
    answer, seen = CALLED[case.kind._sampling_type], []

    def choose(labels):
        seen.append(labels)
        return answer

    found = case.sampler(sampling_strategy=choose).fit_resample(X, y)
    expected = case.sampler(sampling_strategy=answer).fit_resample(X, y)
    for one, two in zip(found, expected, strict=True):
        assert_equal(one, two)
    assert_equal(seen[0], y)


@each(with_parameter("random_state"))
def test_random_states__continue_across_classes_and_calls_as_in_imbalanced_learn(case):
    one, two = np.random.RandomState(9), np.random.RandomState(9)
    for seed in range(3):
        samplers = case.sampler(random_state=one), case.theirs(random_state=two)
        assert_same(case, *case.data(seed), *samplers)
    assert one.uniform() == two.uniform()


@each(with_parameter("random_state"))
def test_rows__without_a_seed_are_drawn_from_the_global_generator(case):
    X, y = case.data(4)
    results = []
    for sampler in (case.sampler(random_state=None), case.theirs(random_state=None)):
        np.random.seed(8)
        results.append((sampler.fit_resample(X, y)[0], np.random.uniform()))
    assert_equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@each([case for case in CASES if case.large])
def test_rows__of_thousands_are_imbalanced_learns_for_any_number_of_threads(case, dtype):
    large = case.large
    X, y = case.data(large.seed, large.sizes, dtype, large.n_features)
    mine, other = case.sampler(**large.parameters), case.theirs(**large.parameters)
    expected = assert_same(case, X, y, mine.set_params(n_jobs=2), other)
    for sampler in (mine, getattr(mine, "smote_", mine)):
        known = {name: getattr(sampler, name, None) for name in SEARCHED}
        assert set(known.values()) <= {"exact", None}
    for n_jobs in (1, 3, None):
        for one, two in zip(
            mine.set_params(n_jobs=n_jobs).fit_resample(X, y), expected, strict=True
        ):
            assert_equal(one, two)
