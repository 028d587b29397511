"""SMOTEENN: imbalanced-learn's rows in its order, whatever step cleans."""

from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.combinations import ENN, ties_after_smote
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples


@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(6, 90), min_size=2, max_size=5),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    kind=st.sampled_from(["all", "mode"]),
    n_neighbors=st.integers(1, 5),
)
@examples(50)
def test_smote_enn__gives_imbalanced_learns_rows(
    seed, sizes, n_features, dtype, kind, n_neighbors
):
    tied = partial(ties_after_smote, seed=seed)
    X, y = without_ties(classes, seed, sizes, n_features, dtype, tied=tied)
    how = {"sampling_strategy": "all", "kind_sel": kind, "n_neighbors": n_neighbors}
    mine, other = ENN.pair(random_state=seed)
    mine.set_params(enn=ENN.ours(**how))
    other.set_params(enn=ENN.theirs(**how))
    ENN.assert_same(mine, other, X, y)
    if (kind, n_neighbors) == ("all", 3):
        ENN.assert_same(*ENN.pair(random_state=seed), X, y)
