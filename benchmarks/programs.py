"""The names of the two sides and the whole programs that are run from outside."""

from __future__ import annotations

from typing import Any

OURS, THEIRS = "smotefast", "imbalanced-learn"
MODULES = {OURS: "smotefast.over_sampling", THEIRS: "imblearn.over_sampling"}


def sampler_program(
    library: str, folder: str, sampler: str = "SMOTE", parameters: dict[str, Any] | None = None
) -> str:
    """Return a whole program: load, resample, end."""
    given = "".join(f", {name}={value!r}" for name, value in (parameters or {}).items())
    return (
        "import numpy as np\n"
        f"from {MODULES[library]} import {sampler}\n"
        f"X, y = np.load({folder + '/X.npy'!r}), np.load({folder + '/y.npy'!r})\n"
        f"{sampler}(random_state=0{given}).fit_resample(X, y)\n"
    )


def import_program(library: str) -> str:
    """Return a program that imports SMOTE and ends."""
    return f"from {MODULES[library]} import SMOTE"
