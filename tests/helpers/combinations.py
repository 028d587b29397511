"""SMOTEENN and SMOTETomek of both libraries, to compare them."""

from typing import Any, NamedTuple

import numpy as np
from imblearn import combine as theirs
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under

from smotefast import combine as ours
from smotefast import under_sampling as ours_under
from tests.helpers.assertions import assert_equal
from tests.helpers.distance_ties import has_ties

SIZES = (90, 25, 60)


def ties_after_smote(X, y, seed):
    """Tell whether distances tie after SMOTE, in the data that a combination cleans."""
    return has_ties(their_over.SMOTE(random_state=seed).fit_resample(X, y)[0])


class Kind(NamedTuple):
    """A combination: its class name, and the parameter and class of its cleaning step.

    ``parameters`` are parameters of the cleaning sampler, ``other`` is another sampler for the
    cleaning step.
    """

    name: str
    step: str
    cleaner: str
    parameters: dict[str, Any]
    other: Any

    @property
    def ours(self):
        return getattr(ours_under, self.cleaner)

    @property
    def theirs(self):
        return getattr(their_under, self.cleaner)

    def cleaned(self, sampler):
        """Return the fitted cleaning step of a combination."""
        return getattr(sampler, f"{self.step}_")

    def pair(self, **kwargs):
        """Return the combination of smotefast and that of imbalanced-learn."""
        kwargs = {"random_state": 0, **kwargs}
        return getattr(ours, self.name)(**kwargs), getattr(theirs, self.name)(**kwargs)

    def assert_same(self, mine, other, X, y):
        """Compare the results of both combinations and the rows they removed."""
        X_mine, y_mine = mine.fit_resample(X, y)
        X_other, y_other = other.fit_resample(X, y)
        assert_equal(X_mine, X_other)
        assert_equal(y_mine, y_other)
        kept, expected = (self.cleaned(each).sample_indices_ for each in (mine, other))
        np.testing.assert_array_equal(kept, expected)
        assert dict(mine.sampling_strategy_) == dict(other.smote_.sampling_strategy_)


ENN = Kind(
    "SMOTEENN",
    "enn",
    "EditedNearestNeighbours",
    {"sampling_strategy": "not majority", "kind_sel": "mode", "n_neighbors": 4},
    ours_under.AllKNN(sampling_strategy="all"),
)
TOMEK = Kind(
    "SMOTETomek",
    "tomek",
    "TomekLinks",
    {"sampling_strategy": [2]},
    ours_under.OneSidedSelection(sampling_strategy="all", random_state=4),
)
