"""A job loads every kernel that it may use before it plans its memory."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from smotefast.batch.warmup import load_kernels
from smotefast.over_sampling import (
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
)

KERNELS = {
    "distances": ["scan_rows", "rank_candidates"],
    "tiles": ["pack_panels", "search_panels"],
    "interpolate": ["interpolate_rows"],
    "votes": ["count_winners", "elect_categories"],
    "value_differences": ["scan_codes", "rank_codes"],
    "distance_sums": ["sum_distances"],
}
SEARCHES = {"scan_rows", "rank_candidates", "pack_panels", "search_panels"}


@pytest.mark.parametrize(
    ("sampler", "n_features", "n_codes", "expected"),
    [
        (SMOTE(), 6, 0, {"interpolate_rows"}),
        (BorderlineSMOTE(), 6, 0, {"interpolate_rows"}),
        (SVMSMOTE(), 6, 0, {"interpolate_rows"}),
        (KMeansSMOTE(), 6, 0, {"interpolate_rows", "sum_distances"}),
        (SMOTENC([0]), 6, 2, {"interpolate_rows", "count_winners", "elect_categories"}),
        (SMOTEN(), 0, 3, {"count_winners", "elect_categories", "scan_codes", "rank_codes"}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_load_kernels__runs_every_kernel_of_the_sampler(
    sampler, n_features, n_codes, expected, monkeypatch
):
    ran = set()
    for module, names in KERNELS.items():
        home = importlib.import_module(f"smotefast.kernels.{module}")
        for name in names:
            kernel = getattr(home, name)

            def recorded(*args, name=name, kernel=kernel, **how):
                ran.add(name)
                return kernel(*args, **how)

            monkeypatch.setattr(home, name, recorded)
    load_kernels(sampler, 1_000, n_features, n_codes, np.dtype(np.float64))
    assert ran == SEARCHES | expected
