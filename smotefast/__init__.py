"""Compiled, parallel, out-of-core resampling for imbalanced classification.

Names are imported on first use, so that ``import smotefast`` takes almost no time.

>>> import smotefast
>>> smotefast.__version__
'0.2.0'
>>> from smotefast import SMOTE
>>> SMOTE(k_neighbors=3)
SMOTE(k_neighbors=3)
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from smotefast import _registration
from smotefast import _threads as _threads  # registers a fork handler
from smotefast._version import __version__

if TYPE_CHECKING:
    from smotefast import combine, multilabel, over_sampling, plot, regression, under_sampling
    from smotefast.batch import (
        iter_resampled,
        plan_dataset,
        resample_dataset,
        verify_dataset,
    )
    from smotefast.calibration import prior_correction
    from smotefast.combine import SMOTEENN, Combination, SMOTETomek
    from smotefast.diagnosis import diagnose, diagnose_dataset
    from smotefast.evaluation import compare
    from smotefast.exceptions import ResamplingWarning
    from smotefast.over_sampling import (
        ADASYN,
        ROSE,
        SMOTE,
        SMOTEN,
        SMOTENC,
        SVMSMOTE,
        BorderlineSMOTE,
        GenerativeOverSampler,
        GeometricSMOTE,
        KMeansSMOTE,
        PolynomFitSMOTE,
        ProWSyn,
        RandomOverSampler,
        SafeLevelSMOTE,
    )
    from smotefast.patch import patch_imblearn, unpatch_imblearn
    from smotefast.report.in_memory import progress
    from smotefast.under_sampling import (
        AllKNN,
        ClusterCentroids,
        CondensedNearestNeighbour,
        EditedNearestNeighbours,
        InstanceHardnessThreshold,
        NearMiss,
        NeighbourhoodCleaningRule,
        OneSidedSelection,
        RandomUnderSampler,
        RepeatedEditedNearestNeighbours,
        TomekLinks,
    )

__all__ = [
    "ADASYN",
    "ROSE",
    "SMOTE",
    "SMOTEENN",
    "SMOTEN",
    "SMOTENC",
    "SVMSMOTE",
    "AllKNN",
    "BorderlineSMOTE",
    "ClusterCentroids",
    "Combination",
    "CondensedNearestNeighbour",
    "EditedNearestNeighbours",
    "GenerativeOverSampler",
    "GeometricSMOTE",
    "InstanceHardnessThreshold",
    "KMeansSMOTE",
    "NearMiss",
    "NeighbourhoodCleaningRule",
    "OneSidedSelection",
    "PolynomFitSMOTE",
    "ProWSyn",
    "RandomOverSampler",
    "RandomUnderSampler",
    "RepeatedEditedNearestNeighbours",
    "ResamplingWarning",
    "SMOTETomek",
    "SafeLevelSMOTE",
    "TomekLinks",
    "__version__",
    "combine",
    "compare",
    "diagnose",
    "diagnose_dataset",
    "iter_resampled",
    "multilabel",
    "over_sampling",
    "patch_imblearn",
    "plan_dataset",
    "plot",
    "prior_correction",
    "progress",
    "regression",
    "resample_dataset",
    "under_sampling",
    "unpatch_imblearn",
    "verify_dataset",
]

# The public names of each subpackage.
SUBPACKAGES = {
    "batch": ["iter_resampled", "plan_dataset", "resample_dataset", "verify_dataset"],
    "calibration": ["prior_correction"],
    "dask": [],  # used as smotefast.dask.fit_resample(...)
    "combine": ["SMOTEENN", "Combination", "SMOTETomek"],
    "diagnosis": ["diagnose", "diagnose_dataset"],
    "evaluation": ["compare"],
    "exceptions": ["ResamplingWarning"],
    "multilabel": [],  # used as multilabel.MLSMOTE(...)
    "over_sampling": [
        "ADASYN",
        "ROSE",
        "SMOTE",
        "SMOTEN",
        "SMOTENC",
        "SVMSMOTE",
        "BorderlineSMOTE",
        "GenerativeOverSampler",
        "GeometricSMOTE",
        "KMeansSMOTE",
        "PolynomFitSMOTE",
        "ProWSyn",
        "RandomOverSampler",
        "SafeLevelSMOTE",
    ],
    "patch": ["patch_imblearn", "unpatch_imblearn"],
    "plot": [],  # used as plot.resampling(...)
    "regression": [],  # used as regression.SMOTER(...)
    "report.in_memory": ["progress"],
    "spark": [],  # used as smotefast.spark.resample(...)
    "under_sampling": [
        "AllKNN",
        "ClusterCentroids",
        "CondensedNearestNeighbour",
        "EditedNearestNeighbours",
        "InstanceHardnessThreshold",
        "NearMiss",
        "NeighbourhoodCleaningRule",
        "OneSidedSelection",
        "RandomUnderSampler",
        "RepeatedEditedNearestNeighbours",
        "TomekLinks",
    ],
}

_registration.start()
if os.environ.get("SMOTEFAST_PATCH"):
    import_module("smotefast.patch.activation").patch_by_environment()


def load_ipython_extension(ipython: object) -> None:
    """Patch imbalanced-learn: ``%load_ext smotefast`` in IPython and notebooks."""
    import_module("smotefast.patch").patch_imblearn()


def unload_ipython_extension(ipython: object) -> None:
    """Undo it: ``%unload_ext smotefast``."""
    import_module("smotefast.patch").unpatch_imblearn()


def __getattr__(name: str) -> object:
    if name in SUBPACKAGES:
        return import_module(f"smotefast.{name}")
    for subpackage, names in SUBPACKAGES.items():
        if name in names:
            return getattr(import_module(f"smotefast.{subpackage}"), name)
    raise AttributeError(_no_attribute(name), name=name)


def _no_attribute(name: str) -> str:
    text = f"module 'smotefast' has no attribute {name!r}"
    if name.startswith("_"):
        return text
    from smotefast._messages import did_you_mean

    hint = did_you_mean(name, __all__, {"resample": "resample_dataset"})
    return f"{text}.{hint}" if hint else text


def __dir__() -> list[str]:
    return sorted(__all__)
