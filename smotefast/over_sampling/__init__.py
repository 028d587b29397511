"""Over-samplers, one a file; names as in ``imblearn.over_sampling``."""

from smotefast.over_sampling.adasyn import ADASYN
from smotefast.over_sampling.borderline_smote import BorderlineSMOTE
from smotefast.over_sampling.random_over_sampler import RandomOverSampler
from smotefast.over_sampling.smote import SMOTE

__all__ = ["ADASYN", "SMOTE", "BorderlineSMOTE", "RandomOverSampler"]
