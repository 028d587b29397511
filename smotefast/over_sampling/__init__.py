"""Over-samplers, one a file; names as in ``imblearn.over_sampling`` if it has them."""

from smotefast.over_sampling.adasyn import ADASYN
from smotefast.over_sampling.borderline_smote import BorderlineSMOTE
from smotefast.over_sampling.generative.sampler import GenerativeOverSampler
from smotefast.over_sampling.geometric_smote import GeometricSMOTE
from smotefast.over_sampling.kmeans_smote import KMeansSMOTE
from smotefast.over_sampling.polynom_fit_smote import PolynomFitSMOTE
from smotefast.over_sampling.prowsyn import ProWSyn
from smotefast.over_sampling.random_over_sampler import RandomOverSampler
from smotefast.over_sampling.rose import ROSE
from smotefast.over_sampling.safe_level_smote import SafeLevelSMOTE
from smotefast.over_sampling.smote import SMOTE
from smotefast.over_sampling.smote_n import SMOTEN
from smotefast.over_sampling.smote_nc import SMOTENC
from smotefast.over_sampling.svm_smote import SVMSMOTE

__all__ = [
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
]
