"""SMOTE in memory: calls in a running process, whole processes, small and large."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.data import arrays
from benchmarks.plan import Plan
from benchmarks.processes import call, run_code
from benchmarks.programs import OURS, THEIRS, smote_program
from benchmarks.stats import claim, summarise_calls, summarise_processes

_CALLS = "benchmarks.sides:smote_calls"


def _large(plan: Plan) -> str:
    n_samples = plan.size(300_000, 6_000)
    return arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")


def _rounds(
    plan: Plan, folder: str, rounds: int, later: dict[str, int], **ours: Any
) -> dict[str, list[dict[str, Any]]]:
    """Start both sides in turn, after one process of ours that may have to compile."""
    call(_CALLS, library=OURS, folder=folder, later=0, **ours)
    answers: dict[str, list[dict[str, Any]]] = {OURS: [], THEIRS: []}
    for _ in range(plan.rounds(rounds)):
        for side in (OURS, THEIRS):
            more = ours if side == OURS else {}
            save = {"save": str(plan.folder / f"{side}.npy")}
            answer = call(
                _CALLS, library=side, folder=folder, later=later[side], **save, **more
            )
            answers[side].append(answer)
    return answers


def _ratio(sides: dict[str, Any], what: str = "later_calls") -> float:
    return float(sides[THEIRS][what]["median"] / sides[OURS][what]["median"])


def _data(folder: str, answer: dict[str, Any]) -> dict[str, Any]:
    kept = ("input_bytes", "result_bytes", "new_rows")
    shape = os.path.basename(folder)
    return {"shape": shape, **{name: answer[name] for name in kept}}


def _in_one_process(
    plan: Plan, title: str, target: float, search: str | None
) -> tuple[dict[str, Any], str]:
    folder = _large(plan)
    ours = {"search": search} if search else {}
    answers = _rounds(plan, folder, 3, {OURS: 3, THEIRS: 1}, **ours)
    sides = {side: summarise_calls(found) for side, found in answers.items()}
    speed = claim("speed, later calls", target, _ratio(sides), "x")
    data = _data(folder, answers[OURS][0]) | {"search": answers[OURS][0]["search"]}
    return {
        "title": title,
        "data": data,
        "sides": sides,
        "claims": [speed],
        "notes": [],
    }, folder


def smote_300k(plan: Plan) -> dict[str, Any]:
    title = "SMOTE, 300,000 x 30 float32, 100,000 minority, later calls"
    result, folder = _in_one_process(plan, title, 15, None)
    found = call(_CALLS, library=OURS, folder=folder, later=0, recall=True)
    result["claims"].append(claim("recall@5", 0.95, found["recall"], ""))
    return result


def smote_300k_exact(plan: Plan) -> dict[str, Any]:
    title = 'the same with search="exact"'
    result, _ = _in_one_process(plan, title, 3, "exact")
    files = {
        "first": str(plan.folder / f"{OURS}.npy"),
        "second": str(plan.folder / f"{THEIRS}.npy"),
    }
    rows = call("benchmarks.sides:compare_rows", **files)
    result["data"]["rows_compared"] = rows["rows"]
    result["claims"].append(
        claim("rows equal bit for bit", 1, rows["equal"] / rows["rows"], "")
    )
    return result


def _whole_processes(plan: Plan, folder: str, rounds: int) -> dict[str, Any]:
    run_code(smote_program(OURS, folder))
    runs: dict[str, list[dict[str, Any]]] = {OURS: [], THEIRS: []}
    for _ in range(plan.rounds(rounds)):
        for side in (OURS, THEIRS):
            runs[side].append(run_code(smote_program(side, folder)).times())
    return {side: summarise_processes(found) for side, found in runs.items()}


def smote_300k_process(plan: Plan) -> dict[str, Any]:
    folder = _large(plan)
    sides = _whole_processes(plan, folder, 3)
    return {
        "title": "the same as a whole process, from start to result",
        "data": {"shape": os.path.basename(folder)},
        "sides": sides,
        "claims": [claim("speed, whole process", 5, _ratio(sides, "process_wall"), "x")],
        "notes": ["Not the first process on the machine: kernels come from numba's cache."],
    }


def small_10k(plan: Plan) -> dict[str, Any]:
    folder = arrays(plan.folder, 10_000, 1_000, 20, "float64")
    later = plan.size(60, 5)
    answers = _rounds(plan, folder, 5, {OURS: later, THEIRS: later})
    sides = {side: summarise_calls(found) for side, found in answers.items()}
    whole = _whole_processes(plan, folder, 10)
    for side in sides:
        sides[side].update(whole[side], peak_bytes=sides[side]["peak_bytes"])
    return {
        "title": "SMOTE, 10,000 x 20 float64, 1,000 minority",
        "data": _data(folder, answers[OURS][0]),
        "sides": sides,
        "claims": [
            claim("speed, later calls", 1, _ratio(sides), "x"),
            claim("speed, whole process", 1, _ratio(sides, "process_wall"), "x"),
        ],
        "notes": [],
    }


def smote_3m(plan: Plan) -> dict[str, Any]:
    n_samples, n_scaled = plan.size(3_000_000, 20_000), plan.size(900_000, 6_000)
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")
    scaled_folder = arrays(plan.folder, n_scaled, n_scaled // 3, 30, "float32")
    call(_CALLS, library=OURS, folder=scaled_folder, later=0)
    # One call a process: a memory peak of later calls would not be that of the first.
    ours = [call(_CALLS, library=OURS, folder=folder, later=0) for _ in range(plan.rounds(2))]
    theirs = call(_CALLS, library=THEIRS, folder=scaled_folder, later=0)
    ours += [call(_CALLS, library=OURS, folder=folder, later=0, recall=True)]
    factor = (n_samples / n_scaled) ** 2
    sides = {OURS: summarise_calls(ours), THEIRS: summarise_calls([theirs])}
    seconds = sides[OURS]["first_call"]["median"]
    above = sides[OURS]["peak_bytes"] - ours[0]["result_bytes"]
    return {
        "title": "SMOTE, 3,000,000 x 30 float32, 1,000,000 minority",
        "data": _data(folder, ours[0]) | {"search": ours[0]["search"]},
        "sides": sides,
        "claims": [
            claim("speed, scaled", 60, theirs["first"] * factor / seconds, "x"),
            claim("recall@5", 0.95, ours[-1]["recall"], ""),
            claim("peak memory above the result", 1.5e9, above, "bytes", at_most=True),
        ],
        "notes": [
            f"imbalanced-learn was measured at {n_scaled // 3:,} minority rows of {n_scaled:,} "
            f"({theirs['first']:.0f} s, one call) and scaled by the square of the size "
            f"({factor:.1f} times), which makes {theirs['first'] * factor:,.0f} s: its search "
            "compares each minority row with each other.",
            "The peak is of the whole process, with the interpreter and the input in it; "
            "smotefast's seconds are of the first call in a process.",
        ],
    }
