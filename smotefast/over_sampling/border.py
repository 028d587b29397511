"""Rows near the class border, found by their neighbors or by a support vector machine.

For BorderlineSMOTE, SVMSMOTE and ADASYN.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from smotefast._typing import Label, Matrix, Rows
from smotefast.engine.param_constraints import NEIGHBOR_COUNT
from smotefast.engine.user_estimators import fitted_neighbors
from smotefast.neighbors.queries import work_blocks
from smotefast.over_sampling.base import NeighborSampler

# Rows that are read from a file at a time.
_ROWS_AT_ONCE = 1 << 16


class BorderSampler(NeighborSampler):
    """Base of samplers that look at the ``m_neighbors`` nearest rows of any class."""

    _keeps_data = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NeighborSampler._parameter_constraints,
        "m_neighbors": NEIGHBOR_COUNT,
    }

    m_neighbors: Any
    _m_estimator: Any  # a clone of the user's estimator of the last call, or None

    @property
    def nn_m_(self) -> Any:
        """The estimator for neighbors of any class, fitted on all rows."""
        self._check_fitted("nn_m_", "_last_recipe")
        return self._cached("nn_m_", self._fitted_in_all)

    def _fitted_in_all(self) -> Any:
        if self._m_estimator is not None:
            return self._m_estimator
        rows = None if self._last_recipe is None else self._last_matrix()
        return fitted_neighbors(int(self.m_neighbors) + 1, rows)


def other_class_counts(neighbors: Rows, class_positions: Rows, n_samples: int) -> np.ndarray:
    """Count for each row the neighbors of other classes.

    Parameters
    ----------
    neighbors
        Positions of the neighbors in X, shape (n_rows, m).
    class_positions
        Positions of the rows of the class, ascending.
    n_samples
        Rows of X.
    """
    counts = np.empty(len(neighbors), dtype=np.int32)
    for block, is_other in _others_in_blocks(neighbors, class_positions, n_samples):
        counts[block] = np.count_nonzero(is_other, axis=1)
    return counts


def are_other_class(neighbors: Rows, class_positions: Rows, n_samples: int) -> np.ndarray:
    """Return which neighbors are of other classes, as ``other_class_counts`` counts them."""
    are_others = np.empty(neighbors.shape, dtype=bool)
    for block, is_other in _others_in_blocks(neighbors, class_positions, n_samples):
        are_others[block] = is_other
    return are_others


def _others_in_blocks(
    neighbors: Rows, class_positions: Rows, n_samples: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield blocks of rows, and which of their neighbors are of other classes."""
    is_member = np.zeros(n_samples, dtype=bool)
    for block in work_blocks(len(class_positions), 1, _ROWS_AT_ONCE, 1):
        is_member[class_positions[block]] = True
    for block in work_blocks(len(neighbors), 1, _ROWS_AT_ONCE, 1):
        yield block, ~is_member[neighbors[block]]


def is_in_danger(n_others: np.ndarray, m: int) -> np.ndarray:
    """Return where at least half of ``m`` neighbors, but not all, are of other classes."""
    return np.asarray((n_others >= m / 2) & (n_others < m))


def is_noise(n_others: np.ndarray, m: int) -> np.ndarray:
    """Return where all of ``m`` neighbors are of other classes."""
    return np.asarray(n_others == m)


def support_vectors(classifier: Any) -> np.ndarray | None:
    """Return the positions of the support vectors; None if the classifier has none."""
    support = getattr(_last_step(classifier), "support_", None)
    # Other estimators of scikit-learn have a support_ that masks features or rows.
    is_positions = support is not None and np.asarray(support).dtype.kind in "iu"
    return np.asarray(support) if is_positions else None


def has_hinge_loss(classifier: Any) -> bool:
    """Return whether a fitted classifier has a margin at one on each side of each border."""
    last = _last_step(classifier)
    return (
        getattr(last, "loss", None) in ("hinge", "squared_hinge")
        and getattr(last, "multi_class", "ovr") == "ovr"  # crammer_singer has another margin
        and hasattr(classifier, "decision_function")
        and hasattr(classifier, "classes_")
    )


def rows_inside_margin(classifier: Any, matrix: Matrix, label: Label) -> np.ndarray:
    """Return the rows of a class on or inside the margin, or on the wrong side of it."""
    decision = np.asarray(classifier.decision_function(matrix))
    index = np.flatnonzero(np.asarray(classifier.classes_) == label)[0]
    if decision.ndim == 2:
        return np.flatnonzero(decision[:, index] <= 1)
    return np.flatnonzero((decision if index == 1 else -decision) <= 1)


def _last_step(classifier: Any) -> Any:
    """Return the classifier at the end of a pipeline; None if a step resamples."""
    from sklearn.pipeline import Pipeline

    while isinstance(classifier, Pipeline):
        if any(hasattr(step, "fit_resample") for _, step in classifier.steps):
            return None  # its support vectors are not rows of X
        classifier = classifier.steps[-1][1]
    return classifier
