"""scikit-learn's and imbalanced-learn's own checks, pipelines, searches, routing."""

import numpy as np
import pytest
import sklearn
from imblearn.over_sampling.base import BaseOverSampler as TheirBase
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import parametrize_with_checks as with_their_checks
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)

SAMPLERS = [
    SMOTE(random_state=0),
    RandomOverSampler(random_state=0),
    BorderlineSMOTE(random_state=0),
    BorderlineSMOTE(random_state=0, kind="borderline-2"),
    ADASYN(random_state=0),
    SVMSMOTE(random_state=0),
    KMeansSMOTE(random_state=0),
    SMOTENC([0], random_state=0),
    SMOTEN(random_state=0),
]

# imbalanced-learn's checks look at a sampler's kind by isinstance; without this some of
# their assertions are left out in silence.
for one in SAMPLERS:
    TheirBase.register(type(one))

# Checks that do not apply, for a reason.
LEFT_OUT = {
    # Its X has one column, and a column of categories alone is refused (theirs is not
    # checked at all).
    (SMOTENC, "check_samplers_string"),
    (SMOTENC, "check_fit2d_1feature"),
    # Its X has NaN in columns of numbers; only categories may be missing.
    (SMOTENC, "check_samplers_nan"),
    (SMOTENC, "check_estimators_pickle"),
    # No cluster has half of its class, and imbalanced-learn's KMeansSMOTE raises as well.
    (KMeansSMOTE, "check_samplers_sampling_strategy_fit_resample"),
}
# Rounding, or a class without a border, is not what the checks look at.
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


def applying(checks):
    """Leave out of a parametrization what does not apply."""
    names, cases = checks.args
    kept = [
        (sampler, check)
        for sampler, check in cases
        if (type(sampler), check.func.__name__) not in LEFT_OUT
    ]
    return pytest.mark.parametrize(names, kept, **checks.kwargs)


@quiet
@applying(with_their_checks(SAMPLERS))
def test_samplers__pass_imbalanced_learns_checks(estimator, check):
    check(estimator)


@quiet
@applying(parametrize_with_checks(SAMPLERS))
def test_samplers__pass_scikit_learns_checks(estimator, check):
    check(estimator)


def test_checks_left_out__are_checks_that_exist():
    named = set()
    for checks in (with_their_checks(SAMPLERS), parametrize_with_checks(SAMPLERS)):
        named |= {(type(sampler), check.func.__name__) for sampler, check in checks.args[1]}
    assert named >= LEFT_OUT


@pytest.fixture
def imbalanced():
    return make_classification(400, weights=[0.85], flip_y=0, random_state=0)


def test_pipeline__resamples_while_fitting_only(imbalanced):
    X, y = imbalanced
    pipeline = make_pipeline(StandardScaler(), SMOTE(random_state=0), LogisticRegression())
    pipeline.fit(X, y)
    assert pipeline.predict(X).shape == y.shape
    assert cross_val_score(pipeline, X, y, scoring="f1").min() > 0


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search__tunes_the_sampler(imbalanced, n_jobs):
    X, y = imbalanced
    pipeline = make_pipeline(SMOTE(random_state=0), LogisticRegression())
    search = GridSearchCV(pipeline, {"smote__k_neighbors": [3, 5]}, n_jobs=n_jobs, cv=2)
    search.fit(X, y)
    assert search.best_params_["smote__k_neighbors"] in (3, 5)


def test_metadata_routing__passes_a_sampler_in_a_pipeline(imbalanced):
    X, y = imbalanced
    with sklearn.config_context(enable_metadata_routing=True):
        last = LogisticRegression().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(SMOTE(random_state=0), last)
        pipeline.fit(X, y)
        assert pipeline.get_metadata_routing()
        assert SMOTE().get_metadata_routing()


def test_tags__say_what_a_sampler_takes():
    tags = get_tags(SMOTE())
    assert tags.estimator_type == "sampler"
    assert tags.input_tags.sparse
    assert not tags.input_tags.allow_nan
    assert get_tags(RandomOverSampler()).sampler_tags.sample_indices


def test_feature_names__are_kept():
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=["a", "b"])
    sampler = SMOTE(random_state=0)
    frame, _ = sampler.fit_resample(X, [0] * 20 + [1] * 10)
    assert list(sampler.feature_names_in_) == ["a", "b"]
    assert list(sampler.get_feature_names_out()) == ["a", "b"]
    assert list(frame.columns) == ["a", "b"]
