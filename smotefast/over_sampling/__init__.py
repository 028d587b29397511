"""Over-samplers, one a file; names as in ``imblearn.over_sampling``."""

from smotefast.over_sampling.adasyn import ADASYN
from smotefast.over_sampling.borderline_smote import BorderlineSMOTE
from smotefast.over_sampling.kmeans_smote import KMeansSMOTE
from smotefast.over_sampling.random_over_sampler import RandomOverSampler
from smotefast.over_sampling.smote import SMOTE
from smotefast.over_sampling.smote_n import SMOTEN
from smotefast.over_sampling.smote_nc import SMOTENC
from smotefast.over_sampling.svm_smote import SVMSMOTE

__all__ = [
    "ADASYN",
    "SMOTE",
    "SMOTEN",
    "SMOTENC",
    "SVMSMOTE",
    "BorderlineSMOTE",
    "KMeansSMOTE",
    "RandomOverSampler",
]
