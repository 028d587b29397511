"""SVMSMOTE with machines that imbalanced-learn does not take, and what is refused."""

import warnings

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.feature_selection import RFE
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression, SGDClassifier, SGDOneClassSVM
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from smotefast import ResamplingWarning
from smotefast.over_sampling import SMOTE, SVMSMOTE
from smotefast.over_sampling.border import rows_inside_margin
from tests.helpers.datasets import classes
from tests.over_sampling.test_svm_smote import lost

HINGES = [
    LinearSVC(C=0.01, random_state=0),
    SGDClassifier(alpha=1.0, random_state=0),
    make_pipeline(StandardScaler(), LinearSVC(C=0.1, loss="hinge", random_state=0)),
    make_pipeline(Nystroem(gamma=0.01, random_state=0), LinearSVC()),
    make_pipeline(StandardScaler(), make_pipeline(LinearSVC(C=0.1))),
]


@pytest.mark.parametrize("machine", HINGES, ids=lambda machine: str(machine)[:60])
@pytest.mark.parametrize("sizes", [(200, 60), (200, 60, 90)])
def test_svm_smote__takes_rows_inside_the_margin_of_a_hinge_machine(machine, sizes):
    X, y = classes(11, sizes)
    X += 15 * np.eye(4)[y]  # far enough for rows outside the margin
    sampler = SVMSMOTE(random_state=0, svm_estimator=machine)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        sampler.fit_resample(X, y)
    decision = sampler.svm_estimator_.decision_function(X)
    base = sampler.provenance_.base
    for label in range(1, len(sizes)):
        signed = decision if len(sizes) == 2 else decision[:, label]
        used = np.unique(base[y[base] == label])
        assert len(used) > 1
        assert (signed[used] <= 1).all()
        assert (signed[y == label] > 1).any()  # so that the margin says something


@pytest.mark.parametrize("label", [0, 1])
def test_inside_margin__holds_what_a_support_vector_machine_says(label):
    X, y = classes(12, (200, 150), n_features=3)
    machine = SVC(kernel="linear", C=0.05).fit(X, y)
    rows = np.flatnonzero(y == label)
    found = rows[rows_inside_margin(machine, X[rows], label)]
    support = machine.support_[y[machine.support_] == label]
    on_margin = np.abs(np.abs(machine.decision_function(X)) - 1) < 0.01
    assert len(found) > 20
    assert not [row for row in set(found) ^ set(support) if not on_margin[row]]


def test_svm_smote__finds_the_support_vectors_of_a_machine_in_a_pipeline():
    X, y = classes(13, (200, 60))
    scaled = StandardScaler().fit_transform(X)
    sampler = SVMSMOTE(
        random_state=0, svm_estimator=make_pipeline(StandardScaler(), SVC(random_state=0))
    )
    sampler.fit_resample(X, y)
    support = SVC(random_state=0).fit(scaled, y).support_
    assert set(sampler.provenance_.base) <= set(support[y[support] == 1])


@pytest.mark.parametrize(
    "machine",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        SGDClassifier(loss="log_loss", random_state=0),
        LinearSVC(multi_class="crammer_singer", C=1e-3, random_state=0),
        RFE(LogisticRegression(), n_features_to_select=2),  # its support_ is of features
        SGDOneClassSVM(random_state=0),
        make_sampling_pipeline(SMOTE(random_state=0), SVC()),  # its rows are not those of X
    ],
    ids=lambda machine: str(machine)[:60],
)
def test_svm_smote__refuses_what_is_no_support_vector_machine(machine):
    X, y = classes(14, (100, 60))
    words = "`svm_estimator` is required to exposed a `support_` fitted attribute.*Give SVC"
    with pytest.raises(RuntimeError, match=words):
        SVMSMOTE(svm_estimator=machine, random_state=0).fit_resample(X, y)


