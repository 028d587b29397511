"""One module for each kind of case; ``CASES`` has them all by name.

A case is a function that takes a ``Plan`` and returns what is stored: "title", "data",
"sides", "claims" and "notes".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases.batch import batch_20m
from benchmarks.cases.cleaning import CLEANING, LARGE_CLEANING
from benchmarks.cases.cold_start import cold_start
from benchmarks.cases.family import (
    adasyn_300k,
    borderline_300k,
    kmeans_smote_55k,
    kmeans_smote_300k,
    smote_n_20k,
    smote_nc_55k,
    smote_nc_55k_frame,
    svm_smote_10k,
)
from benchmarks.cases.import_time import import_time
from benchmarks.cases.kernel import kernel_bandwidth
from benchmarks.cases.random_over import ros_mixed
from benchmarks.cases.small import small_1k
from benchmarks.cases.smote import (
    small_10k,
    smote_3m,
    smote_300k,
    smote_300k_exact,
    smote_300k_process,
)
from benchmarks.plan import Plan

CASES: dict[str, Callable[[Plan], dict[str, Any]]] = {
    function.__name__: function
    for function in (
        smote_300k,
        smote_300k_exact,
        smote_300k_process,
        small_10k,
        smote_3m,
        smote_nc_55k,
        smote_nc_55k_frame,
        smote_n_20k,
        borderline_300k,
        adasyn_300k,
        kmeans_smote_300k,
        kmeans_smote_55k,
        svm_smote_10k,
        *CLEANING,
        *LARGE_CLEANING,
        small_1k,
        kernel_bandwidth,
        ros_mixed,
        import_time,
        batch_20m,
        cold_start,
    )
}
