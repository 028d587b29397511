"""
Rows with missing values
========================

Imputing before SMOTE moves all missing values to one point, and samples to the line through it.
``missing="distance"`` compares the columns that two rows have in common instead, and leaves the
holes to a model that takes them.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_moons
from sklearn.impute import SimpleImputer

from smotefast import SMOTE, plot

rng = np.random.default_rng(0)
X, y = make_moons((400, 60), noise=0.1, random_state=0)
X = np.column_stack([X, X[:, 0] + rng.normal(0, 0.1, len(X))])  # what the first column says
is_missing = rng.random(X.shape) < [0.0, 0.25, 0.25]
X[is_missing] = np.nan

sampler = SMOTE(missing="distance", random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
added = X_new[len(X) :]
print(f"missing in the class: {np.isnan(X[y == 1]).mean():.0%}")
print(f"missing in samples:   {np.isnan(added).mean():.0%}")

# %%
# A value is missing in a sample if both of its rows miss it. Where one of them has it, the
# sample has it, too.

base, neighbor, step = sampler.provenance_
both = np.isnan(X[base]) & np.isnan(X[neighbor])
print("missing where both rows miss it:", np.array_equal(both, np.isnan(added)))

# %%
# The rows that have both of the first two columns, and such samples. With imputed medians,
# samples begin or end on the line of the median, where no row of the class is.

imputed = SimpleImputer(strategy="median").fit_transform(X)
X_imputed, y_imputed = SMOTE(random_state=0).fit_resample(imputed, y)
figure, axes = plt.subplots(1, 2, figsize=(12, 4.5), layout="constrained", sharey=True)
whole = ~np.isnan(X_new[:, :2]).any(axis=1)
plot.resampling(
    X[whole[: len(X)]][:, :2], y[whole[: len(X)]], X_new[whole][:, :2], y_new[whole], ax=axes[0]
)
plot.resampling(imputed[:, :2], y, X_imputed[:, :2], y_imputed, ax=axes[1])
axes[0].set_title('missing="distance"')
axes[1].set_title("medians, then SMOTE")

# %%
# Values that cannot be: the second column is never below -0.5 here, and whole numbers are
# whole again.

limited = SMOTE(
    missing="distance", bounds={1: (-0.5, None)}, round_columns=[2], random_state=0
).fit_resample(X, y)[0][len(X) :]
print(f"lowest value {np.nanmin(limited[:, 1]):.2f}, before {np.nanmin(added[:, 1]):.2f}")
print("whole numbers:", np.unique(limited[~np.isnan(limited[:, 2]), 2]))
