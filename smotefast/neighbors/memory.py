"""Working memory of a search above its input, for planning under a memory limit."""

from __future__ import annotations

from smotefast.neighbors.settings import settings_for, update_bytes_per_row


def estimated_bytes(n_pool: int, n_features: int, k: int, search: str) -> int:
    """Return the peak of what a search of all rows allocates, its result included."""
    result = n_pool * k * (8 + 4)
    settings = settings_for(n_pool, n_features, k) if search == "approximate" else None
    if settings is None:
        panels = 4 * n_pool * (n_features + 1)
        kept = n_pool * (k + 6) * (4 + 8) + 8 * n_pool
        return panels + kept + n_pool * k * 8 + result
    data = 4 * n_pool * n_features
    graph = n_pool * settings.n_neighbors * 9
    candidates = n_pool * (settings.max_candidates * 16 + settings.n_neighbors * 8 + 1)
    updates = settings.block * update_bytes_per_row(settings.max_candidates)
    # Few updates pass their filter, so the buffers are seldom touched whole. Measured,
    # 30 columns: 100,000 rows 53 MB, 300,000 rows 153 MB, 1,000,000 rows 488 MB.
    return 2 * data + graph + candidates + updates // 2 + 4 * n_pool
