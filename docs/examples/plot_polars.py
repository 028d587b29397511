"""
Polars frames
=============

``fit_resample`` takes a polars frame and returns one: names, order and types of the columns are
those of the input. Nothing is converted to pandas on the way.
"""

import numpy as np
import polars as pl
from matplotlib import pyplot as plt

from smotefast import SMOTE, plot

rng = np.random.default_rng(0)
n, n_churned = 3_000, 150
churned = np.r_[np.zeros(n, dtype=bool), np.ones(n_churned, dtype=bool)]
frame = pl.DataFrame(
    {
        "visits": rng.poisson(np.where(churned, 3, 9)).astype(np.int32),
        "minutes": rng.gamma(2.0, np.where(churned, 4.0, 9.0)).astype(np.float32),
        "basket": rng.normal(np.where(churned, 22.0, 35.0), 9.0),
        "churned": np.where(churned, "yes", "no"),
    }
)
X, y = frame.drop("churned"), frame["churned"]
X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
print(type(X_new).__module__, X_new.schema == X.schema, y_new.dtype)

# %%
# Over-samplers append new rows, so ``tail`` has them. Visits are whole numbers, as before.

X_new.tail(3)

# %%
# Any expression of polars works on the result. New rows lie between rows of the class: its
# means stay about the same, and its spread becomes a little smaller.

resampled = X_new.with_columns(y_new, is_new=pl.int_range(pl.len()) >= len(X))
summary = (
    resampled.filter(pl.col("churned") == "yes")
    .group_by("is_new", maintain_order=True)
    .agg(pl.len(), pl.col("minutes").mean(), spread=pl.col("minutes").std())
)
print(summary)

# %%
# Left: two columns before and after. Right: the minutes of the class, before and after.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
plot.resampling(X, y, X_new, y_new, columns=["minutes", "basket"], ax=left)
bins = np.linspace(0, 40, 41)
for is_new, style in (
    (False, {"color": "#767676", "label": "rows of the data"}),
    (True, {"color": "#D55E00", "label": "new rows", "histtype": "step", "linewidth": 2}),
):
    subset = resampled.filter((pl.col("churned") == "yes") & (pl.col("is_new") == is_new))
    right.hist(subset["minutes"].to_numpy(), bins, density=True, **style)
right.set(xlabel="minutes of churned customers", ylabel="density")
right.legend()
