"""Which library a container belongs to, found without importing any of them."""

from __future__ import annotations

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


def check_shape(n_samples: int, n_features: int) -> None:
    """Refuse data without rows or columns, in scikit-learn's words."""
    for n, what in ((n_samples, "sample"), (n_features, "feature")):
        if n < 1:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape=({n_samples}, {n_features})) while a "
                "minimum of 1 is required."
            )
