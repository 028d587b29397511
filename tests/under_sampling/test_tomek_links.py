"""TomekLinks: naive rows for tied distances, classes of one size, disagreement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse

from smotefast.under_sampling import TomekLinks
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

WORDS = ["auto", "majority", "not minority", "not majority", "all"]
SOME = examples(60)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 25), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.integers(1, 6),
    is_sparse=st.booleans(),
    data=st.data(),
)
def test_tomek_links__of_duplicates_selects_the_rows_of_a_naive_loop(
    seed, sizes, n_features, n_values, is_sparse, data
):
    X, y = classes(seed, sizes, n_features)
    X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    cleaned = data.draw(st.lists(st.integers(0, len(sizes) - 1), unique=True))
    mine = TomekLinks(sampling_strategy=cleaned)
    mine.fit_resample(sparse.csr_array(X) if is_sparse else X, y)
    removed = naive.linked(y, naive.nearest_rows(X, 1)[:, 0], cleaned)
    assert mine.sample_indices_.tolist() == [i for i in range(len(y)) if i not in removed]


def test_tomek_links__of_two_equal_rows_links_them_unlike_imbalanced_learn():
    X = np.repeat(np.random.default_rng(0).normal(size=(40, 2)), 2, axis=0)
    y = np.tile([0, 1], 40)
    mine, other = (one(sampling_strategy="all") for one in (TomekLinks, theirs.TomekLinks))
    assert len(mine.fit_resample(X, y)[0]) == 0  # the nearest row of each row is its duplicate
    assert len(other.fit_resample(X, y)[0]) > 0  # for some it is the row itself


def test_tomek_links__accepts_a_callable_where_imbalanced_learn_raises():
    X, y = classes(2, (60, 40, 30))
    expected = TomekLinks(sampling_strategy=[0, 2]).fit_resample(X, y)[0]
    seen = []
    for answer, kind in [([0, 2], AttributeError), ({2: 5, 0: 9}, ValueError)]:

        def choose(labels, answer=answer):
            seen.append(labels)
            return answer

        mine = TomekLinks(sampling_strategy=choose)
        np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)
        np.testing.assert_array_equal(seen[-1], y)
        with pytest.raises(kind, match=r"keys|as a dict for cleaning"):
            theirs.TomekLinks(sampling_strategy=choose).fit_resample(X, y)


@pytest.mark.parametrize("sizes", [(40, 40), (30, 50, 30), (50, 20, 50, 20)])
@pytest.mark.parametrize("strategy", WORDS)
def test_rows_of_classes_of_one_size__equal_imbalanced_learns(sizes, strategy):
    kwargs = {"sampling_strategy": strategy}
    X, y = classes(3, sizes)
    assert_same_choice(TomekLinks(**kwargs), theirs.TomekLinks(**kwargs), X[::-1], y[::-1])


@pytest.mark.parametrize("strategy", [[0], [1], [0, 1, 2]])
@pytest.mark.parametrize("every", [None, 5])
def test_disagreement__is_the_share_of_rows_that_exact_search_decides_differently(
    strategy, every, monkeypatch
):
    X, y = classes(5, (150, 120, 90), 2)
    exact = TomekLinks(sampling_strategy=strategy)
    exact.fit_resample(X, y)
    is_wrong = np.zeros(len(y), dtype=bool)
    is_wrong[:: every or len(y)] = every is not None
    spoil(monkeypatch, is_wrong, 3)
    mine = TomekLinks(sampling_strategy=strategy, search="approximate")
    mine.fit_resample(X, y)
    n_differ = len(np.setxor1d(mine.sample_indices_, exact.sample_indices_))
    assert (n_differ > 0) == (every is not None)
    assert mine.disagreement_ == n_differ / np.isin(y, strategy).sum()
    assert (mine.search_, mine.recall_) == ("approximate", 0.8)
