"""InstanceHardnessThreshold: classifiers, seeds and folds of any kind."""

import joblib
import numpy as np
import pytest
from imblearn import under_sampling as theirs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from smotefast.under_sampling import InstanceHardnessThreshold
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes

SIZES = (90, 25, 60)
ESTIMATORS = {
    "bayes": GaussianNB(),
    "linear": LogisticRegression(),
    "tree": DecisionTreeClassifier(max_depth=4, max_features=1),
    "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "seeds inside": make_pipeline(
        StandardScaler(), RandomForestClassifier(n_estimators=5, max_depth=3)
    ),
    "neighbors": KNeighborsClassifier(),
}


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return InstanceHardnessThreshold(**kwargs), theirs.InstanceHardnessThreshold(**kwargs)


@pytest.mark.parametrize("estimator", list(ESTIMATORS))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_any_classifier__selects_imbalanced_learns_rows(estimator, seed):
    mine, other = pair(estimator=ESTIMATORS[estimator], random_state=seed)
    assert_same_choice(mine, other, *classes(seed, SIZES))
    given_seeds = [
        {name: value for name, value in each.estimator_.get_params().items()
         if name.endswith("random_state")}
        for each in (mine, other)
    ]  # fmt: skip
    assert given_seeds[0] == given_seeds[1]
    assert None not in given_seeds[0].values()
    with pytest.raises(AttributeError):
        _ = mine.estimator_.classes_  # not fitted


@pytest.mark.parametrize("random_state", [0, 7])
def test_the_default_classifier__is_a_random_forest(random_state):
    mine, other = pair(random_state=random_state)
    assert_same_choice(mine, other, *classes(1, (40, 15)))
    assert isinstance(mine.estimator_, RandomForestClassifier)
    assert mine.estimator_.get_params() == other.estimator_.get_params()


def test_a_random_state__continues_through_the_seeds_of_a_pipeline():
    estimator = ESTIMATORS["seeds inside"]
    one, two = np.random.RandomState(9), np.random.RandomState(9)
    for seed in range(3):
        assert_same_choice(
            pair(random_state=one, estimator=estimator)[0],
            pair(random_state=two, estimator=estimator)[1],
            *classes(seed, SIZES),
        )
    assert one.uniform() == two.uniform()


def test_rows__depend_on_the_seed():
    X, y = classes(4, SIZES)
    found = {
        tuple(pair(random_state=seed, estimator=GaussianNB())[0].fit_resample(X, y)[0][:, 0])
        for seed in range(4)
    }
    assert len(found) > 1


def test_rows_with_the_lowest_kept_probability__are_all_kept():
    X, y = classes(6, (90, 25))
    mine, other = pair(estimator=KNeighborsClassifier(3))
    assert_same_choice(mine, other, X, y)
    kept = mine.sample_indices_[y[mine.sample_indices_] == 0]
    assert 25 < len(kept) < 90
    assert (np.diff(kept) > 0).all()


@pytest.mark.parametrize("labels", [["a", "b"], [1, 2]])
def test_imbalanced_learn__uses_labels_as_column_indices(labels):
    X, y = classes(9, (90, 25))
    other = pair(estimator=LogisticRegression())[1]
    with pytest.raises(IndexError):
        other.fit_resample(X, np.array(labels)[y])


def naive_selection(X, y, cv, n_to_keep):
    """Cross-validate by hand, and cut each class at a percentile."""
    probabilities = cross_val_predict(GaussianNB(), X, y, cv=cv, method="predict_proba")
    kept = []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        if label in n_to_keep:
            own = probabilities[rows, label]
            rows = rows[own >= np.percentile(own, 100 * (1 - n_to_keep[label] / len(rows)))]
        kept.extend(rows)
    return kept


@pytest.mark.parametrize(
    "cv",
    [
        StratifiedKFold(3),
        StratifiedKFold(4, shuffle=True, random_state=2),
        KFold(3),
        None,
        "list",
    ],
    ids=str,
)
def test_folds__may_be_of_any_kind(cv):
    X, y = classes(10, SIZES)
    if cv == "list":
        cv = list(StratifiedKFold(6).split(X, y))
    sampler = InstanceHardnessThreshold(estimator=GaussianNB(), cv=cv)
    sampler.fit_resample(X, y)
    assert list(sampler.sample_indices_) == naive_selection(X, y, cv, {0: 25, 2: 25})


def test_a_number_of_folds__means_shuffled_stratified_folds():
    X, y = classes(10, SIZES)
    sampler = pair(estimator=GaussianNB(), cv=4)[0]
    sampler.fit_resample(X, y)
    cv = StratifiedKFold(4, shuffle=True, random_state=0)
    assert list(sampler.sample_indices_) == naive_selection(X, y, cv, {0: 25, 2: 25})


def test_rows__do_not_depend_on_n_jobs():
    X, y = classes(11, SIZES)
    found = []
    with joblib.parallel_config(backend="threading"):
        for n_jobs in (None, 2):
            sampler = pair(estimator=LogisticRegression(), n_jobs=n_jobs)[0]
            sampler.fit_resample(X, y)
            found.append(sampler.sample_indices_)
    np.testing.assert_array_equal(*found)


def test_the_users_classifier__is_not_changed():
    classifier = DecisionTreeClassifier()
    pair(estimator=classifier)[0].fit_resample(*classes(11, SIZES))
    assert classifier.random_state is None
    assert not hasattr(classifier, "tree_")


@pytest.mark.parametrize("estimator", [LinearRegression(), LinearSVC(), "forest"])
def test_estimators_without_probabilities__are_refused_by_both(estimator):
    for sampler in pair(estimator=estimator):
        words = "'estimator' parameter of InstanceHardnessThreshold must be"
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(*classes(12, SIZES))


def test_an_estimator_that_is_not_a_classifier__is_refused():
    mine, other = pair(estimator=GaussianMixture(2))
    with pytest.raises(TypeError, match=r"estimator=GaussianMixture\(.*is not a classifier"):
        mine.fit_resample(*classes(12, SIZES))
    with pytest.raises(AttributeError, match="estimator_"):
        other.fit_resample(*classes(12, SIZES))


def test_impossible_folds__are_refused():
    for sampler in pair(estimator=GaussianNB(), cv=7):
        with pytest.raises(ValueError, match="n_splits=7 cannot be greater than the number"):
            sampler.fit_resample(*classes(12, (6, 4)))
        assert not hasattr(sampler, "sample_indices_")
    halves = ShuffleSplit(2, random_state=0)
    with pytest.raises(ValueError, match="only works for partitions"):
        pair(estimator=GaussianNB(), cv=halves)[0].fit_resample(*classes(12, SIZES))
