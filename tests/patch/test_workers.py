"""Worker processes are patched as well."""

import subprocess
import sys

import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.tree import DecisionTreeClassifier

import smotefast
from tests.helpers.datasets import classes

SCRIPT = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
import smotefast
from imblearn.over_sampling import SMOTE
from joblib import Parallel, delayed

class Work:
    @staticmethod
    def names():
        import imblearn.over_sampling as module
        return [cls.__mro__[2].__module__ for cls in (SMOTE, module.SMOTE, type(SMOTE()))]

def names():
    return Work.names()

def nested(method):
    with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        return pool.submit(names).result()

if __name__ == "__main__":
    smotefast.patch_imblearn()
    method = sys.argv[1]
    if method == "loky":
        print(Parallel(2)(delayed(names)() for _ in range(2))[0])
    else:
        with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
            print(pool.submit(names).result())
            print(pool.submit(nested, method).result())
"""


@pytest.mark.parametrize(
    "method", ["loky", "spawn", "fork", pytest.param("forkserver", marks=pytest.mark.long)]
)
def test_names_in_workers__are_replaced(method, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", str(path), method],
        capture_output=True,
        text=True,
    )
    ours = "smotefast.over_sampling.smote"
    assert set(done.stdout.splitlines()) == {str([ours] * 3)}, done.stderr
    assert done.stderr == ""


def test_workers_started_before_the_patch__return_the_same_rows():
    X, y = classes(0)

    def resampled(sampler):
        return sampler.fit_resample(X, y)[0].sum()

    Parallel(2)(delayed(len)("ab") for _ in range(4))
    expected = SMOTE(random_state=0).fit_resample(X, y)[0].sum()
    with smotefast.patch_imblearn():
        found = Parallel(2)(delayed(resampled)(SMOTE(random_state=0)) for _ in range(2))
    assert found == [expected] * 2


def scores(n_jobs):
    X, y = classes(0, (200, 80))
    model = make_pipeline(SMOTE(random_state=0), DecisionTreeClassifier(random_state=0))
    grid = {"smote__k_neighbors": [2, 5], "smote": [SMOTE(random_state=1)]}
    search = GridSearchCV(model, grid, n_jobs=n_jobs, cv=3).fit(X, y)
    validated = cross_validate(model, X, y, n_jobs=n_jobs, cv=3, return_estimator=True)
    return [
        *search.cv_results_["mean_test_score"],
        *validated["test_score"],
        *(type(model[0]).__module__ for model in validated["estimator"]),
    ]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_grid_search__gives_the_same_scores(n_jobs):
    expected = scores(1)
    with smotefast.patch_imblearn():
        assert scores(n_jobs) == expected
