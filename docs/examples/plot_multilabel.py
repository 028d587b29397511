"""
Rows with several labels
========================

Some labels are rare, and a row that has one mostly has common labels, too. MLROS copies rows
with rare labels, MLSMOTE generates rows between them, MLRUS removes rows without them.
"""

import warnings

import numpy as np
from matplotlib import pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

from smotefast import ResamplingWarning
from smotefast.multilabel import MLROS, MLRUS, MLSMOTE, label_imbalance

rng = np.random.default_rng(0)
X = rng.normal(size=(2_000, 8))
score = X[:, :6] + 0.7 * rng.normal(size=(2_000, 6))
y = (score > [0.2, 0.4, 0.6, 1.5, 2.6, 2.8]).astype(int)

# %%
# The imbalance ratio of a label (IRLbl) is the number of rows with the most frequent label for
# each row with this one. Labels above the mean are minority labels.

before = label_imbalance(y)
print("rows with each label:", y.sum(axis=0))
print("IRLbl:", before.irlbl.round(1), f"mean {before.mean_ir:.1f}, CVIR {before.cvir:.2f}")
print("minority labels:", before.minority())

# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
samplers = {
    "nothing": None,
    "MLROS": MLROS(percentage=10, random_state=0),
    "MLRUS": MLRUS(percentage=25, random_state=0),
    "MLSMOTE": MLSMOTE(random_state=0),
    "MLSMOTE, union": MLSMOTE(label_set="union", random_state=0),
}
ratios, scores = {}, {}
for name, sampler in samplers.items():
    rows, labels = X_train, y_train
    if sampler is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)  # all labels are balanced before
            rows, labels = sampler.fit_resample(X_train, y_train)
    model = RandomForestClassifier(30, random_state=0).fit(rows, labels)
    predicted = np.column_stack([each[:, 1] for each in model.predict_proba(X_test)])
    ratios[name] = label_imbalance(labels).mean_ir
    scores[name] = average_precision_score(y_test, predicted, average=None)
    print(f"{name:15} {len(rows):5} rows, MeanIR {ratios[name]:5.1f}")

# %%
# Average precision of each label on rows that were not resampled:

figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for i, (name, values) in enumerate(scores.items()):
    ax.bar(np.arange(6) + 0.16 * i - 0.32, values, 0.15, label=name)
ax.set(xlabel="label", ylabel="average precision")
ax.legend(fontsize=8, ncols=2)
for name, values in scores.items():
    rare = values[before.minority()].mean()
    print(f"{name:15} minority labels {rare:.3f}, all labels {values.mean():.3f}")

# %%
# A lower MeanIR is not yet a better model: one test set with a few rows of each rare label
# shows only large differences. The union of the labels of all neighbors gives rows labels that
# they do not have.
