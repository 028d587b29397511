"""Over-sampling followed by cleaning; names as in ``imblearn.combine``."""

from smotefast.combine.combination import Combination
from smotefast.combine.smote_enn import SMOTEENN
from smotefast.combine.smote_tomek import SMOTETomek

__all__ = ["SMOTEENN", "Combination", "SMOTETomek"]
