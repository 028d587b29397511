"""All cases by name, in the order of the documents."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import special
from benchmarks.studies import CLEANERS, OVER_SAMPLERS
from benchmarks.turns import Found, Plan

_STUDIES: dict[str, Callable[[Plan], Found]] = {
    one.name: one.measure for one in (*OVER_SAMPLERS, *CLEANERS)
}
_SMOTE = ("smote_300k", "smote_300k_exact")
CASES: dict[str, Callable[[Plan], Found]] = {
    **{name: _STUDIES[name] for name in _SMOTE},
    "smote_300k_process": special.smote_300k_process,
    "small_10k": _STUDIES["small_10k"],
    "smote_3m": special.smote_3m,
    **{name: measure for name, measure in _STUDIES.items() if name not in _SMOTE},
    **{
        function.__name__: function
        for function in (
            special.small_1k,
            special.kernel_bandwidth,
            special.ros_mixed,
            special.import_time,
            special.batch_20m,
            special.cold_start,
        )
    },
}
