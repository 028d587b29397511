"""The names of the two sides and the whole programs that are run from outside."""

from __future__ import annotations

OURS, THEIRS = "smotefast", "imbalanced-learn"
MODULES = {OURS: "smotefast.over_sampling", THEIRS: "imblearn.over_sampling"}


def smote_program(library: str, folder: str) -> str:
    """Return a whole program: load, resample, end."""
    return (
        "import numpy as np\n"
        f"from {MODULES[library]} import SMOTE\n"
        f"X, y = np.load({folder + '/X.npy'!r}), np.load({folder + '/y.npy'!r})\n"
        "SMOTE(random_state=0).fit_resample(X, y)\n"
    )


def import_program(library: str) -> str:
    """Return a program that imports SMOTE and ends."""
    return f"from {MODULES[library]} import SMOTE"
