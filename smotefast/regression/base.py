"""Base class of samplers for regression: bins of the target, containers, fitted attributes.

A sampler adds ``_samples``: the rows of a bin and the number of samples in, samples out.
"""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from smotefast._phases import phase
from smotefast._threads import thread_count
from smotefast._typing import Container
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.base import BaseSampler
from smotefast.engine.needs import Needs, Tags
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import RANDOM_STATE, SEARCH, Interval, StrOptions
from smotefast.engine.recipes import Provenance
from smotefast.exceptions import warn_resampling
from smotefast.over_sampling.columns.positions import MixedColumns
from smotefast.regression.bins import (
    Bin,
    fitted_relevance,
    relevance_of,
    rows_after,
    split_into_bins,
)
from smotefast.regression.heom import BinRows
from smotefast.regression.samples import BinSamples
from smotefast.tables import Table, open_table
from smotefast.tables.numeric_target import (
    NumericTarget,
    open_numeric_target,
    whole_number_columns,
)
from smotefast.typing import Search, XType, YType


class _Data(NamedTuple):
    """X and y of a call."""

    table: Table
    columns: MixedColumns
    target: NumericTarget
    bins: list[Bin]


class RegressionSampler(BaseSampler):
    """Base of samplers that balance rare and common values of a numeric target."""

    _needs: ClassVar[Needs] = Needs(
        reads="everything",
        takes_categories=True,
        neighbors_parameter="k_neighbors",
        text_advice="Name it in categorical_features, or drop it.",
        target="a numeric target",
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sampling_strategy": [StrOptions({"balance", "extreme"}), "array-like"],
        "relevance": [StrOptions({"auto"}), "array-like", callable],
        "threshold": [Interval(Real, 0, 1, closed="right")],
        "k_neighbors": [Interval(Integral, 1, None, closed="left")],
        "categorical_features": [StrOptions({"auto", "not numeric"}), "array-like"],
        **RANDOM_STATE,
        **SEARCH,
    }

    sampling_strategy: Any
    relevance: Any
    threshold: float
    k_neighbors: int
    categorical_features: Any
    random_state: Any
    search: Search
    n_jobs: int | None
    sample_indices_: np.ndarray
    provenance_: Provenance

    @abstractmethod
    def _samples(
        self,
        rows: BinRows,
        n_new: int,
        k: int,
        random_state: np.random.RandomState,
        search: NeighborSearch,
    ) -> BinSamples:
        """Return the samples of a bin, with k neighbors to choose from."""

    def fit(self, X: Container, y: Container, **params: Any) -> Self:
        """Check the data, divide y into bins and resolve ``sampling_strategy``.

        Parameters
        ----------
        X : {array-like, dataframe, Arrow table} of shape (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The target of each row, a number.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        RegressionSampler
            The sampler itself.
        """
        return super().fit(X, y, **params)

    def fit_resample(self, X: XType, y: YType, **params: Any) -> tuple[XType, YType]:
        """Resample the bins of the target as ``sampling_strategy`` says.

        Parameters
        ----------
        X : {array-like, dataframe, Arrow table} of shape (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The target of each row, a number.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        X_resampled : same type as X, of shape (n_samples_new, n_features)
            The rows of X that are kept, in order, then the synthetic samples by bin.
        y_resampled : same type as y, of shape (n_samples_new,)
            The target of each row. If y holds integers, new targets are rounded.

        Raises
        ------
        ValueError
            If the data or a parameter cannot be used; the message names it and says what to
            do.
        """
        return super().fit_resample(X, y, **params)

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "provenance_", msg=NOT_RESAMPLED)
        positions = np.concatenate([self.sample_indices_, self.provenance_.base])
        return [Alignment(self._n_samples, positions, self.provenance_)]

    def _check(self, X: Container, y: Container) -> _Data:
        self._validate_params()
        target, table = open_numeric_target(y), open_table(X)
        if table.is_sparse:
            raise ValueError(
                f"X is sparse, and {type(self).__name__} takes dense data only. Pass "
                "X.toarray()."
            )
        n_features = self._learn_names(X)
        columns = MixedColumns.read(table, self.categorical_features, self)
        self.categorical_features_ = np.array(columns.categorical, dtype=np.int64)
        self.n_features_in_ = n_features
        if table.n_samples != len(target.values):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {len(target.values)}."
            )
        if table.n_samples == 1:
            raise ValueError("X has 1 sample; bins of common and rare targets need 2 or more.")
        return _Data(table, columns, target, self._set_bins(target.values))

    def _set_bins(self, y: np.ndarray) -> list[Bin]:
        self.relevance_ = fitted_relevance(self.relevance, y)
        bins = split_into_bins(y, relevance_of(self.relevance_, y), self.threshold)
        self.sampling_strategy_ = dict(enumerate(rows_after(self.sampling_strategy, bins)))
        self.bins_ = np.array([[each.lowest, each.highest] for each in bins])
        return bins

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        data = self._check(X, y)
        random_state = check_random_state(self.random_state)
        search = NeighborSearch(self.search, thread_count(self.n_jobs))
        kept, samples = [], []
        messages: list[str] = []
        for one, n_after in zip(data.bins, self.sampling_strategy_.values(), strict=True):
            n_rows = len(one.positions)
            kept.append(one.positions)
            if n_after < n_rows:
                kept[-1] = random_state.choice(one.positions, n_after, replace=False)
            elif n_after > n_rows:
                k = self._neighbors_in(one, messages)
                rows = _rows_of(one, data)
                samples.append(self._samples(rows, n_after - n_rows, k, random_state, search))
        warn_resampling(messages)
        self.search_, self.recall_ = search.method, search.recall
        self._n_samples = len(data.target.values)
        self.sample_indices_ = np.sort(np.concatenate(kept))
        self.provenance_ = _joined_provenance(samples)
        return self._result(data, samples, random_state)

    def _neighbors_in(self, one: Bin, messages: list[str]) -> int:
        """Return the number of neighbors to choose from in a bin."""
        n_rows = len(one.positions)
        if n_rows > self.k_neighbors:
            return self.k_neighbors
        if n_rows == 1:
            messages.append(f"The bin {one} has one row: its synthetic samples are copies.")
            return 0
        messages.append(
            f"The bin {one} has too few rows for k_neighbors={self.k_neighbors}: its synthetic "
            f"samples use {n_rows - 1} neighbors."
        )
        return n_rows - 1

    def _result(
        self, data: _Data, samples: list[BinSamples], random_state: np.random.RandomState
    ) -> tuple[Container, Container]:
        """Return the rows that are kept and the samples, in the caller's containers."""
        kept = self.sample_indices_
        new_y = np.concatenate([np.empty(0), *(each.y for each in samples)])
        none = np.empty((0, len(data.columns.categorical)), dtype=np.int32)
        codes = np.concatenate([none, *(each.codes for each in samples)])

        def fill(table: Table, out: np.ndarray) -> None:
            is_whole = whole_number_columns(table)
            start = 0
            for each in samples:
                stop = start + len(each.y)
                each.fill(out[start:stop], is_whole, random_state)
                start = stop

        with phase("generating samples", len(new_y)):
            new_X = data.columns.append(data.table, kept, codes, fill)
        return new_X, data.target.resample(kept, new_y)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = False  # only categories may be missing
        return tags


def _rows_of(one: Bin, data: _Data) -> BinRows:
    at = one.positions
    numbers = np.asarray(data.columns.numbers[at])
    return BinRows(numbers, data.columns.codes[at], data.target.values[at], at)


def _joined_provenance(samples: list[BinSamples]) -> Provenance:
    empty = np.empty(0, dtype=np.int64)
    parts = [Provenance(empty, empty, np.empty(0)), *(each.provenance() for each in samples)]
    return Provenance(*(np.concatenate(column) for column in zip(*parts, strict=True)))
