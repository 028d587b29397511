"""RandomOverSampler on a frame of mixed columns: speed and memory."""

from __future__ import annotations

from typing import Any

from benchmarks.plan import Plan
from benchmarks.processes import call
from benchmarks.programs import OURS, THEIRS
from benchmarks.stats import claim, summarise_calls


def ros_mixed(plan: Plan) -> dict[str, Any]:
    n_samples = plan.size(1_000_000, 20_000)
    answers: dict[str, list[dict[str, Any]]] = {OURS: [], THEIRS: []}
    for _ in range(plan.rounds(3)):
        for side in (OURS, THEIRS):
            later = 3 if side == OURS else 1
            arguments = {"library": side, "n_samples": n_samples, "later": later}
            answers[side].append(call("benchmarks.frame_side:over_sample", **arguments))
    sides = {side: summarise_calls(found) for side, found in answers.items()}
    added = {side: max(a["added_bytes"] for a in found) for side, found in answers.items()}
    result_bytes = answers[OURS][0]["result_bytes"]
    for side in sides:
        sides[side]["added_bytes"] = added[side]
    theirs, ours = (sides[side]["later_calls"]["median"] for side in (THEIRS, OURS))
    return {
        "title": "RandomOverSampler, mixed pandas frame, 1,000,000 x 16",
        "data": {"rows": n_samples, "result_bytes": result_bytes},
        "sides": sides,
        "claims": [
            claim("speed, later calls", 10, theirs / ours, "x"),
            claim(
                "memory of the call relative to the result",
                1.1,
                added[OURS] / result_bytes,
                "",
                at_most=True,
            ),
        ],
        "notes": [
            "Memory of the call: peak resident memory during the first full call, minus the "
            "resident memory before it. For imbalanced-learn it is "
            f"{added[THEIRS] / result_bytes:.1f} times the result. A call on 100 rows runs "
            "first, so that imports are not counted.",
            "Columns: 6 float, 4 integer, 2 bool, 2 category, 1 string, 1 datetime.",
        ],
    }
