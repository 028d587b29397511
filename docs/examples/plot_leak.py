"""
A leak, measured
================

Resampling before the data are split puts copies, or samples between rows of both parts, into
training and test rows. The model is then tested on what it has seen. Here the labels are pure
chance: an honest score is the share of the class, whatever the model.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

from smotefast import SMOTE, RandomOverSampler, RandomUnderSampler
from smotefast.evaluation import ResampledClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(600, 8))
y = (rng.random(600) < 0.1).astype(int)
print(f"{y.sum()} of {len(y)} rows are of class 1; the labels do not depend on X")

folds = StratifiedKFold(5, shuffle=True, random_state=0)
forest = RandomForestClassifier(40, random_state=0)
samplers = [
    RandomOverSampler(random_state=0),
    SMOTE(random_state=0),
    RandomUnderSampler(random_state=0),
]
names = [type(sampler).__name__ for sampler in samplers]

# %%
# Wrong: the sampler sees all rows, then they are split.

wrong = [
    cross_val_score(forest, *sampler.fit_resample(X, y), cv=folds, scoring="roc_auc")
    for sampler in samplers
]

# %%
# Right: ``ResampledClassifier`` resamples the training rows of each fold, and nothing else.

right = [
    cross_val_score(ResampledClassifier(sampler, forest), X, y, cv=folds, scoring="roc_auc")
    for sampler in samplers
]
for name, leaked, honest in zip(names, wrong, right, strict=True):
    print(f"{name:20} before the split {leaked.mean():.3f}, in each fold {honest.mean():.3f}")

# %%
# A ROC AUC of 0.5 is chance. The points are the five folds.

figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
for shift, scores, marker, color, label in (
    (-0.12, wrong, "X", "#D55E00", "resampled before the split"),
    (0.12, right, "o", "#0072B2", "resampled in each fold"),
):
    for i, values in enumerate(scores):
        ax.plot(
            values, np.full(5, i + shift), marker, color=color, label=label if i == 0 else None
        )
ax.axvline(0.5, color="gray", linestyle="--", linewidth=1)
ax.set_yticks(range(len(names)), names)
ax.set(xlabel="ROC AUC on the test rows of a fold", ylim=(len(names) - 0.5, -0.5))
ax.legend(loc="upper left", bbox_to_anchor=(0, -0.2), ncols=2)

# %%
# Over-sampling before the split makes a model of noise look excellent. Under-sampling before
# the split makes no copies, but then the test rows do not have the class sizes of real data:
# precision, F1 and probabilities are wrong in a less visible way.
