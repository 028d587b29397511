"""Figures of the guide, drawn while the site is built: one function for each page.

All samplers work on the same points, so that the figures can be compared.
"""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from sklearn.cluster import KMeans
from sklearn.datasets import make_moons

from smotefast import ResamplingWarning
from smotefast.combine import SMOTEENN, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    ROSE,
    SMOTE,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    GeometricSMOTE,
    KMeansSMOTE,
    PolynomFitSMOTE,
    ProWSyn,
    RandomOverSampler,
    SafeLevelSMOTE,
)
from smotefast.under_sampling import (
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    TomekLinks,
)

# Distinct for color-blind readers; the markers differ, too.
MAJORITY, MINORITY, NEW = "#9aa5b1", "#d55e00", "#0072b2"


def points() -> tuple[np.ndarray, np.ndarray]:
    """Return two noisy half-moons: 240 rows of class 0 and 48 of class 1."""
    X, y = make_moons((240, 48), noise=0.27, random_state=3)
    return X, y


def panels(n: int) -> list[Axes]:
    """Return axes side by side, or in two rows of a narrow figure."""
    n_columns = n if n <= 3 else 2
    n_rows = -(-n // n_columns)
    width = 7.8 / n_columns
    size = width * n_columns, (0.71 * width + 0.3) * n_rows + 0.3
    _, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained")
    flat = list(np.ravel(axes))
    for ax in flat:
        ax.set(xticks=[], yticks=[], xlim=(-1.7, 2.6), ylim=(-1.3, 1.7))
        ax.set_aspect("equal")
    return flat


def draw(ax: Axes, X: np.ndarray, y: np.ndarray, title: str = "") -> None:
    """Draw the rows of both classes."""
    ax.scatter(*X[y == 0].T, s=9, c=MAJORITY, marker="o", lw=0, label="majority")
    ax.scatter(*X[y == 1].T, s=16, c=MINORITY, marker="^", lw=0, label="minority")
    ax.set_title(title, fontsize=9)


def legend(axes: list[Axes]) -> None:
    """Name the markers of the last axes below all of them."""
    figure = axes[0].figure
    handles, labels = axes[-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))


def added(samplers: dict[str, object]) -> None:
    """Draw the rows that over-samplers add."""
    X, y = points()
    axes = panels(len(samplers))
    for ax, (title, sampler) in zip(axes, samplers.items(), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)  # KMeansSMOTE rounds up
            X_new, _ = sampler.fit_resample(X, y)
        draw(ax, X, y, title)
        ax.scatter(*X_new[len(X) :].T, s=14, c=NEW, marker="x", lw=0.8, label="synthetic")
    legend(axes)


def removed(samplers: dict[str, object]) -> None:
    """Draw the rows that samplers keep, and crosses where they remove one."""
    X, y = points()
    axes = panels(len(samplers))
    for ax, (title, sampler) in zip(axes, samplers.items(), strict=True):
        sampler.fit_resample(X, y)
        kept = np.isin(np.arange(len(X)), sampler.sample_indices_)
        draw(ax, X[kept], y[kept], f"{title}: {np.sum(~kept)} rows removed")
        ax.scatter(*X[~kept].T, s=9, c=NEW, marker="x", lw=0.6, label="removed")
    legend(axes)


def random() -> None:
    """Draw copies, copies with noise, and a random part of the majority."""
    X, y = points()
    axes = panels(3)
    samplers = (
        RandomOverSampler(random_state=0),
        RandomOverSampler(shrinkage=0.4, random_state=0),
    )
    titles = "copies", "copies with noise"
    for ax, sampler, title in zip(axes, samplers, titles, strict=False):
        rows, counts = np.unique(
            sampler.fit_resample(X, y)[0][len(X) :], axis=0, return_counts=True
        )
        draw(ax, X, y, title)
        ax.scatter(*rows.T, s=8 + 5 * counts, ec=NEW, c="none", label="added (size: copies)")
    X_new, y_new = RandomUnderSampler(random_state=0).fit_resample(X, y)
    draw(axes[2], X_new, y_new, "random part of the majority")
    legend([axes[2], axes[0]])


