"""Resampling for regression: more rows where the target is rare, fewer where it is common."""

from smotefast.regression.relevance import RelevanceFunction
from smotefast.regression.smogn import SMOGN
from smotefast.regression.smoter import SMOTER

__all__ = ["SMOGN", "SMOTER", "RelevanceFunction"]