class Steep(LinearSVC):
    """Says twice what it learned, so that nothing is left inside its margin."""

    def decision_function(self, X):
        return 2 * super().decision_function(X)


def test_svm_smote__refuses_a_margin_without_rows():
    X, y = lost("in danger")
    words = r"Steep\(random_state=0\) has no support vector in class 1\. Lower its C"
    with pytest.raises(ValueError, match=words):
        SVMSMOTE(svm_estimator=Steep(random_state=0)).fit_resample(X, y)


@pytest.mark.parametrize(
    "bad",
    [
        {"svm_estimator": "SVC"},
        {"svm_estimator": StandardScaler()},
        {"out_step": 1.5},
        {"m_neighbors": 0},
        {"k_neighbors": 0},
        {"small_class": "skip"},
    ],
    ids=str,
)
def test_svm_smote__refuses_a_bad_parameter_by_name(bad):
    words = f"The '{next(iter(bad))}' parameter of SVMSMOTE must be"
    with pytest.raises(ValueError, match=words):
        SVMSMOTE(**bad).fit_resample(*classes(0))


def test_svm_smote__refuses_a_small_class_before_it_fits():
    class Unfit(SVC):
        def fit(self, X, y, sample_weight=None):
            raise AssertionError("fitted")

    with pytest.raises(ValueError, match="k_neighbors=5 needs at least 6 rows in class 1"):
        SVMSMOTE(svm_estimator=Unfit()).fit_resample(*classes(0, (30, 4)))


@pytest.mark.parametrize(
    ("size", "small_class", "words"),
    [
        (4, "clamp", "^Class 1 has 4 rows: its synthetic samples use 3 neighbors instead of"),
        (1, "duplicate", "^Class 1 has one row, so its synthetic samples are copies of it."),
    ],
)
def test_svm_smote__tells_of_a_small_class_once(size, small_class, words):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [40, size])
    X = rng.normal(size=(len(y), 2)) + 6 * y[:, None]
    sampler = SVMSMOTE(random_state=0, small_class=small_class, m_neighbors=size)
    if size == 1:
        X[-1] = 0  # among the others, and yet not noise
        sampler.set_params(m_neighbors=NearestItself(n_neighbors=3))
    with pytest.warns(ResamplingWarning, match=words) as told:
        X_new, _ = sampler.fit_resample(X, y)
    assert str(told[0].message).count("Class 1 has") == 1
    assert np.isin(X_new[:, 0], X[:, 0]).all() == (size == 1)


class NearestItself(NearestNeighbors):
    """A neighbor estimator that returns each row as its own second neighbor."""

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        found = super().kneighbors(X, n_neighbors, return_distance=False)
        found[:, 1] = found[:, 0]
        return found


def test_svm_smote__keeps_frames_and_their_types():
    pandas = pytest.importorskip("pandas")
    X, y = classes(15, (150, 60))
    frame = pandas.DataFrame(X, columns=list("abcd")).astype({"a": "float32"})
    frame["d"] = (frame["d"] * 100).astype("int16")
    labels = pandas.Series(y, name="kind").map({0: "x", 1: "y"}).astype("category")
    sampler = SVMSMOTE(random_state=0)
    X_new, y_new = sampler.fit_resample(frame, labels)
    assert X_new.dtypes.to_dict() == frame.dtypes.to_dict()
    assert y_new.dtype == labels.dtype
    assert sampler.feature_names_in_.tolist() == list("abcd")
    pandas.testing.assert_frame_equal(X_new.iloc[:210], frame)


def test_svm_smote__forgets_a_machine_when_it_only_looks():
    X, y = classes(16, (150, 60))
    sampler = SVMSMOTE(random_state=0)
    sampler.fit_resample(X, y)
    assert hasattr(sampler, "svm_estimator_")
    sampler.fit(X, y)
    for name in ("svm_estimator_", "nn_k_", "nn_m_", "provenance_"):
        assert not hasattr(sampler, name)
