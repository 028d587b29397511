"""
Safe, borderline and noise
==========================

A row is safe if most of its neighbors are of its class, borderline if at least half are of
others, and noise if all are. ``diagnose`` finds them before anything is resampled, by a
distance that scales the columns if they need it.
"""

import numpy as np
from matplotlib import pyplot as plt

import smotefast
from smotefast import plot

rng = np.random.default_rng(0)
y = np.repeat([0, 1], [900, 100])


def overlapping(distance):
    """Return two normal classes whose centers are so far apart."""
    return rng.normal(size=(len(y), 2)) + distance * y[:, np.newaxis] / np.sqrt(2)


sets = {f"centers {distance} apart": overlapping(distance) for distance in (4, 2, 0.5)}
reports = {name: smotefast.diagnose(X, y) for name, X in sets.items()}

# %%
# Above, the rows; below, the shares of each kind in both classes.

figure, axes = plt.subplots(2, 3, figsize=(13, 8), layout="constrained")
for (top, bottom), (name, X) in zip(axes.T, sets.items(), strict=True):
    plot.neighborhood(reports[name], X, ax=top)
    top.set_title(name)
    plot.neighborhood(reports[name], ax=bottom)

# %%
# Far apart, nearly all rows of both classes are safe, and all variants of SMOTE give much the
# same. Closer together, the rare class has many borderline rows, which BorderlineSMOTE starts
# from. On top of each other, no row of the rare class is safe: there is no region that is its
# own, and new rows fill regions of the other class.

for name, report in reports.items():
    rare = report.classes[1]
    print(
        f"{name:18} safe {rare.safe:.0%}, borderline {rare.danger:.0%}, noise {rare.noise:.0%}"
    )
