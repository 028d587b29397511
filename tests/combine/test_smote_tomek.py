"""SMOTETomek: imbalanced-learn's rows in its order, and which links go."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast import over_sampling as ours_over
from tests.helpers.combinations import SIZES, TOMEK, ties_after_smote
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples


@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(6, 90), min_size=2, max_size=5),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    cleaned=st.sampled_from(["all", "majority", "not majority", [1]]),
)
@examples(50)
def test_smote_tomek__gives_imbalanced_learns_rows(seed, sizes, n_features, dtype, cleaned):
    tied = partial(ties_after_smote, seed=seed)
    X, y = without_ties(classes, seed, sizes, n_features, dtype, tied=tied)
    mine, other = TOMEK.pair(random_state=seed)
    if cleaned != "all":
        mine.set_params(tomek=TOMEK.ours(sampling_strategy=cleaned))
        other.set_params(tomek=TOMEK.theirs(sampling_strategy=cleaned))
    TOMEK.assert_same(mine, other, X, y)


@pytest.mark.parametrize("seed", range(4))
def test_smote_tomek__takes_both_rows_of_links_away(seed):
    X, y = classes(seed, SIZES)
    mine, other = TOMEK.pair(random_state=seed)
    TOMEK.assert_same(mine, other, X, y)
    all_rows, labels = ours_over.SMOTE(random_state=seed).fit_resample(X, y)
    gone = np.delete(np.arange(270), mine.tomek_.sample_indices_)
    apart = np.linalg.norm(all_rows[:, np.newaxis] - all_rows, axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    links = (nearest[nearest] == np.arange(270)) & (labels[nearest] != labels)
    np.testing.assert_array_equal(gone, np.flatnonzero(links))
    assert len(gone)
