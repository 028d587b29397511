"""``small_class``: how a class with fewer than k + 1 rows is treated."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

import smotefast
from smotefast.over_sampling import ADASYN, SMOTE, SMOTEN, SMOTENC, BorderlineSMOTE

SAMPLERS = {
    "SMOTE": SMOTE(random_state=0),
    "BorderlineSMOTE-1": BorderlineSMOTE(random_state=0),
    "BorderlineSMOTE-2": BorderlineSMOTE(random_state=0, kind="borderline-2"),
    "ADASYN": ADASYN(random_state=0),
    "SMOTENC": SMOTENC([2, 3], random_state=0),
    "SMOTEN": SMOTEN(random_state=0),
}
# Neighbors of borderline-2 are rows of any class, so no class is too small.
LIMITED = [name for name in SAMPLERS if name != "BorderlineSMOTE-2"]


def data(name, n_small, seed=0):
    """Make classes of 60, ``n_small`` and 25 rows; the small one lies within the largest."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1, 2], [60, n_small, 25]))
    X = rng.normal(size=(len(y), 4)) + (y == 2)[:, None]
    if name == "SMOTENC":
        X[:, 2:] = rng.integers(0, 4, (len(y), 2))
    elif name == "SMOTEN":
        X = (rng.integers(0, 9, X.shape) + 2 * (y == 2)[:, None]) % 9
    if name.startswith("Borderline"):
        _put_in_danger(X, y)
    return X, y


def _put_in_danger(X, y):
    """Move the small class next to rows of the largest: half of its neighbors are of it."""
    X[y == 1] *= 0.01
    X[np.flatnonzero(y == 0)[:12]] *= 0.01


def sampler_of(name, **kwargs):
    sampler = SAMPLERS[name]
    if "k_neighbors" in kwargs and name == "ADASYN":
        kwargs["n_neighbors"] = kwargs.pop("k_neighbors")
    return type(sampler)(**{**sampler.get_params(), **kwargs})


def messages_of(sampler, X, y):
    """Resample, and split the one warning that there may be into its sentences."""
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        resampled = sampler.fit_resample(X, y)
    assert len(caught) == 1
    return resampled, str(caught[0].message)


@pytest.mark.parametrize("name", LIMITED)
def test_small_class__of_error_names_every_way_out(name):
    X, y = data(name, 3)
    parameter = "n_neighbors" if name == "ADASYN" else "k_neighbors"
    with pytest.raises(ValueError, match="Expected n_neighbors <= n_samples_fit") as info:
        SAMPLERS[name].fit_resample(X, y)
    words = str(info.value)
    assert f"{parameter}=5 needs at least 6 rows in class 1" in words
    assert f"Lower {parameter} to 2 or less, set small_class='clamp'" in words
    assert "or leave the class out of sampling_strategy" in words


@pytest.mark.parametrize("name", LIMITED)
@pytest.mark.parametrize("small_class", ["error", "clamp"])
def test_small_class__of_one_row_is_refused_but_for_duplicates(name, small_class):
    X, y = data(name, 1)
    sampler = sampler_of(name, small_class=small_class)
    if name == "BorderlineSMOTE-1":
        sampler.m_neighbors = (
            2  # all neighbors of one row are of other classes: no danger, no error
        )
        with pytest.warns(smotefast.ResamplingWarning, match="no samples for class 1"):
            sampler.fit_resample(X, y)
        return
    with pytest.raises(ValueError, match="Set small_class='duplicate', which copies the row"):
        sampler.fit_resample(X, y)


@pytest.mark.parametrize("name", LIMITED)
@pytest.mark.parametrize("small_class", ["clamp", "duplicate"])
@pytest.mark.parametrize("n_small", [2, 3, 5])
def test_small_class__of_clamp_uses_as_many_neighbors_as_exist(name, small_class, n_small):
    X, y = data(name, n_small)
    sampler = sampler_of(name, small_class=small_class)
    if name == "BorderlineSMOTE-1":
        sampler.m_neighbors = 30
    (X_new, y_new), words = messages_of(sampler, X, y)
    message = f"Class 1 has {n_small} rows: its synthetic samples use {n_small - 1} neighbors"
    assert words.count(message) == 1
    assert words.count("neighbors instead of 5") == 1

    few = sampler_of(name, k_neighbors=n_small - 1, sampling_strategy={1: 60})
    enough = sampler_of(name, sampling_strategy={2: 60})
    if name == "ADASYN":  # its number of neighbors among all rows does not change
        _check_clamped_adasyn(sampler, X, y, n_small)
        return
    if name == "BorderlineSMOTE-1":
        few.m_neighbors = enough.m_neighbors = sampler.m_neighbors
    new, labels = X_new[len(X) :], y_new[len(X) :]
    X_few = few.fit_resample(X, y)[0]
    np.testing.assert_array_equal(new[labels == 1], X_few[len(X) :])
    X_enough = enough.fit_resample(X, y)[0]
    np.testing.assert_array_equal(new[labels == 2], X_enough[len(X) :])
    assert np.bincount(labels).tolist() == [0, 60 - n_small, 35]


def _check_clamped_adasyn(sampler, X, y, n_small):
    base, neighbor, step = sampler.provenance_
    mine = y[base] == 1
    assert mine.sum() > 0
    assert (y[neighbor] == y[base]).all()
    assert (base != neighbor).all()
    assert ((0 <= step) & (step < 1)).all()
    pairs = {(int(b), int(n)) for b, n in zip(base[mine], neighbor[mine], strict=True)}
    assert len({b for b, _ in pairs}) == n_small
    assert len(pairs) > n_small or n_small == 2  # other neighbors than the nearest


