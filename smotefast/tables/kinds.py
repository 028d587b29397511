"""Which library a container belongs to, found without importing any of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

LIBRARIES = frozenset({"narwhals", "pandas", "polars", "pyarrow", "scipy"})


def library_of(data: Any) -> str | None:
    """Return the library that defines the type of ``data`` or one of its base types.

    Only names are compared: the library of an object that exists is loaded already, and
    one that is not installed is never asked for.
    """
    for kind in type(data).__mro__:
        root = kind.__module__.partition(".")[0]
        if root in LIBRARIES:
            return root
    return None


def repeated_names(frame: Any) -> list[Any]:
    """Return the names that several columns of a frame or an Arrow table have."""
    names = frame.schema.names if library_of(frame) == "pyarrow" else frame.columns
    return [name for name, n in Counter(names).items() if n > 1]


def check_shape(n_samples: int, n_features: int) -> None:
    """Refuse data without rows or columns, in scikit-learn's words."""
    for n, what in ((n_samples, "sample"), (n_features, "feature")):
        if n < 1:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape=({n_samples}, {n_features})) while a "
                "minimum of 1 is required."
            )
