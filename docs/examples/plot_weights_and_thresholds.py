"""
Weights, thresholds and SMOTE
=============================

Three ways to find more rows of a rare class: give its rows a weight, over-sample it, or lower
the threshold of the decision. With a logistic regression they are nearly the same thing.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

from smotefast import SMOTE, prior_correction

X, y = make_classification(
    20_000, n_informative=6, weights=[0.95], class_sep=0.8, flip_y=0.02, random_state=0
)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
X_new, y_new = SMOTE(random_state=0).fit_resample(X_train, y_train)

models = {
    "nothing": LogisticRegression().fit(X_train, y_train),
    "class weights": LogisticRegression(class_weight="balanced").fit(X_train, y_train),
    "SMOTE": LogisticRegression().fit(X_new, y_new),
}
predicted = {name: model.predict_proba(X_test)[:, 1] for name, model in models.items()}

# %%
# The order of the test rows hardly changes: the ROC AUC is almost equal. The F1 score at 0.5
# is very different, and its best value over all thresholds is not.

thresholds = np.linspace(0.01, 0.99, 99)
curves = {
    name: [f1_score(y_test, p >= threshold, zero_division=0) for threshold in thresholds]
    for name, p in predicted.items()
}
print(f"{'':14} ROC AUC  F1 at 0.5  best F1  at threshold  log loss")
for name, p in predicted.items():
    best = int(np.argmax(curves[name]))
    print(
        f"{name:14} {roc_auc_score(y_test, p):7.3f} {f1_score(y_test, p >= 0.5):10.3f} "
        f"{curves[name][best]:8.3f} {thresholds[best]:13.2f} {log_loss(y_test, p):9.3f}"
    )

# %%
# Weights and SMOTE move all probabilities up, and the best threshold with them. Probabilities
# of a model that was fitted on resampled rows are wrong until they are corrected:
# ``prior_correction`` takes the class sizes before and after.

corrected = prior_correction(
    models["SMOTE"].predict_proba(X_test), np.bincount(y_train), np.bincount(y_new)
)[:, 1]
print(f"log loss of SMOTE {log_loss(y_test, predicted['SMOTE']):.3f}, ", end="")
print(f"after correction {log_loss(y_test, corrected):.3f}")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
styles = {
    "nothing": {"color": "black", "linestyle": "-", "marker": "o"},
    "class weights": {"color": "#E69F00", "linestyle": "--", "marker": "s"},
    "SMOTE": {"color": "#0072B2", "linestyle": ":", "marker": "^"},
    "SMOTE, corrected": {"color": "#009E73", "linestyle": "-.", "marker": "D"},
}
for name, values in curves.items():
    left.plot(thresholds, values, label=name, markevery=12, **styles[name])
left.axvline(0.5, color="gray", linewidth=1)
left.set(xlabel="threshold", ylabel="F1 on test rows")
left.legend()
for name, p in {**predicted, "SMOTE, corrected": corrected}.items():
    shares, means = calibration_curve(y_test, p, n_bins=8, strategy="quantile")
    right.plot(means, shares, label=name, **styles[name])
right.plot([0, 1], [0, 1], color="gray", linewidth=1)
right.set(xlabel="mean predicted probability", ylabel="share of the class")
right.legend()

# %%
# Left: three curves of about the same height, moved sideways. Right: without resampling, or
# after the correction, probabilities lie near the diagonal; with weights or SMOTE they are much
# too high. Moving the threshold of the plain model costs nothing and keeps the probabilities.
