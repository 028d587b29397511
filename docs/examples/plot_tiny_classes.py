"""
Many classes, some of them tiny
===============================

SMOTE with five neighbors needs six rows of a class. Real tables have classes with three rows,
or one. ``small_class`` says what to do with them, and ``sampling_strategy`` how far each class
is to grow.
"""

import textwrap
import warnings

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_blobs

from smotefast import SMOTE, ResamplingWarning, plot

sizes = [500, 160, 60, 12, 4, 1]
names = np.array(["common", "usual", "uncommon", "rare", "very rare", "single"])
X, codes = make_blobs(sizes, centers=None, cluster_std=1.2, random_state=3)
y = names[codes]

# %%
# By default, a class that is too small is an error, which says what can be done.

try:
    SMOTE(random_state=0).fit_resample(X, y)
except ValueError as error:
    print(textwrap.fill(str(error), 80))

# %%
# With "clamp", a class of four rows uses three neighbors. A single row has no neighbors:
# "duplicate" copies it, and clamps the others. A warning says so, because copies teach a
# model nothing but that one row.

sampler = SMOTE(small_class="duplicate", random_state=0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", ResamplingWarning)
    X_all, y_all = sampler.fit_resample(X, y)
for warning in caught:
    print(textwrap.fill(str(warning.message), 80))

# %%
# Growing a class of one row to 500 is a bad idea. A dict says how many rows each class is to
# have, and leaves out what is too small to learn from.

goal = {"usual": 250, "uncommon": 150, "rare": 60}
X_some, y_some = SMOTE(sampling_strategy=goal, random_state=0).fit_resample(X, y)

figure, axes = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
for ax, labels, title in zip(
    axes[0],
    (y_all, y_some),
    ("all classes to 500 rows", "three classes, each to its goal"),
    strict=True,
):
    plot.class_counts(y, labels, ax=ax)
    ax.set_title(title)
for ax, (X_new, y_new) in zip(axes[1], ((X_all, y_all), (X_some, y_some)), strict=True):
    plot.resampling(X, y, X_new, y_new, ax=ax)

# %%
# Left: 500 copies of a single row, and lines between four rows, have the weight
# of the common class. Right: the classes keep their order, and no class is more than five times
# what is known of it.

for label in names:
    n_before, n_all, n_some = (np.sum(each == label) for each in (y, y_all, y_some))
    print(f"{label:10} {n_before:4} rows: to {n_all}, or to {n_some}")
