"""
Where a synthetic row comes from
================================

Every synthetic row has a base row, a neighbor, and a step between them. They are kept as draws
and cost nothing until they are read. With them, a row that looks wrong can be traced to the
rows of the data that made it.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_moons

from smotefast import SMOTE, plot

X, y = make_moons((300, 40), noise=0.12, random_state=1)
X = np.vstack([X, [[-0.9, 1.1]]])  # a row with a wrong label, far from its class
y = np.r_[y, 1]

sampler = SMOTE(random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
base, neighbor, step = sampler.provenance_

# %%
# A sample is ``base + step * (neighbor - base)``, bit for bit:

again = X[base] + step[:, np.newaxis] * (X[neighbor] - X[base])
print("computed again:", np.array_equal(again, X_new[len(X) :]))

# %%
# How long is the way between base row and neighbor? The longest ways start at one row.

length = np.linalg.norm(X[base] - X[neighbor], axis=1)
longest = np.argsort(length)[-5:][::-1]
for i in longest:
    print(f"row {len(X) + i} of the result: base row {base[i]}, length {length[i]:.2f}")
rows, counts = np.unique(base[length > 1], return_counts=True)
print(f"ways longer than 1 start at rows {rows.tolist()}, {counts.sum()} samples")

# %%
# Left: twenty samples with their ways. Right: the length of all ways.

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
plot.provenance(sampler, X, y, max_samples=20, ax=left)
right.hist(length, 40, color="#0072B2")
right.set(xlabel="distance from base row to neighbor", ylabel="synthetic samples")
right.axvline(1, color="gray", linestyle="--", linewidth=1)

# %%
# The samples of the wrong row cross the other class. Without that row, there are none.

is_right = np.arange(len(X)) != rows[0]
sampler.fit_resample(X[is_right], y[is_right])
base, neighbor, _ = sampler.provenance_
length = np.linalg.norm(X[is_right][base] - X[is_right][neighbor], axis=1)
print(f"longest way without row {rows[0]}: {length.max():.2f}")
