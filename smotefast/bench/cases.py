"""What is measured: data sets, cases, contenders, and the grids of a suite.

This module imports nothing large: the process that starts the measured ones stays small.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class DataSet:
    """Rows to resample: generated ones, or those of a file.

    Attributes
    ----------
    shape
        Name of the generator, see ``smotefast.bench.shapes``; "file" for a file.
    n_rows, n_features, n_classes
        Size. Of a file, ``n_rows`` limits the rows (0 for all) and the others are not used.
    ratio
        Rows of each smaller class divided by those of the largest one.
    seed
        Seed of the generator and of a sample of a file.
    file, target
        Path of a file and the column with the class.
    """

    shape: str = "clusters"
    n_rows: int = 10_000
    n_features: int = 20
    n_classes: int = 2
    ratio: float = 0.1
    seed: int = 0
    file: str | None = None
    target: str | None = None

    @property
    def n_categories(self) -> int:
        """Columns of categories: of the shape "mixed" a fifth, of "nominal" all."""
        shares = {"mixed": max(1, self.n_features // 5), "nominal": self.n_features}
        return shares.get(self.shape, 0)

    def class_counts(self) -> list[int]:
        """Return the rows of each class, the largest one first.

        Examples
        --------
        >>> DataSet(n_rows=1_200, n_classes=3, ratio=0.1).class_counts()
        [1000, 100, 100]
        """
        smaller = round(self.n_rows * self.ratio / (1 + (self.n_classes - 1) * self.ratio))
        return [self.n_rows - (self.n_classes - 1) * smaller] + [smaller] * (self.n_classes - 1)


@dataclass(frozen=True)
class Case:
    """A sampler on a data set, with a number of neighbors and of threads."""

    data: DataSet = DataSet()
    sampler: str = "smote"
    k: int = 5
    threads: int = 1

    @property
    def name(self) -> str:
        """What the case is, for tables.

        Examples
        --------
        >>> Case().name
        'smote, clusters 10,000 x 20, 2 classes, ratio 0.1, k 5, 1 thread'
        """
        return self.name_with(self.data.n_rows)

    def name_with(self, n_rows: int) -> str:
        """Return the name; of a file, with so many rows, because it may have fewer."""
        data = self.data
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        if data.file is not None:
            rows = f", {n_rows:,} rows" if n_rows else ""
            file = f"{os.path.basename(data.file)}, {data.target}"
            return f"{self.sampler}, {file}{rows}, k {self.k}, {threads}"
        return (
            f"{self.sampler}, {data.shape} {data.n_rows:,} x {data.n_features}, "
            f"{data.n_classes} classes, ratio {data.ratio:g}, k {self.k}, {threads}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the case as JSON has it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Case:
        """Return the case of ``to_dict``."""
        return cls(**{**stored, "data": DataSet(**stored["data"])})


@dataclass(frozen=True)
class Contender:
    """A library or a setting of it, which resamples the data of a case.

    Attributes
    ----------
    name
        Name in tables and on the command line.
    make
        Function of a case that returns a new sampler with ``fit_resample(X, y)``. An error
        with a message, such as ValueError, is reported as a refusal.
    package
        The module that must be installed; "" for none.
    compiles
        Whether the first process compiles: one more process runs before those that count.
    changes_process
        Whether it replaces parts of other packages, and needs processes that run nothing else.
    on_request
        Why it runs only if it is named; "" if it always runs.
    """

    name: str
    make: Callable[[Case], Any]
    package: str = ""
    compiles: bool = False
    changes_process: bool = False
    on_request: str = ""


# The axes of a grid: the name of the option, and how a case gets a value.
AXES = ("shape", "rows", "features", "classes", "ratio", "k", "threads", "sampler")
_OF_DATA = {
    "shape": "shape",
    "rows": "n_rows",
    "features": "n_features",
    "classes": "n_classes",
    "ratio": "ratio",
}
# What a file does not leave open.
NOT_OF_FILES = ("shape", "features", "classes", "ratio")


def with_value(case: Case, axis: str, value: Any) -> Case:
    """Return a case with another value of an axis."""
    if axis in _OF_DATA:
        return replace(case, data=replace(case.data, **{_OF_DATA[axis]: value}))
    return replace(case, **{axis: value})


def value_of(case: Mapping[str, Any], axis: str) -> Any:
    """Return the value that a stored case has on an axis."""
    return case["data"][_OF_DATA[axis]] if axis in _OF_DATA else case[axis]


def product_grid(base: Case, axes: Mapping[str, Sequence[Any]]) -> list[Case]:
    """Return a case for each combination of the values.

    Examples
    --------
    >>> grid = product_grid(Case(), {"k": [3, 5], "rows": [100, 200]})
    >>> [(case.k, case.data.n_rows) for case in grid]
    [(3, 100), (3, 200), (5, 100), (5, 200)]
    """
    return [
        _with_values(base, zip(axes, values, strict=True))
        for values in itertools.product(*axes.values())
    ]


def scale_grid(base: Case, axes: Mapping[str, Sequence[Any]]) -> list[Case]:
    """Return cases that vary one axis at a time, the others at their middle value.

    Examples
    --------
    >>> grid = scale_grid(Case(), {"k": [1, 3, 5], "rows": [100, 200]})
    >>> [(case.k, case.data.n_rows) for case in grid]
    [(3, 100), (1, 100), (5, 100), (3, 200)]
    """
    middle = _with_values(base, ((axis, _middle(values)) for axis, values in axes.items()))
    varied = (
        with_value(middle, axis, value) for axis, values in axes.items() for value in values
    )
    return list(dict.fromkeys([middle, *varied]))


def _middle(values: Sequence[Any]) -> Any:
    return values[(len(values) - 1) // 2]


def _with_values(base: Case, values: Iterable[tuple[str, Any]]) -> Case:
    case = base
    for axis, value in values:
        case = with_value(case, axis, value)
    return case
