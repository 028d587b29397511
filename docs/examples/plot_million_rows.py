"""
A million rows
==============

How long does ``fit_resample`` take, and where does the time go? Tables of ten thousand to a
million rows with 1% of the minority class are balanced by SMOTE. The times are those of the
machine that built this page.
"""

import time

import numpy as np
from matplotlib import pyplot as plt

from smotefast import SMOTE, RandomUnderSampler, plot

rng = np.random.default_rng(0)
n_rows = 1_000_000
y = (np.arange(n_rows) % 100 == 0).astype(np.int8)
X = rng.normal(size=(n_rows, 8))
X[y == 1, :2] += 2.5

# %%
# The first call of a process loads compiled code, so a call that is not timed goes ahead.
# RandomUnderSampler shows what a sampler takes that only copies a few rows.

samplers = {
    "SMOTE": SMOTE(random_state=0),
    "RandomUnderSampler": RandomUnderSampler(random_state=0),
}
sizes = [10_000, 100_000, 1_000_000]
seconds = {name: [] for name in samplers}
for name, sampler in samplers.items():
    sampler.fit_resample(X[:200_000], y[:200_000])
    for n in sizes:
        start = time.perf_counter()
        X_new, y_new = sampler.fit_resample(X[:n], y[:n])
        seconds[name].append(time.perf_counter() - start)
        print(f"{name:18} {n:9,} rows to {len(X_new):9,}: {seconds[name][-1]:.3f} s")

# %%
# A million points would be one blot. ``plot.resampling`` draws a sample of them, and the legend
# has the true numbers.

sampler = samplers["SMOTE"]
X_new, y_new = sampler.fit_resample(X, y)
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
plot.resampling(X, y, X_new, y_new, columns=(0, 1), max_rows=5_000, ax=left)
for (name, values), marker in zip(seconds.items(), "os", strict=True):
    right.loglog(sizes, values, marker=marker, label=name)
right.set(xlabel="rows", ylabel="seconds")
right.legend()

# %%
# SMOTE searches neighbors among the ten thousand minority rows and writes nearly a million new
# ones. The search it used, and the memory of the result:

print(f"search: {sampler.search_}; result: {X_new.nbytes / 2**20:,.0f} MiB")
