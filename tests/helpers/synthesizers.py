"""Small synthesizers: objects with ``fit(frame)`` and ``sample(n)``, as CTGAN has them."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.mixture import GaussianMixture


class TableMixture(BaseEstimator):
    """A Gaussian mixture of the numbers; categories are drawn by component.

    Parameters
    ----------
    n_components
        Components of the mixture.
    random_state
        Seed.
    """

    def __init__(self, n_components=2, random_state=None):
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, frame, discrete_columns=()):
        self.frame_ = frame
        self.discrete_ = list(discrete_columns)
        self.numeric_ = [name for name in frame.columns if name not in self.discrete_]
        self.mixture_ = GaussianMixture(
            self.n_components, covariance_type="diag", random_state=self.random_state
        )
        numbers = frame[self.numeric_].to_numpy(dtype=float)
        self.components_ = self.mixture_.fit_predict(numbers)
        return self

    def sample(self, n):
        import pandas as pd

        self.mixture_.random_state = self.random_state
        numbers, components = self.mixture_.sample(n)
        samples = pd.DataFrame(numbers, columns=self.numeric_)
        rng = np.random.default_rng(self.random_state)
        known = np.unique(self.components_)
        components = np.where(np.isin(components, known), components, known[0])
        rows = [rng.choice(np.flatnonzero(self.components_ == each)) for each in components]
        for name in self.discrete_:
            samples[name] = self.frame_[name].iloc[rows].to_numpy()
        return samples[self.frame_.columns]


class Returns:
    """A synthesizer without parameters that passes its rows through a function.

    Parameters
    ----------
    change
        Function of n rows of the frame that ``fit`` got, and n.
    """

    def __init__(self, change):
        self.change = change
        self.requested = []

    def fit(self, frame):
        self.frame = frame

    def sample(self, n):
        self.requested.append(n)
        rows = self.frame.iloc[np.arange(n) % len(self.frame)].reset_index(drop=True)
        return self.change(rows, n)