@pytest.mark.parametrize("name", ["SMOTE", "ADASYN", "SMOTENC", "SMOTEN"])
def test_small_class__of_duplicate_copies_a_class_of_one(name):
    X, y = data(name, 1)
    sampler = sampler_of(name, small_class="duplicate")
    (X_new, y_new), words = messages_of(sampler, X, y)
    assert words.count("Class 1 has one row, so its synthetic samples are copies of it.") == 1
    new = X_new[len(X) :][y_new[len(X) :] == 1]
    assert len(new) == 59
    assert (new == X[y == 1]).all()
    others = sampler_of(name, sampling_strategy={2: 60})
    if name != "ADASYN":  # which has one stream for all classes
        np.testing.assert_array_equal(
            X_new[len(X) + 59 :], others.fit_resample(X, y)[0][len(X) :]
        )


@pytest.mark.parametrize("small_class", ["error", "clamp", "duplicate"])
@pytest.mark.parametrize("n_small", [2, 4])
def test_small_class__does_not_matter_if_neighbors_are_rows_of_any_class(small_class, n_small):
    X, y = data("BorderlineSMOTE-2", n_small)
    sampler = sampler_of("BorderlineSMOTE-2", small_class=small_class, m_neighbors=30)
    y_new = sampler.fit_resample(X, y)[1]
    assert np.bincount(y_new).tolist() == [60] * 3


@pytest.mark.parametrize("name", ["SMOTE", "SMOTENC", "SMOTEN"])
@pytest.mark.parametrize("small_class", ["clamp", "duplicate"])
def test_small_class__lowers_the_number_of_a_users_estimator(name, small_class):
    X, y = data(name, 3)
    estimator = NearestNeighbors(n_neighbors=6)
    with pytest.raises(ValueError, match="k_neighbors=5 needs at least 6 rows in class 1"):
        sampler_of(name, k_neighbors=estimator).fit_resample(X, y)
    sampler = sampler_of(name, k_neighbors=estimator, small_class=small_class)
    (X_new, _), words = messages_of(sampler, X, y)
    assert words.count("Class 1 has 3 rows: its synthetic samples use 2 neighbors") == 1
    plain = sampler_of(name, small_class=small_class)
    X_plain = messages_of(plain, X, y)[0][0]
    np.testing.assert_array_equal(X_new, X_plain)
    assert estimator.n_neighbors == 6


@pytest.mark.parametrize("small_class", ["clamp", "duplicate"])
def test_small_class__does_not_lower_the_number_for_the_classes_that_come_after(small_class):
    X, y = data("SMOTE", 3)
    estimator = NearestNeighbors(n_neighbors=6)
    sampler = sampler_of("SMOTE", k_neighbors=estimator, small_class=small_class)
    messages_of(sampler, X, y)
    assert sampler._origins[0].neighbors.shape[1] == 2
    assert sampler._origins[1].neighbors.shape[1] == 5


def test_small_class__fits_a_users_estimator_of_adasyn_again_for_each_class():
    X, y = data("ADASYN", 3)
    estimator = NearestNeighbors(n_neighbors=6)
    sampler = sampler_of("ADASYN", k_neighbors=estimator, small_class="clamp")
    (X_new, _), _ = messages_of(sampler, X, y)
    (X_plain, _), _ = messages_of(sampler_of("ADASYN", small_class="clamp"), X, y)
    np.testing.assert_array_equal(X_new, X_plain)


@pytest.mark.parametrize("name", [*LIMITED, "BorderlineSMOTE-2"])
def test_small_class__changes_nothing_where_classes_are_large_enough(name):
    X, y = data(name, 20)
    sampler = sampler_of(name, m_neighbors=8) if "Border" in name else sampler_of(name)
    results = []
    for small_class in ("error", "clamp", "duplicate"):
        with pytest.warns() if name == "ADASYN" else _silence():
            results.append(sampler.set_params(small_class=small_class).fit_resample(X, y)[0])
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def _silence():
    import contextlib

    return contextlib.nullcontext()  # any warning would be an error


def test_small_class__leaves_a_class_alone_that_needs_no_rows():
    X, y = data("SMOTE", 1)
    sampler = SMOTE(sampling_strategy={2: 40}, small_class="clamp", random_state=0)
    assert np.bincount(sampler.fit_resample(X, y)[1]).tolist() == [60, 1, 40]


def test_small_class__takes_three_words():
    with pytest.raises(
        ValueError, match="'small_class' parameter of SMOTE must be a str among"
    ):
        SMOTE(small_class="drop").fit_resample(*data("SMOTE", 3))


@pytest.mark.parametrize("kind", ["csr", "frame", "list"])
def test_small_class__of_duplicate_copies_in_any_container(kind):
    sparse = pytest.importorskip("scipy.sparse")
    pd = pytest.importorskip("pandas")
    X, y = data("SMOTE", 1)
    container = {"csr": sparse.csr_array, "frame": pd.DataFrame, "list": np.ndarray.tolist}[
        kind
    ](X)
    resampled, _ = messages_of(sampler_of("SMOTE", small_class="duplicate"), container, y)
    dense = resampled[0].toarray() if kind == "csr" else np.asarray(resampled[0])
    assert (dense[len(X) :][resampled[1][len(X) :] == 1] == X[y == 1]).all()
