"""The first call on a machine, when nothing has been compiled yet."""

from __future__ import annotations

import sys
import tempfile
from typing import Any

from benchmarks.data import arrays
from benchmarks.plan import Plan
from benchmarks.processes import call, run_command
from benchmarks.stats import summarise

_CALLS = "benchmarks.sides:sampler_calls"


def cold_start(plan: Plan) -> dict[str, Any]:
    n_samples = plan.size(300_000, 6_000)
    small = arrays(plan.folder, 10_000, 1_000, 20, "float64")
    large = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")
    warmup = [sys.executable, "-m", "smotefast", "warmup"]
    seconds: dict[str, list[float]] = {"small data": [], "large data": [], "warmup": []}
    for _ in range(plan.rounds(2)):
        for name, folder in (("small data", small), ("large data", large)):
            with tempfile.TemporaryDirectory() as cache:
                env = {"NUMBA_CACHE_DIR": cache}
                search = "approximate" if name == "large data" else "exact"
                ours = {"library": "smotefast", "folder": folder, "later": 0}
                ours["parameters"] = {"search": search}
                seconds[name].append(call(_CALLS, env, **ours)["first"])
        with tempfile.TemporaryDirectory() as cache:
            seconds["warmup"].append(run_command(warmup, {"NUMBA_CACHE_DIR": cache}).wall)
    return {
        "title": "First call on a machine, with an empty compilation cache",
        "data": {},
        "sides": {name: {"first_call": summarise(found)} for name, found in seconds.items()},
        "claims": [],
        "notes": [
            "The large data use approximate search, which compiles the most code. "
            "`smotefast warmup` compiles everything in advance, for container images."
        ],
    }
