"""RandomOverSampler on a mixed frame, with the memory that one call adds."""

from __future__ import annotations

import gc
from typing import Any

from benchmarks.data import mixed_frame
from benchmarks.sides import make_sampler
from benchmarks.worker import time_calls
from smotefast.storage import release_memory


def over_sample(library: str, n_samples: int, later: int) -> dict[str, Any]:
    """Measure the memory of one call, then the seconds of ``1 + later``."""
    frame, y = mixed_frame(n_samples)
    sampler = make_sampler(library, "RandomOverSampler")
    sampler.fit_resample(frame[:100], y[:100])  # imports are not what is measured
    gc.collect()
    release_memory()
    before = _status("VmRSS")
    _forget_peak()
    result = sampler.fit_resample(frame, y)
    added = _status("VmHWM") - before
    X_new, y_new = result
    result_bytes = int(X_new.memory_usage(deep=True).sum() + y_new.memory_usage(deep=True))
    del result, X_new, y_new
    answer, _ = time_calls(lambda: sampler.fit_resample(frame, y), later)
    return answer | {"added_bytes": added, "result_bytes": result_bytes}


def _forget_peak() -> None:
    """Let Linux count the peak of this process from here on."""
    with open("/proc/self/clear_refs", "w") as control:
        control.write("5")


def _status(name: str) -> int:
    with open("/proc/self/status") as lines:
        line = next(line for line in lines if line.startswith(name + ":"))
    return int(line.split()[1]) * 1024
