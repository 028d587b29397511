"""Prior correction: equal to Bayes' theorem, exact at 0 and 1, errors that say why."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from smotefast import RandomUnderSampler, prior_correction

EPS, DENORMAL = np.finfo(np.float64).eps, 5e-324
EDGES = [0.0, DENORMAL, 1e-310, 2.3e-308, 1e-20, 0.25, 0.5, 1 - 2**-53, 1.0]

counts = st.integers(1, 10**9)
shares = st.one_of(st.floats(0, 1), st.sampled_from(EDGES))


@st.composite
def tables(draw):
    """Draw rows of probabilities, with counts before and after."""
    n_classes = draw(st.integers(2, 6))
    row = st.lists(shares, min_size=n_classes, max_size=n_classes).filter(any)
    sizes = st.lists(counts, min_size=n_classes, max_size=n_classes)
    return np.array(draw(st.lists(row, min_size=1, max_size=5))), draw(sizes), draw(sizes)


def bayes(row, before, after):
    """Compute one row exactly, with fractions."""
    weighted = [
        Fraction(p) * Fraction(n_before, n_after)
        for p, n_before, n_after in zip(row, before, after, strict=True)
    ]
    return [float(each / sum(weighted)) for each in weighted]


def spread(before, after):
    """Return how much the ratios of the classes differ: it multiplies errors of denormals."""
    ratios = np.array(before) / np.array(after)
    return ratios.max() / ratios.min()


@given(tables())
def test_all_classes__agree_with_bayes_in_fractions(table):
    probability, before, after = table
    found = prior_correction(probability, before, after)
    expected = [bayes(row, before, after) for row in probability.tolist()]
    tolerance = {"rtol": 16 * EPS, "atol": DENORMAL * spread(before, after)}
    np.testing.assert_allclose(found, expected, **tolerance)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=16 * EPS)


@given(st.lists(shares, max_size=9), st.tuples(counts, counts), st.tuples(counts, counts))
def test_two_classes__agree_with_bayes_in_fractions(probability, before, after):
    found = prior_correction(probability, before, after)
    expected = [bayes([1 - Fraction(p), Fraction(p)], before, after)[1] for p in probability]
    tolerance = {"rtol": 8 * EPS, "atol": DENORMAL * spread(before, after)}
    np.testing.assert_allclose(found, expected, **tolerance)


@given(tables())
def test_the_inverse__returns_the_rows_divided_by_their_sums(table):
    probability, before, after = table
    corrected = prior_correction(probability, before, after)
    found = prior_correction(corrected, before, after, inverse=True)
    expected = [bayes(row, [1] * len(row), [1] * len(row)) for row in probability.tolist()]
    tolerance = {"rtol": 64 * EPS, "atol": 4 * DENORMAL * spread(before, after)}
    np.testing.assert_allclose(found, expected, **tolerance)


@given(st.lists(shares, min_size=1), st.tuples(counts, counts), st.tuples(counts, counts))
@example([0.5], (1, 10**9), (10**9, 1))
def test_the_inverse__returns_the_probabilities_of_the_second_class(probability, before, after):
    corrected = prior_correction(probability, before, after)
    found = prior_correction(corrected, before, after, inverse=True)
    # Near 1, the distance to 1 is rounded; the ratio of the classes multiplies that error.
    factor = max(1, (before[1] / after[1]) / (before[0] / after[0]))
    bound = 32 * EPS * factor * np.array(probability)
    bound += 4 * DENORMAL * spread(before, after)
    assert (np.abs(found - probability) <= bound).all()


def test_probabilities_of_0_and_1__stay_exactly():
    before, after = [999_999, 1, 7], [1, 1, 10**9]
    np.testing.assert_array_equal(prior_correction([0, 1], before[:2], after[:2]), [0, 1])
    np.testing.assert_array_equal(prior_correction(np.eye(3), before, after), np.eye(3))


def test_a_row_with_one_denormal__is_certain_of_this_class():
    found = prior_correction([[DENORMAL, 0.0], [0.0, 1e-310]], [1, 10**9], [10**9, 1])
    np.testing.assert_array_equal(found, np.eye(2))


def test_small_probabilities_of_the_first_class__keep_their_precision():
    found = prior_correction([[1e-30, 1.0]], [1000, 1], [1, 1])
    np.testing.assert_allclose(found[0, 0], 1e-27, rtol=8 * EPS)


@given(st.lists(shares), counts)
def test_unchanged_shares_of_the_classes__change_nothing(probability, n):
    found = prior_correction(probability, [3 * n, n], [3 * n, n])
    np.testing.assert_array_equal(found, probability)


def test_the_first_form__is_the_second_column_of_the_second_form():
    one = np.random.default_rng(0).random(1000)
    both = prior_correction(np.column_stack([1 - one, one]), [900, 100], [50, 100])
    np.testing.assert_allclose(prior_correction(one, [900, 100], [50, 100]), both[:, 1])


def test_rows__are_divided_by_their_sums():
    found = prior_correction([[0.1, 0.1], [0.5, 0.5]], [900, 100], [100, 100])
    np.testing.assert_allclose(found, [[0.9, 0.1], [0.9, 0.1]])


@pytest.mark.parametrize("shape", [(7,), (7, 2), (0,), (0, 2)])
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("f4", "f4"), ("f8", "f8"), ("f2", "f8"), ("i8", "f8"), ("O", "f8"), (">f8", "f8")],
)
def test_results__have_the_shape_and_a_float_type(shape, dtype, expected):
    ones = np.ones(shape, dtype)
    found = prior_correction(ones, [900, 100], [100, 100])
    assert (found.shape, found.dtype) == (shape, np.dtype(expected))
    assert (ones == 1).all()


def test_float32__is_rounded_only_once():
    rows = np.random.default_rng(0).random((500, 3), np.float32)
    found = prior_correction(rows, [900, 100, 5], [5, 5, 5])
    expected = prior_correction(rows.astype(np.float64), [900, 100, 5], [5, 5, 5])
    np.testing.assert_array_equal(found, expected.astype(np.float32))


def test_containers__give_the_same_result():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    values = [0.25, 0.5, 1.0]
    expected = prior_correction(values, [900, 100], [100, 100])
    for column in (tuple(values), pd.Series(values, dtype="Float64"), pl.Series(values)):
        for before in ((900, 100), pl.Series([900, 100]), np.array([0.9, 0.1])):
            found = prior_correction(column, before, [100, 100])
            np.testing.assert_allclose(found, expected, rtol=4 * EPS)
    frame = pd.DataFrame({"no": values, "yes": values})
    assert prior_correction(frame, [1, 1], [1, 1]).tolist() == [[0.5, 0.5]] * 3


def test_mappings__are_read_in_label_order():
    pd = pytest.importorskip("pandas")
    labels = pd.Series(["no"] * 30 + ["yes"] * 90)
    before = labels.value_counts()
    assert list(before.index) == ["yes", "no"]
    for counted in (before, before.to_dict(), Counter(labels)):
        assert prior_correction([0.5], counted, {"yes": 30, "no": 30}).tolist() == [0.75]
    assert prior_correction([0.5], pd.Series([90, 30]), pd.Series([30, 30])).tolist() == [0.25]


HALF, TWO, THREE = [0.5], [90, 10], [80, 10, 10]
WRONG = {
    "scalar": (ValueError, (0.5, TWO, TWO), "probability has 0 dimensions"),
    "cube": (ValueError, (np.ones((2, 2, 2)), TWO, TWO), "has 3 dimensions. Pass an array"),
    "one column of three": (ValueError, (HALF, THREE, THREE), "all columns of predict_proba"),
    "column": (ValueError, ([HALF], TWO, TWO), r"shape \(1, 1\).* as probability\[:, 0\]"),
    "columns": (ValueError, ([THREE], TWO, TWO), r"shape \(1, 3\), and .* has 2 classes"),
    "NaN": (ValueError, ([0.5, np.nan], TWO, TWO), "probability has a missing value in row 1"),
    "None": (ValueError, ([None], TWO, TWO), "probability has a missing value in row 0"),
    "above 1": (ValueError, ([[0, 1], [0, 1.5]], TWO, TWO), r"has 1\.5 in row 1.*not scores"),
    "below 0": (ValueError, ([0.5, -1e-9], TWO, TWO), "has -1e-09 in row 1"),
    "zeros": (ValueError, ([[0, 1], [0, 0]], TWO, TWO), "only zeros in row 1"),
    "text": (TypeError, (["0.5"], TWO, TWO), "probability cannot be read as numbers"),
    "ragged": (TypeError, ([[0.5, 0.5], [1]], TWO, TWO), "probability cannot be read"),
    "complex": (TypeError, ([0.5j], TWO, TWO), "dtype complex128"),
    "zero count": (ValueError, (HALF, [90, 0], TWO), r"counts_before is 90\.0, 0\.0"),
    "negative": (ValueError, (HALF, TWO, [-1, 10]), "counts_after .* positive, finite"),
    "infinite": (ValueError, (HALF, TWO, [np.inf, 10]), "counts_after is inf"),
    "NaN count": (ValueError, (HALF, TWO, [np.nan, 10]), "counts_after is nan"),
    "one class": (ValueError, (HALF, [5], [5]), r"counts_before has shape \(1,\)"),
    "no order": (TypeError, (HALF, {90, 10}, TWO), "counts_before cannot be read"),
    "other size": (ValueError, (HALF, TWO, THREE), "has 2 classes and counts_after has 3"),
    "no label": (
        ValueError,
        (HALF, {0: 9, 1: 1}, {0: 1}),
        "counts_after has no count for .* 1",
    ),
    "more": (ValueError, (HALF, {0: 9}, {0: 1, "b": 1}), "counts_before has no .* class 'b'"),
    "both": (TypeError, (HALF, {0: 9, 1: 1}, TWO), "Only one of .* has labels"),
    "mixed": (TypeError, (HALF, {0: 9, "b": 1}, {0: 1, "b": 1}), "cannot be sorted"),
    "overflow": (ValueError, (HALF, [1e300, 1], [1e-300, 1]), "differ by a factor of 1e.300"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments__are_refused_with_the_reason(case):
    kind, arguments, words = WRONG[case]
    with pytest.raises(kind, match=words):
        prior_correction(*arguments)


def normal_classes(n, prior, seed):
    """Draw two normal classes one standard deviation apart: the log odds are linear in X."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < prior).astype(int)
    return rng.normal(size=(n, 1)) + y[:, np.newaxis], y


