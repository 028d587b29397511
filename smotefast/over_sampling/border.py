"""Borderline and noisy samples, and support vectors, for BorderlineSMOTE and SVMSMOTE."""

from __future__ import annotations

from typing import Any

import numpy as np


def other_class_counts(neighbors: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Count for each row the neighbours that are not of its class.

    Parameters
    ----------
    neighbors : positions of shape (n_rows, m), in the whole data
    own : positions of the rows of the class, ascending
    """
    place = np.searchsorted(own, neighbors)
    place[place == len(own)] = 0
    return np.asarray(np.count_nonzero(own[place] != neighbors, axis=1))


def is_in_danger(n_others: np.ndarray, m: int) -> np.ndarray:
    """Tell where at least half of ``m`` neighbours, but not all, are of other classes."""
    return np.asarray((n_others >= m / 2) & (n_others < m))


def is_noise(n_others: np.ndarray, m: int) -> np.ndarray:
    """Tell where all of ``m`` neighbours are of other classes."""
    return np.asarray(n_others == m)


def support_of(machine: Any) -> np.ndarray | None:
    """Return the positions of the support vectors; None where the machine does not say them."""
    last = _last_step(machine)
    support = getattr(last, "support_", None)
    # Elsewhere in scikit-learn support_ is a mask of features or of rows.
    is_positions = support is not None and np.asarray(support).dtype.kind in "iu"
    return np.asarray(support) if is_positions else None


def is_hinge_machine(machine: Any) -> bool:
    """Whether a fitted classifier has a margin at one on each side of each class's border."""
    last = _last_step(machine)
    return (
        getattr(last, "loss", None) in ("hinge", "squared_hinge")
        and getattr(last, "multi_class", "ovr") == "ovr"  # crammer_singer has another margin
        and hasattr(machine, "decision_function")
        and hasattr(machine, "classes_")
    )


def inside_margin(machine: Any, matrix: Any, label: Any) -> np.ndarray:
    """Return which rows of a class lie on or inside the margin, or on the wrong side."""
    decision = np.asarray(machine.decision_function(matrix))
    place = np.flatnonzero(np.asarray(machine.classes_) == label)[0]
    if decision.ndim == 2:
        return np.flatnonzero(decision[:, place] <= 1)
    return np.flatnonzero((decision if place == 1 else -decision) <= 1)


def _last_step(machine: Any) -> Any:
    from sklearn.pipeline import Pipeline

    while isinstance(machine, Pipeline):
        if any(hasattr(step, "fit_resample") for _, step in machine.steps):
            return None  # it learns from other rows than X's
        machine = machine.steps[-1][1]
    return machine
