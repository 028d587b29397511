"""Plots of resampling by matplotlib: rows, provenance, class sizes, and results of reports.

Each function draws on an ``Axes`` and returns it. matplotlib is the optional extra ``plot``
and is imported at the first plot.

>>> import numpy as np
>>> import smotefast
>>> axes = smotefast.plot.class_counts(np.repeat(["common", "rare"], [900, 100]))
>>> axes.get_xlabel()
'rows'
"""

from smotefast.plot.before_after import resampling
from smotefast.plot.classes import class_counts, neighborhood
from smotefast.plot.comparisons import intervals, ratio_curve
from smotefast.plot.origins import provenance

__all__ = [
    "class_counts",
    "intervals",
    "neighborhood",
    "provenance",
    "ratio_curve",
    "resampling",
]