def test_the_mean_of_corrected_probabilities__is_the_prior():
    n, prior = 40_000, 0.04
    X, y = normal_classes(n, prior, 0)
    X_new, y_new = RandomUnderSampler(random_state=0).fit_resample(X, y)
    before, after = np.bincount(y), np.bincount(y_new)
    model = LogisticRegression(C=1e12).fit(X_new, y_new)
    X_test, _ = normal_classes(n, prior, 1)
    uncorrected = model.predict_proba(X_test)[:, 1]
    corrected = prior_correction(uncorrected, before, after)
    # A change of the log odds by d changes the mean by at most d * mean(p * (1 - p)), which is
    # less than d * prior. The standard error of the log odds is near that of two counts; the
    # last term is the standard error of the share of positive rows. Five of them are allowed.
    errors = prior * np.sqrt((1 / after).sum()), np.sqrt(prior * (1 - prior) / n)
    assert abs(corrected.mean() - prior) < 5 * np.hypot(*errors)
    assert uncorrected.mean() > 5 * prior


def test_a_model_fitted_with_the_weights__needs_no_correction():
    X, y = normal_classes(40_000, 0.04, 0)
    sampler = RandomUnderSampler(random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    weights = sampler.sample_weight_
    model = LogisticRegression(C=1e12, tol=1e-10).fit(X_new, y_new, sample_weight=weights)
    probability = model.predict_proba(X_new)[:, 1]
    # Where the gradient by the intercept is 0, the weighted mean is the share of the class.
    assert np.average(probability, weights=weights) == pytest.approx(y.mean(), rel=1e-5)
    again = prior_correction(probability, np.bincount(y), np.bincount(y_new))
    assert np.average(again, weights=weights) < y.mean() / 5
