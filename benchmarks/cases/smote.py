"""SMOTE in memory: calls in a running process, whole processes, small and large."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.cases.turns import (
    Side,
    compared,
    described,
    equal_rows,
    ratio,
    whole_processes,
)
from benchmarks.data import arrays
from benchmarks.plan import Plan
from benchmarks.programs import OURS, THEIRS
from benchmarks.stats import claim, summarise_calls


def _large(plan: Plan) -> str:
    n_samples = plan.size(300_000, 6_000)
    return arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")


def _in_one_process(
    plan: Plan, title: str, speed: float, parameters: dict[str, Any]
) -> dict[str, Any]:
    sides = {
        OURS: Side(OURS, 3, parameters=parameters, speed=speed),
        THEIRS: Side(THEIRS, 1),
    }
    return compared(plan, title, _large(plan), sides, 3)


def smote_300k(plan: Plan) -> dict[str, Any]:
    title = "SMOTE, 300,000 x 30 float32, 100,000 minority"
    result = _in_one_process(plan, title, 15, {})
    found = Side(OURS, 0).call(_large(plan), recall=True)
    result["claims"].append(claim("recall@5", 0.95, found["recall"], ""))
    return result


def smote_300k_exact(plan: Plan) -> dict[str, Any]:
    title = 'SMOTE, search="exact", 300,000 x 30 float32, 100,000 minority'
    result = _in_one_process(plan, title, 3, {"search": "exact"})
    result["data"]["rows_compared"] = result["data"]["new_rows"]
    equal = equal_rows(plan, OURS, THEIRS)
    result["claims"].append(claim("rows equal bit for bit", 1, equal, ""))
    return result


def smote_300k_process(plan: Plan) -> dict[str, Any]:
    folder = _large(plan)
    sides = whole_processes(plan, folder, 3)
    return {
        "title": "SMOTE, whole process, 300,000 x 30 float32, 100,000 minority",
        "data": {"shape": os.path.basename(folder)},
        "sides": sides,
        "claims": [claim("speed, whole process", 5, ratio(sides, what="process_wall"), "x")],
        "notes": ["The kernels were compiled before and come from numba's cache."],
    }


def small_10k(plan: Plan) -> dict[str, Any]:
    folder = arrays(plan.folder, 10_000, 1_000, 20, "float64")
    later = plan.size(60, 5)
    sides = {OURS: Side(OURS, later, speed=1), THEIRS: Side(THEIRS, later)}
    result = compared(plan, "SMOTE, 10,000 x 20 float64, 1,000 minority", folder, sides, 5)
    whole = whole_processes(plan, folder, 10)
    for name, side in result["sides"].items():
        side.update(whole[name], peak_bytes=side["peak_bytes"])
    speed = ratio(whole, what="process_wall")
    result["claims"].append(claim("speed, whole process", 1, speed, "x"))
    return result


def smote_3m(plan: Plan) -> dict[str, Any]:
    n_samples, n_scaled = plan.size(3_000_000, 20_000), plan.size(900_000, 6_000)
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")
    scaled_folder = arrays(plan.folder, n_scaled, n_scaled // 3, 30, "float32")
    Side(OURS, 0).call(scaled_folder)
    # One call a process: a memory peak of later calls would not be that of the first.
    ours = [Side(OURS, 0).call(folder) for _ in range(plan.rounds(2))]
    theirs = Side(THEIRS, 0).call(scaled_folder)
    ours += [Side(OURS, 0).call(folder, recall=True)]
    factor = (n_samples / n_scaled) ** 2
    sides = {OURS: summarise_calls(ours), THEIRS: summarise_calls([theirs])}
    seconds = sides[OURS]["first_call"]["median"]
    above = sides[OURS]["peak_bytes"] - ours[0]["result_bytes"]
    return {
        "title": "SMOTE, 3,000,000 x 30 float32, 1,000,000 minority",
        "data": described(folder, ours[0]),
        "sides": sides,
        "claims": [
            claim("speed, scaled", 60, theirs["first"] * factor / seconds, "x"),
            claim("recall@5", 0.95, ours[-1]["recall"], ""),
            claim("peak memory above the result", 1.5e9, above, "bytes", at_most=True),
        ],
        "notes": [
            f"imbalanced-learn ran once on {n_scaled:,} rows with {n_scaled // 3:,} minority "
            f"rows ({theirs['first']:.0f} s). Its search compares all pairs of minority rows, "
            f"so the time is scaled by the square of the size ({factor:.1f} times), to "
            f"{theirs['first'] * factor:,.0f} s.",
            "The peak memory is that of the whole process, including the interpreter and the "
            "input. smotefast's time is that of the first call in a process.",
        ],
    }
