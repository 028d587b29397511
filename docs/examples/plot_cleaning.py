"""
What cleaning removes
=====================

Tomek links and edited nearest neighbors remove rows near the border, in the hope that they are
noise. Here it is known which rows are: 4% of the labels were flipped on purpose.
"""

import numpy as np
from matplotlib import pyplot as plt

from smotefast import (
    SMOTEENN,
    AllKNN,
    EditedNearestNeighbours,
    NeighbourhoodCleaningRule,
    SMOTETomek,
    TomekLinks,
    plot,
)

rng = np.random.default_rng(0)
n, n_minority = 600, 90
truth = np.r_[np.zeros(n, dtype=int), np.ones(n_minority, dtype=int)]
X = rng.normal(size=(len(truth), 2)) + 1.9 * truth[:, np.newaxis]
is_flipped = rng.random(len(truth)) < 0.04
y = np.where(is_flipped, 1 - truth, truth)
print(f"{is_flipped.sum()} of {len(y)} labels are wrong")

samplers = [
    TomekLinks(sampling_strategy="all"),
    EditedNearestNeighbours(sampling_strategy="all"),
    AllKNN(sampling_strategy="all"),
    NeighbourhoodCleaningRule(),
    SMOTETomek(random_state=0),
    SMOTEENN(random_state=0),
]
results = [sampler.fit_resample(X, y) for sampler in samplers]

# %%
# Crosses are removed rows, hollow markers are new ones. All panels have the same axes.

figure, axes = plt.subplots(
    2, 3, figsize=(12, 8), sharex=True, sharey=True, layout="constrained"
)
for ax, sampler, (X_new, y_new) in zip(axes.flat, samplers, results, strict=True):
    plot.resampling(X, y, X_new, y_new, ax=ax)
    ax.set_title(type(sampler).__name__)

# %%
# How many of the wrong labels are gone, and how many correct rows with them?
# ``resample_aligned`` resamples the row numbers as the data; synthetic rows get -1.

wrong, correct = [], []
for sampler in samplers:
    rows = sampler.resample_aligned(np.arange(len(X)), synthetic=-1)
    is_removed = ~np.isin(np.arange(len(X)), rows)
    wrong.append(is_removed[is_flipped].mean())
    correct.append([is_removed[~is_flipped & (truth == label)].mean() for label in (0, 1)])
    print(
        f"{type(sampler).__name__:26} removes {wrong[-1]:4.0%} of the wrong labels, "
        f"{correct[-1][0]:4.0%} and {correct[-1][1]:4.0%} of the correct rows of class 0 and 1"
    )

# %%
figure, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
positions = np.arange(len(samplers))
parts = (
    ("wrong labels", wrong, "#767676", ""),
    ("correct rows of class 0", [pair[0] for pair in correct], "#0072B2", "//"),
    ("correct rows of class 1", [pair[1] for pair in correct], "#D55E00", "xx"),
)
for i, (label, shares, color, hatch) in enumerate(parts):
    ax.barh(
        positions + 0.27 * (i - 1),
        shares,
        0.25,
        color=color,
        hatch=hatch,
        edgecolor="white",
        label=label,
    )
ax.set_yticks(positions, [type(sampler).__name__ for sampler in samplers])
ax.invert_yaxis()
ax.set(xlabel="share of the rows that are removed")
ax.legend()

# %%
# Removing wrong labels costs correct rows. EditedNearestNeighbours on both classes removes
# nearly all wrong labels, and about half of the small class with them.
# NeighbourhoodCleaningRule keeps the small class as it is, with its wrong labels. SMOTEENN adds
# rows first: fewer rows of the small class are removed then, more of the large one, and the
# wrong labels that SMOTE has surrounded with new rows remain.
