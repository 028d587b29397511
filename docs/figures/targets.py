"""Figures of the guide for numeric targets and for several labels, one function for each."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np

from smotefast import ResamplingWarning
from smotefast.multilabel import MLROS, MLRUS, MLSMOTE, label_imbalance
from smotefast.regression import SMOGN, SMOTER, RelevanceFunction

# As in guide.py: distinct for color-blind readers.
COMMON, RARE, NEW = "#9aa5b1", "#d55e00", "#0072b2"


def regression() -> None:
    """Draw a relevance function, and the samples of SMOTER and SMOGN."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(260, 2))
    y = np.exp(0.8 * X[:, 0] + 0.3 * X[:, 1])
    _, axes = plt.subplots(1, 3, figsize=(7.8, 2.7), layout="constrained")
    relevance = RelevanceFunction().fit(y)
    values = np.linspace(0, y.max(), 300)
    axes[0].hist(y, bins=40, color=COMMON)
    axes[0].set(xlabel="target", ylabel="rows")
    twin = axes[0].twinx()
    twin.plot(values, relevance(values), c=RARE)
    twin.plot(*relevance.control_points_[:, :2].T, "o", c=RARE, ms=4)
    twin.set_ylabel("relevance", color=RARE)
    samplers = {
        "SMOTER": SMOTER(sampling_strategy=[1, 4], random_state=0),
        "SMOGN, perturbation=0.3": SMOGN(
            sampling_strategy=[1, 4], perturbation=0.3, k_neighbors=15, random_state=0
        ),
    }
    for ax, (title, sampler) in zip(axes[1:], samplers.items(), strict=True):
        X_new, _ = sampler.fit_resample(X, y)
        is_rare = y >= sampler.bins_[1, 0]
        ax.scatter(*X[~is_rare].T, s=6, c=COMMON, lw=0, label="common")
        ax.scatter(*X_new[len(X) :].T, s=14, c=NEW, marker="x", lw=0.8, label="synthetic")
        ax.scatter(*X[is_rare].T, s=16, c=RARE, marker="^", lw=0, label="rare")
        ax.set(xticks=[], yticks=[], xlim=(-2.5, 3.2))
        ax.set_title(title, fontsize=9)
    axes[1].figure.legend(
        *axes[1].get_legend_handles_labels(), loc="outside lower right", ncols=3
    )


def multilabel() -> None:
    """Draw the rows with each label, before and after each sampler."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 4))
    shares = 0.6, 0.5, 0.3, 0.25, 0.03, 0.02
    y = (rng.random((1_000, 6)) < shares).astype(int)
    samplers = {
        "before": None,
        "MLROS": MLROS(percentage=10, random_state=0),
        "MLRUS": MLRUS(percentage=25, random_state=0),
        "MLSMOTE": MLSMOTE(random_state=0),
    }
    _, ax = plt.subplots(figsize=(7.8, 2.7), layout="constrained")
    for i, (name, sampler) in enumerate(samplers.items()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)
            after = y if sampler is None else sampler.fit_resample(X, y)[1]
        counts, mean = after.sum(axis=0), label_imbalance(after).mean_ir
        color = (COMMON, RARE, "#e69f00", NEW)[i]
        label = f"{name}: MeanIR {mean:.1f}"
        bars = ax.bar(np.arange(6) + 0.2 * i - 0.3, counts, 0.19, color=color, label=label)
        ax.bar_label(bars, fontsize=6)
    ax.set(xlabel="label", ylabel="rows", yscale="log", yticks=[10, 100, 1000])
    ax.minorticks_off()
    ax.legend(fontsize=8, ncols=2)
