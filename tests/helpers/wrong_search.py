"""A nearest-neighbor search that reports approximate results and is wrong for given rows."""

import numpy as np
import pytest

from smotefast.engine import rows as engine_rows


def spoil(monkeypatch: pytest.MonkeyPatch, is_wrong: np.ndarray, neighbor: int) -> None:
    """Make searches that need not be exact return ``neighbor`` for the rows in ``is_wrong``."""
    exact_search = engine_rows.find_neighbors

    def search(pool, k, **options):
        neighbors = exact_search(pool, k, **{**options, "search": "exact"})
        if options["search"] == "exact":
            return neighbors
        indices = neighbors.indices.copy()
        indices[is_wrong[options["queries"]]] = neighbor
        return neighbors._replace(indices=indices, method="approximate", recall=0.8)

    monkeypatch.setattr(engine_rows, "find_neighbors", search)
