"""Resampling for multilabel data, in which a row may have several labels."""

from smotefast.multilabel.labels import LabelImbalance, label_imbalance
from smotefast.multilabel.mlros import MLROS
from smotefast.multilabel.mlrus import MLRUS
from smotefast.multilabel.mlsmote import MLSMOTE

__all__ = ["MLROS", "MLRUS", "MLSMOTE", "LabelImbalance", "label_imbalance"]
