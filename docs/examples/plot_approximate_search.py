"""
What approximate search changes
===============================

SMOTE needs the nearest neighbors of each minority row. An exact search finds them all; an
approximate one is faster on large data and misses a few. Base rows, steps and the choice among
the k neighbors come from the same random draws, so only samples with a missed neighbor differ.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

from smotefast import SMOTE

X, y = make_classification(
    36_000, n_features=12, n_informative=8, weights=[0.85], class_sep=0.5, random_state=0
)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

exact = SMOTE(search="exact", random_state=0)
X_exact, y_new = exact.fit_resample(X_train, y_train)
approximate = SMOTE(search="approximate", random_state=0)
X_approximate, _ = approximate.fit_resample(X_train, y_train)

is_synthetic = np.arange(len(X_exact)) >= len(X_train)
is_same = (X_exact == X_approximate).all(axis=1)
print(f"rows of the minority class   {np.sum(y_train == 1):,}")
print(f"synthetic samples            {is_synthetic.sum():,}")
print(f"equal in every bit           {is_same[is_synthetic].mean():.2%}")
print(f"estimated recall             {approximate.recall_:.2%}")

# %%
# ``recall_`` is the share of true neighbors that the search found, estimated on a sample.
# Provenance says how far from its base row the neighbor of each sample is. A missed neighbor
# is replaced by the next one, which is hardly farther away.


def distances(sampler):
    """Return the distance from base row to neighbor of each synthetic sample."""
    base, neighbor, _ = sampler.provenance_
    return np.linalg.norm(X_train[base] - X_train[neighbor], axis=1)


far_exact, far_approximate = distances(exact), distances(approximate)
differs = exact.provenance_.neighbor != approximate.provenance_.neighbor
ratio = far_approximate[differs] / far_exact[differs]
print(
    f"another neighbor: {differs.sum():,} samples; it is farther away by {ratio.mean() - 1:.1%}"
)

# %%
# The difference to a model: the average precision after exact and after approximate search,
# each for five seeds. The same seed gives nearly the same result, another seed a different one.


def score(X_new):
    """Return the average precision on the test rows."""
    model = LogisticRegression().fit(X_new, y_new)
    return average_precision_score(y_test, model.predict_proba(X_test)[:, 1])


scores = {"exact": [], "approximate": []}
for seed in range(5):
    for search, values in scores.items():
        X_new, _ = SMOTE(search=search, random_state=seed).fit_resample(X_train, y_train)
        values.append(score(X_new))
by_search = np.abs(np.subtract(scores["exact"], scores["approximate"])).max()
by_seed = np.ptp(scores["exact"])
print(f"largest difference between searches {by_search:.6f}, between seeds {by_seed:.6f}")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
bins = np.linspace(0, far_exact.max(), 40)
left.hist(far_exact, bins, color="#56B4E9", label="exact")
left.hist(far_approximate, bins, histtype="step", color="black", label="approximate")
left.set(xlabel="distance from base row to neighbor", ylabel="synthetic samples")
left.legend()
for (name, values), marker in zip(scores.items(), "os", strict=True):
    style = {"markersize": 9, "fillstyle": "none"} if marker == "s" else {"markersize": 5}
    right.plot(values, marker, label=name, color="#0072B2", **style)
right.set(xlabel="seed", ylabel="average precision on test rows")
right.legend()

# %%
# The two distributions lie on each other, and each circle lies in its square. The default,
# ``search="auto"``, chooses the approximate search only for data for which it pays.
