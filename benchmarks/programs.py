"""The names of the sides, where each sampler is, and the whole programs run from outside."""

from __future__ import annotations

from typing import Any

OURS, THEIRS = "smotefast", "imbalanced-learn"
EXACT = f'{OURS}, search="exact"'
# The step of a combination that takes rows away.
LAST_STEPS = {"SMOTEENN": "enn_", "SMOTETomek": "tomek_"}
_PACKAGES = {OURS: "smotefast", THEIRS: "imblearn"}
# Nothing is drawn in these, and they take no seed.
_UNSEEDED = (
    "TomekLinks",
    "EditedNearestNeighbours",
    "RepeatedEditedNearestNeighbours",
    "AllKNN",
    "NeighbourhoodCleaningRule",
    "NearMiss",
)
_UNDER = (
    *_UNSEEDED,
    "RandomUnderSampler",
    "OneSidedSelection",
    "CondensedNearestNeighbour",
    "InstanceHardnessThreshold",
    "ClusterCentroids",
)


def module_of(library: str, sampler: str) -> str:
    """Return the module of one of the two libraries that has a sampler."""
    part = "under_sampling" if sampler in _UNDER else "over_sampling"
    return f"{_PACKAGES[library]}.{'combine' if sampler in LAST_STEPS else part}"


def seed_of(sampler: str) -> dict[str, int]:
    """Return the seed as a parameter, of a sampler that takes one."""
    return {} if sampler in _UNSEEDED else {"random_state": 0}


def selects(sampler: str) -> bool:
    """Return whether a sampler decides about rows: which are kept is what compares then."""
    return sampler in LAST_STEPS or (sampler in _UNDER and sampler != "ClusterCentroids")


def sampler_program(
    library: str, folder: str, sampler: str = "SMOTE", parameters: dict[str, Any] | None = None
) -> str:
    """Return a whole program: load, resample, end."""
    given = seed_of(sampler) | (parameters or {})
    told = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return (
        "import numpy as np\n"
        f"from {module_of(library, sampler)} import {sampler}\n"
        f"X, y = np.load({folder + '/X.npy'!r}), np.load({folder + '/y.npy'!r})\n"
        f"{sampler}({told}).fit_resample(X, y)\n"
    )


def import_program(library: str) -> str:
    """Return a program that imports SMOTE and ends."""
    return f"from {module_of(library, 'SMOTE')} import SMOTE"
