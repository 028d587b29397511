"""
In a pipeline of imbalanced-learn
=================================

The samplers follow the interface of imbalanced-learn, so they are steps of its pipelines: rows
are resampled while the pipeline is fitted, and not when it predicts. A grid search can then
choose parameters of the sampler and of the classifier together.
"""

import numpy as np
from imblearn.over_sampling import SMOTE as ImblearnSMOTE
from imblearn.pipeline import Pipeline
from matplotlib import pyplot as plt
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.preprocessing import StandardScaler

from smotefast import SMOTE

X, y = make_classification(
    1_500, n_features=12, n_informative=5, weights=[0.93], class_sep=0.7, random_state=1
)
pipeline = Pipeline(
    [
        ("scale", StandardScaler()),
        ("resample", SMOTE(random_state=0)),
        ("fit", LogisticRegression()),
    ]
)
grid = {
    "resample__sampling_strategy": [0.1, 0.25, 0.5, 1.0],
    "resample__k_neighbors": [2, 5, 10, 20],
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
search = GridSearchCV(pipeline, grid, scoring="average_precision", cv=folds).fit(X, y)
print("best:", search.best_params_)

# %%
# The rows are those of imbalanced-learn's sampler, bit for bit, with the same seed.

ours = SMOTE(random_state=0).fit_resample(X, y)[0]
theirs = ImblearnSMOTE(random_state=0).fit_resample(X, y)[0]
print("equal rows:", np.array_equal(ours, theirs))

# %%
# Is the best pair better than the others? Each cell has the mean over five folds. The cells
# differ by little more than one cell does from fold to fold, so the best of sixteen is partly
# luck: its score is too good for new rows, and its neighbors in the picture may be as good.

means = search.cv_results_["mean_test_score"].reshape(4, 4)  # k changes slowest
deviation = search.cv_results_["std_test_score"].mean()
print(
    f"cells differ by {np.ptp(means):.3f}; standard deviation from fold to fold {deviation:.3f}"
)

figure, ax = plt.subplots(figsize=(6, 4.5), layout="constrained")
image = ax.imshow(means, cmap="cividis", origin="lower")
middle = means.mean()
for (i, j), mean in np.ndenumerate(means):
    ax.text(j, i, f"{mean:.3f}", ha="center", va="center", color="wk"[int(mean > middle)])
ax.set_xticks(range(4), grid["resample__sampling_strategy"])
ax.set_yticks(range(4), grid["resample__k_neighbors"])
ax.set(xlabel="sampling_strategy", ylabel="k_neighbors")
figure.colorbar(image, label="average precision")

# %%
# A pipeline of scikit-learn takes no samplers. There, ``ResampledClassifier`` of
# ``smotefast.evaluation`` puts a sampler and a classifier into one step.
