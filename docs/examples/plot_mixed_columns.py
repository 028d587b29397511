"""
Mixed columns: numbers and categories
=====================================

There is no value between two countries. SMOTENC interpolates numbers and takes each category
from a vote of the neighbors, so every new row has categories that exist. The frame that comes
back has the types of the frame that went in.
"""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from sklearn.preprocessing import OneHotEncoder

from smotefast import SMOTE, SMOTENC, plot

rng = np.random.default_rng(0)
n, n_fraud = 2_000, 100
is_fraud = np.r_[np.zeros(n, dtype=bool), np.ones(n_fraud, dtype=bool)]
countries = ["DE", "FR", "IT", "PL"]
X = pd.DataFrame(
    {
        "amount": np.exp(np.where(is_fraud, 6.0, 4.5) + rng.normal(0, 0.6, n + n_fraud)).round(
            2
        ),
        "age": np.where(is_fraud, 29, 45) + rng.integers(-9, 10, n + n_fraud),
        "country": pd.Categorical(
            np.where(
                is_fraud,
                rng.choice(countries, n + n_fraud, p=[0.1, 0.1, 0.2, 0.6]),
                rng.choice(countries, n + n_fraud),
            )
        ),
        "online": rng.random(n + n_fraud) < np.where(is_fraud, 0.9, 0.5),
    }
)
y = pd.Series(np.where(is_fraud, "fraud", "normal"), name="label")

sampler = SMOTENC(categorical_features=["country", "online"], random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
print(pd.DataFrame({"before": X.dtypes, "after": X_new.dtypes}))

# %%
# Ages are whole numbers as before, countries are countries. The last rows are synthetic:

X_new.tail(4)

# %%
# With a one-hot matrix and plain SMOTE, new rows are a bit of one country and a bit of another.

one_hot = OneHotEncoder(sparse_output=False).fit(X[["country", "online"]])
matrix = np.column_stack([X[["amount", "age"]], one_hot.transform(X[["country", "online"]])])
mixture, _ = SMOTE(random_state=0).fit_resample(matrix, y)
is_fraction = ~np.isin(mixture[len(X) :, 2:], [0, 1]).all(axis=1)
print(f"SMOTE on a one-hot matrix: {is_fraction.mean():.0%} of the new rows have fractions")

# %%
# Amount and age of the rows, and the countries of the fraud rows before and after.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
plot.resampling(X, y, X_new, y_new, columns=["amount", "age"], ax=left)
left.set_xscale("log")
before = X["country"][is_fraud].value_counts(normalize=True)[countries]
added = X_new["country"].iloc[len(X) :].value_counts(normalize=True)[countries]
for shift, shares, color, hatch, label in (
    (-0.2, before, "#767676", "", "fraud rows of the data"),
    (0.2, added, "#0072B2", "//", "new rows"),
):
    bars = right.bar(
        np.arange(4) + shift,
        shares,
        0.38,
        color=color,
        hatch=hatch,
        edgecolor="white",
        label=label,
    )
    right.bar_label(bars, [f"{share:.0%}" for share in shares], padding=2)
right.set_xticks(range(4), countries)
right.set(ylabel="share", xlabel="country")
right.legend()

# %%
# A vote favors what is frequent: the share of the most frequent country grows. Interpolated
# ages and amounts stay within those of the class.
