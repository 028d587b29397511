"""
Choosing the ratio and the number of neighbors
==============================================

How many rows should SMOTE add, and between how many neighbors? ``compare`` cross-validates each
pair of values, and says which differences are shown.

The data are made so that resampling helps: the common class has a small group far away, which
turns the line of a logistic regression. More rows of the rare class turn it back.
"""

import textwrap

import numpy as np
from matplotlib import pyplot as plt

import smotefast
from smotefast import plot

rng = np.random.default_rng(0)
X = rng.normal(size=(5_000, 4))
y = (rng.random(5_000) < 0.05).astype(int)
X[y == 1, :2] += [1.5, 0.3]
is_far = (y == 0) & (rng.random(5_000) < 0.03)
X[is_far, :2] = rng.normal([6.0, -2.0], 0.3, size=(is_far.sum(), 2))

result = smotefast.compare(
    X,
    y,
    models="logistic",
    metric="roc_auc",
    samplers=["smote"],
    ratios=[0.1, 0.2, 0.5, 1],
    k_neighbors=[3, 20],
    repeats=2,
    progress=False,
    n_jobs=1,
)
print(textwrap.fill(result.verdict, 80))

# %%
# Each line is a number of neighbors. A bar is the 95% interval of the difference to doing
# nothing, which is the dashed line. The intervals hold for all options together.

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
plot.ratio_curve(result, ax=left)
plot.intervals(result, ax=right)

# %%
# The metric rises with the ratio, and the two lines lie on each other: here the ratio matters
# and the number of neighbors does not. Class weights gain the same without a new row.

for option in result.options:
    difference = option.difference["roc_auc"]
    shown = "shown to be better" if difference.better else ""
    print(f"{option.label:14} {option.mean('roc_auc'):.3f} {difference.mean:+.3f} {shown}")

# %%
# A last estimate on rows that were kept for it, which no option was chosen by:

option, nothing = result.estimate.metrics["roc_auc"], result.estimate.none["roc_auc"]
print(f"{result.winner.label}: {option:.3f}, doing nothing: {nothing:.3f}")