def smote() -> None:
    """Draw one step of SMOTE, and all synthetic rows."""
    X, y = points()
    sampler = SMOTE(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    i = int(np.argmax(np.linalg.norm(X[base] - X[neighbor], axis=1) * (step * (1 - step))))
    axes = panels(2)
    for ax in axes:
        draw(ax, X, y)
    near = np.unique(neighbor[base == base[i]])
    for row in near:
        axes[0].plot(*X[[base[i], row]].T, c="black", lw=0.5)
    axes[0].plot(*X_new[len(X) + i], "x", c=NEW, ms=8, mew=2)
    center = X[base[i]]
    axes[0].set_title("one new row", fontsize=9)
    axes[0].set(xlim=center[0] + [-0.8, 0.8], ylim=center[1] + [-0.7, 0.7])
    axes[1].scatter(*X_new[len(X) :].T, s=14, c=NEW, marker="x", lw=0.8, label="synthetic")
    axes[1].set_title(f"all {len(X_new) - len(X)} new rows", fontsize=9)
    legend(axes)


def border() -> None:
    """Draw the rows of samplers that work where the classes meet."""
    added(
        {
            "SMOTE": SMOTE(random_state=0),
            "BorderlineSMOTE, borderline-1": BorderlineSMOTE(random_state=0),
            "BorderlineSMOTE, borderline-2": BorderlineSMOTE(
                kind="borderline-2", random_state=0
            ),
            "SVMSMOTE": SVMSMOTE(random_state=0),
        }
    )


def density() -> None:
    """Draw the rows of samplers that weight rows or clusters."""
    clusters = KMeans(12, n_init=3, random_state=0)
    added(
        {
            "SMOTE": SMOTE(random_state=0),
            "ADASYN": ADASYN(random_state=0),
            "KMeansSMOTE": KMeansSMOTE(
                kmeans_estimator=clusters, cluster_balance_threshold=0.3, random_state=0
            ),
        }
    )


def published() -> None:
    """Draw the rows of published samplers that imbalanced-learn does not have."""
    added(
        {
            "SMOTE": SMOTE(random_state=0),
            "GeometricSMOTE": GeometricSMOTE(random_state=0),
            "SafeLevelSMOTE": SafeLevelSMOTE(random_state=0),
            "ProWSyn": ProWSyn(random_state=0),
            "PolynomFitSMOTE, star": PolynomFitSMOTE(random_state=0),
            "ROSE": ROSE(random_state=0),
        }
    )


def categories() -> None:
    """Draw the shares of a category before and after SMOTENC and SMOTE on codes."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [300, 60])
    amount = rng.normal(50 + 20 * y, 15)
    channel = rng.choice(3, size=len(y), p=[0.6, 0.1, 0.3])
    X = np.column_stack([amount, channel])
    results = {
        "rows of the class": X[y == 1, 1],
        "SMOTENC": SMOTENC([1], random_state=0).fit_resample(X, y)[0][len(X) :, 1],
        "SMOTE on the codes 0, 1, 2": SMOTE(random_state=0).fit_resample(X, y)[0][len(X) :, 1],
    }
    _, axes = plt.subplots(1, 3, figsize=(7.8, 2.2), sharey=True, layout="constrained")
    for ax, (title, codes) in zip(axes, results.items(), strict=True):
        shares = np.full(len(codes), 1 / len(codes))
        color = MINORITY if ax is axes[0] else NEW
        ax.hist(codes, bins=np.arange(-0.05, 2.1, 0.1), weights=shares, color=color)
        ax.set_title(title, fontsize=9)
        ax.set_xticks([0, 1, 2], ["web", "phone", "shop"])
    axes[0].set_ylabel("share of the rows")


def cleaning() -> None:
    """Draw what cleaning removes."""
    removed(
        {
            "TomekLinks": TomekLinks(),
            "EditedNearestNeighbours": EditedNearestNeighbours(),
            "NeighbourhoodCleaningRule": NeighbourhoodCleaningRule(),
            "OneSidedSelection": OneSidedSelection(random_state=0),
        }
    )


def selection() -> None:
    """Draw what under-samplers keep by distance."""
    X, y = points()
    axes = panels(4)
    samplers = {
        "NearMiss": NearMiss(),
        "CondensedNearestNeighbour": CondensedNearestNeighbour(random_state=0),
        "InstanceHardnessThreshold": InstanceHardnessThreshold(random_state=0),
        "ClusterCentroids": ClusterCentroids(random_state=0),
    }
    for ax, (title, sampler) in zip(axes, samplers.items(), strict=True):
        draw(ax, *sampler.fit_resample(X, y), title)
    legend(axes)


def combined() -> None:
    """Draw over-sampling followed by cleaning."""
    X, y = points()
    axes = panels(3)
    samplers = SMOTE(random_state=0), SMOTETomek(random_state=0), SMOTEENN(random_state=0)
    for ax, sampler in zip(axes, samplers, strict=True):
        X_new, y_new = sampler.fit_resample(X, y)
        draw(ax, X_new, y_new, f"{type(sampler).__name__}: {len(X_new)} rows")
    legend(axes)
