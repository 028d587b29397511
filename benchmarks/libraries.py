"""Both libraries: where each sampler is, which take a seed, and programs that use them."""

from __future__ import annotations

from typing import Any

OURS, THEIRS = "smotefast", "imbalanced-learn"
EXACT = f'{OURS}, search="exact"'
# The step of a combination that removes rows.
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


def sampler_program(library: str, folder: str, sampler: str, parameters: dict[str, Any]) -> str:
    """Return a whole program: load, resample, end."""
    given = ", ".join(f"{k}={v!r}" for k, v in (seed_of(sampler) | parameters).items())
    return (
        "import numpy as np\n"
        f"from {module_of(library, sampler)} import {sampler}\n"
        f"X, y = np.load({folder + '/X.npy'!r}), np.load({folder + '/y.npy'!r})\n"
        f"{sampler}({given}).fit_resample(X, y)\n"
    )
