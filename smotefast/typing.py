"""Types of parameters and containers, for annotations in programs that use the samplers.

>>> from smotefast.typing import SamplingStrategy, Seed
>>> strategy: SamplingStrategy = {"rare": 500}
>>> seed: Seed = 0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import numpy as np

__all__ = [
    "Bounds",
    "CleaningStrategy",
    "Columns",
    "Metric",
    "Missing",
    "NeighborCount",
    "NeighborEstimator",
    "RoundColumns",
    "SamplingStrategy",
    "Search",
    "Seed",
    "SmallClass",
    "UnderSamplingStrategy",
]

_Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Seed: TypeAlias = int | np.integer[Any] | np.random.RandomState | None
Search: TypeAlias = Literal["auto", "exact", "approximate"]
SmallClass: TypeAlias = Literal["error", "clamp", "duplicate"]
Missing: TypeAlias = Literal["error", "distance"]
Metric: TypeAlias = Literal["euclidean", "manhattan", "cosine", "mahalanobis"]
# Names (tuples in several levels), positions or a mask. A string is a sequence of strings.
Columns: TypeAlias = (
    list[str] | list[int] | list[bool] | list[tuple[Any, ...]] | tuple[str | int, ...] | _Array
)
RoundColumns: TypeAlias = Literal["integer"] | Columns
_Bound: TypeAlias = float | np.number[Any] | None
_Side: TypeAlias = _Bound | Sequence[float] | _Array
Bounds: TypeAlias = Mapping[Any, Sequence[_Bound]] | Sequence[_Side] | _Array

_Counts: TypeAlias = Mapping[Any, int] | Mapping[Any, np.integer[Any]]
_UnderWord: TypeAlias = Literal["auto", "majority", "not minority", "not majority", "all"]
# Of over-samplers and of combinations.
SamplingStrategy: TypeAlias = (
    float
    | Literal["auto", "minority", "not minority", "not majority", "all"]
    | _Counts
    | Callable[[Any], _Counts]
)
UnderSamplingStrategy: TypeAlias = float | _UnderWord | _Counts | Callable[[Any], _Counts]
CleaningStrategy: TypeAlias = _UnderWord | list[Any] | Callable[[Any], Any]


class NeighborEstimator(Protocol):
    """An estimator such as scikit-learn's ``NearestNeighbors``."""

    def kneighbors(self, *args: Any, **kwargs: Any) -> Any:
        """Return distances and indices of the nearest rows."""

    def kneighbors_graph(self, *args: Any, **kwargs: Any) -> Any:
        """Return the graph of nearest rows."""


NeighborCount: TypeAlias = int | np.integer[Any] | NeighborEstimator


class HasShape(Protocol):
    """An array, a frame or a sparse matrix."""

    @property
    def shape(self) -> Any:
        """Number of rows and columns."""


# Containers of X and y: the same type comes back.
XType = TypeVar("XType", bound=Sized | HasShape)
YType = TypeVar("YType", bound=Sized | HasShape)
