"""Support vector machines that take less time than ``SVC``, for SVMSMOTE.

imbalanced-learn refuses them: none says which rows are its support vectors.
"""

from __future__ import annotations

from typing import Any

LINEAR = "benchmarks.margins:linear"
KERNEL = "benchmarks.margins:kernel"


def linear() -> Any:
    """Return a linear machine on scaled columns."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    return make_pipeline(StandardScaler(), LinearSVC(random_state=0))


def kernel() -> Any:
    """Return a linear machine on 100 columns that stand for the kernel of ``SVC``."""
    from sklearn.kernel_approximation import Nystroem
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    columns = Nystroem(gamma=None, n_components=100, random_state=0)
    return make_pipeline(StandardScaler(), columns, LinearSVC(random_state=0))
