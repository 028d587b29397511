"""A search that says it is approximate, and is wrong about rows that are known."""

import numpy as np
import pytest

from smotefast.engine import rows as engine_rows


def spoil(monkeypatch: pytest.MonkeyPatch, is_wrong: np.ndarray, stray: int) -> None:
    """Let searches that need not be exact find one row for all neighbours of some rows."""
    search = engine_rows.find_neighbors

    def find(pool, k, **how):
        found = search(pool, k, **{**how, "search": "exact"})
        if how["search"] == "exact":
            return found
        wrong = found.indices.copy()
        wrong[is_wrong[how["queries"]]] = stray
        return found._replace(indices=wrong, method="approximate", recall=0.8)

    monkeypatch.setattr(engine_rows, "find_neighbors", find)
