"""
The variants of SMOTE on one data set
=====================================

All over-samplers of the SMOTE family put new rows between rows of the minority class. They
differ in which rows they start from. Two moons with noise, and five minority rows deep inside
the other class, show where each of them adds rows.
"""

import warnings

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from smotefast import (
    ADASYN,
    SMOTE,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
    ResamplingWarning,
    plot,
)

# KMeansSMOTE rounds the rows for each cluster up, and says so.
warnings.simplefilter("ignore", ResamplingWarning)

X, y = make_moons((400, 60), noise=0.15, random_state=0)
inside = np.random.default_rng(0).normal([-0.5, 0.8], 0.12, size=(5, 2))
X, y = np.vstack([X, inside]), np.r_[y, np.ones(5, dtype=int)]

samplers = {
    "RandomOverSampler, with noise": RandomOverSampler(shrinkage=0.3, random_state=0),
    "SMOTE": SMOTE(random_state=0),
    "BorderlineSMOTE": BorderlineSMOTE(random_state=0),
    "SVMSMOTE": SVMSMOTE(random_state=0),
    "KMeansSMOTE": KMeansSMOTE(
        kmeans_estimator=20, cluster_balance_threshold=0.1, random_state=0
    ),
    "ADASYN": ADASYN(random_state=0),
}
results = {name: sampler.fit_resample(X, y) for name, sampler in samplers.items()}

# %%
# Filled markers are rows of the data, hollow ones are new. All panels have the same axes.

figure, axes = plt.subplots(
    2, 3, figsize=(12, 8), sharex=True, sharey=True, layout="constrained"
)
for ax, (name, (X_new, y_new)) in zip(axes.flat, results.items(), strict=True):
    plot.resampling(X, y, X_new, y_new, ax=ax)
    ax.set_title(name)

# %%
# SMOTE treats all minority rows the same, also the five rows inside the other class.
# BorderlineSMOTE and ADASYN add most rows where the classes meet. SVMSMOTE starts from support
# vectors. KMeansSMOTE adds rows only in clusters with enough of the minority class, most in
# sparse ones, and one of these has some of the five rows.
#
# How many new rows are closest to a row of the other class? A classifier is told that such
# regions belong to the minority.

search = NearestNeighbors(n_neighbors=1).fit(X)
share = {}
for name, (X_new, _) in results.items():
    nearest = search.kneighbors(X_new[len(X) :], return_distance=False).ravel()
    share[name] = np.mean(y[nearest] == 0)
    print(f"{name:30} {len(X_new) - len(X):4} new rows, {share[name]:.0%} among the others")

# %%
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
bars = ax.barh(list(share), list(share.values()), color="#0072B2")
ax.bar_label(bars, [f"{value:.0%}" for value in share.values()], padding=2)
ax.invert_yaxis()
ax.set(xlabel="share of new rows whose nearest row is of the other class")
ax.margins(x=0.1)

# %%
# A high share is no error: BorderlineSMOTE and ADASYN aim at the border. It is one if the rows
# there are mislabeled, which they cannot know.
