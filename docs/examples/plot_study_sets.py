"""
Three sets of a study, and what one split can show
==================================================

A published study compared SMOTE, ADASYN and BorderlineSMOTE with doing nothing on the sets
ecoli, thyroid_sick and arrhythmia, each on one split into training and test rows. This page
generates sets of the same sizes and shows what single splits say. The classes are normal, with
the same covariance: a logistic regression is the right model, and no sampler can improve it.

The real sets can be downloaded: replace ``generate(...)`` by
``imblearn.datasets.fetch_datasets()["ecoli"]``, and take ``data`` and ``target`` of it.
"""

import numpy as np
from matplotlib import pyplot as plt

import smotefast
from smotefast import plot

sizes = {  # rows, rows of the small class, columns
    "ecoli": (336, 35, 7),
    "thyroid_sick": (3_772, 231, 52),
    "arrhythmia": (452, 25, 278),
}


def generate(n_rows, n_small, n_columns):
    """Return normal columns, of which four differ between the classes."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [n_rows - n_small, n_small])
    X = rng.normal(size=(n_rows, n_columns))
    X[y == 1, :4] += 0.9
    return X, y


# %%
# ``compare`` tests all options on the same folds. Each fold is a split like that of the study.

results = {
    name: smotefast.compare(
        *generate(*size),
        models="logistic",
        samplers=["smote", "adasyn", "borderline-smote"],
        ratios=[1],
        metric="roc_auc",
        scaling="minmax",
        folds=6,
        repeats=1,
        holdout=0,
        progress=False,
        n_jobs=1,
    )
    for name, size in sizes.items()
}

# %%
# Crosses are single splits: the difference of an option to doing nothing on one fold. The
# intervals are those of the mean over all folds.

figure, axes = plt.subplots(3, 1, figsize=(8, 10), sharex=True, layout="constrained")
for ax, (name, result) in zip(axes, results.items(), strict=True):
    plot.intervals(result, ax=ax, markersize=8)
    ax.set_title(name)
    shown = [option for option in result.options if option.label not in ("none", "threshold")]
    for i, option in enumerate(shown):
        differences = option.scores["roc_auc"] - result.options[0].scores["roc_auc"]
        ax.plot(differences, np.full(len(differences), i + 0.25), "x", color="#D55E00")

# %%
# On the two small sets, single splits differ most: one that shows a sampler ahead on ecoli, or
# behind on arrhythmia, says little about the next split. No interval claims a gain. The set
# thyroid_sick has more rows, so its splits and intervals are closer to 0.

for name, result in results.items():
    nothing = result.options[0].scores["roc_auc"]
    smote = next(option for option in result.options if option.option.name == "smote")
    single = smote.scores["roc_auc"] - nothing
    interval = smote.difference["roc_auc"]
    print(
        f"{name:13} SMOTE on one split {single.min():+.3f} to {single.max():+.3f}, "
        f"interval of the mean {interval.low:+.3f} to {interval.high:+.3f}"
    )
