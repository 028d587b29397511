"""
Rare values of a numeric target
===============================

Few houses are expensive, few days are extremely hot. A model that is fitted to all rows is
worst at these values. SMOTER and SMOGN generate more of them; whether that helps is measured
here.
"""

import numpy as np
from imblearn.pipeline import make_pipeline
from matplotlib import pyplot as plt
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import KFold

from smotefast.regression import SMOGN, SMOTER, RelevanceFunction

rng = np.random.default_rng(0)
X = rng.normal(size=(2_000, 6))
y = np.exp(X[:, 0] + 0.5 * X[:, 1] * X[:, 2]) + rng.normal(0, 0.3, 2_000)

# %%
# The relevance function says which targets are rare: by default those beyond the whiskers of
# the box plot. Here only high values are.

relevance = RelevanceFunction(extremes="high").fit(y)
figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.hist(y, bins=100, color="#9aa5b1")
ax.set(xlabel="target", ylabel="rows", xlim=(-1, 25))
twin = ax.twinx()
twin.plot(np.linspace(-1, 25, 300), relevance(np.linspace(-1, 25, 300)), c="#d55e00")
twin.set(ylabel="relevance", ylim=(0, 1.05))
sampler = SMOTER(relevance=relevance, random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
limit = sampler.bins_[1, 0]
print(
    f"{np.sum(y >= limit)} of {len(y)} targets are rare; after SMOTER {np.sum(y_new >= limit)}"
)

# %%
# Resampling belongs inside of the cross-validation: only the rows that train the model are
# resampled, and errors are measured on original rows.


def errors(*steps: object) -> dict[str, float]:
    """Return the mean absolute error of rare and of common targets."""
    found = []
    for train, test in KFold(3, shuffle=True, random_state=0).split(X):
        model = make_pipeline(
            *steps, ExtraTreesRegressor(30, min_samples_leaf=3, random_state=0)
        )
        error = np.abs(model.fit(X[train], y[train]).predict(X[test]) - y[test])
        found.append([error[y[test] >= limit].mean(), error[y[test] < limit].mean()])
    return dict(zip(("rare", "common"), np.mean(found, axis=0), strict=True))


how = {"relevance": RelevanceFunction(extremes="high"), "random_state": 0}
options = {
    "nothing": errors(),
    "SMOTER": errors(SMOTER(**how)),
    "SMOGN": errors(SMOGN(**how)),
    "SMOTER, rare x 2": errors(SMOTER(sampling_strategy=[1, 2], **how)),
}
for name, error in options.items():
    print(f"{name:18} rare {error['rare']:.2f}, common {error['common']:.2f}")

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), sharey=True, layout="constrained")
for ax, group in zip(axes, ("rare", "common"), strict=True):
    bars = ax.barh(list(options), [error[group] for error in options.values()], color="#0072b2")
    ax.bar_label(bars, fmt="%.2f", padding=2)
    ax.set_title(f"mean absolute error of {group} targets", fontsize=10)
    ax.margins(x=0.15)
axes[0].invert_yaxis()

# %%
# The error of rare targets and that of common ones move in opposite directions. Which of them
# matters is no question of statistics; a factor for each bin, such as ``[1, 2]``, lies between.
