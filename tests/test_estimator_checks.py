"""scikit-learn's and imbalanced-learn's own checks, and parameter searches and routing."""

import pytest
import sklearn
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling.base import BaseCleaningSampler, BaseUnderSampler
from imblearn.utils.estimator_checks import parametrize_with_checks as with_their_checks
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from smotefast.combine import Combination
from smotefast.over_sampling import SMOTE, SMOTENC, GenerativeOverSampler
from smotefast.under_sampling import NearMiss
from tests.helpers.sampler_contract import CASES, CLEANERS, OVER_SAMPLERS, UNDER_SAMPLERS

# The data of the checks have one column or more.
CHANGES = {"SMOTENC": {"categorical_features": [0]}}
SAMPLERS = [case.sampler(**CHANGES.get(case.name, {})) for case in CASES if case.is_checked]

# imbalanced-learn's checks look at a sampler's kind by isinstance; without this some of
# their assertions are left out in silence.
for base, cases in (
    (BaseOverSampler, OVER_SAMPLERS),
    (BaseUnderSampler, UNDER_SAMPLERS),
    (BaseCleaningSampler, CLEANERS),
):
    for case in cases:
        base.register(case.kind)

# Checks that do not apply, for a reason.
LEFT_OUT = {
    # Its X has one column, and a column of categories alone is refused (theirs is not
    # checked at all).
    (SMOTENC, "check_samplers_string"),
    (SMOTENC, "check_fit2d_1feature"),
    # Its X has NaN in columns of numbers; only categories may be missing.
    (SMOTENC, "check_samplers_nan"),
    (SMOTENC, "check_estimators_pickle"),
    # The same; and the synthesizer of the table takes no categories.
    (GenerativeOverSampler, "check_samplers_string"),
    (GenerativeOverSampler, "check_samplers_nan"),
    (GenerativeOverSampler, "check_estimators_pickle"),
}
# Rounding, or a class without a border, is not what the checks look at.
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


def applying(checks):
    """Leave out of a parametrization what does not apply."""
    names, pairs = checks.args
    kept = [
        (sampler, check)
        for sampler, check in pairs
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


def test_checks__are_run_on_every_sampler():
    assert {type(sampler) for sampler in SAMPLERS} == {case.kind for case in CASES}


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


def test_grid_search__tunes_samplers_within_samplers():
    X, y = make_classification(300, weights=[0.8], class_sep=0.7, random_state=0)
    steps = SMOTE(sampling_strategy=0.6, random_state=0), NearMiss()
    grid = {
        "combination__creation__k_neighbors": [2, 5],
        "combination__selection__version": [1, 2],
    }
    search = GridSearchCV(make_pipeline(Combination(*steps), GaussianNB()), grid, cv=2)
    search.fit(X, y)
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert set(search.best_params_) == set(grid)


def test_metadata_routing__passes_a_sampler_in_a_pipeline(imbalanced):
    X, y = imbalanced
    with sklearn.config_context(enable_metadata_routing=True):
        last = LogisticRegression().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(SMOTE(random_state=0), last)
        pipeline.fit(X, y)
        assert pipeline.get_metadata_routing()
        assert SMOTE().get_metadata_routing()
