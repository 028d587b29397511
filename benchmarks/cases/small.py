"""Every sampler on a thousand rows, where calls are short."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cases.turns import Side, agreement, ratio, take_turns, whole_processes
from benchmarks.data import arrays
from benchmarks.nominal_data import mixed_arrays, nominal_arrays
from benchmarks.plan import Plan
from benchmarks.programs import OURS, THEIRS
from benchmarks.stats import claim, summarise_calls

_ROUNDS, _LATER = 5, 40  # 200 later calls of each side
_FEW = 4  # of what takes about a second


class Small(NamedTuple):
    """A sampler on its data; ``whole`` says that whole processes are measured as well.

    ``later`` is how often a process calls it after the first time.
    """

    name: str
    sampler: str
    parameters: dict[str, Any]
    data: str = "numbers"
    whole: bool = False
    later: int = _LATER

    def data_in(self, folder: Path) -> str:
        """Return the folder of its data; nothing is smaller than a thousand rows."""
        if self.data == "mixed":
            return mixed_arrays(folder, 1_000, 100, 20, 4)
        if self.data == "nominal":
            return nominal_arrays(folder, [900, 100], 20)
        return arrays(folder, 1_000, 100, 20, "float64", overlap=0.05)


SAMPLERS = (
    Small("SMOTE", "SMOTE", {}),
    Small("BorderlineSMOTE", "BorderlineSMOTE", {}, whole=True),
    Small("BorderlineSMOTE 2", "BorderlineSMOTE", {"kind": "borderline-2"}),
    Small("SVMSMOTE", "SVMSMOTE", {}),
    Small("KMeansSMOTE", "KMeansSMOTE", {"cluster_balance_threshold": 0.05}),
    Small("ADASYN", "ADASYN", {}),
    Small("SMOTENC", "SMOTENC", {"categorical_features": [*range(16, 20)]}, "mixed", True),
    Small("SMOTEN", "SMOTEN", {}, "nominal"),
    Small("RandomOverSampler", "RandomOverSampler", {}),
    Small("RandomUnderSampler", "RandomUnderSampler", {}),
    Small("TomekLinks", "TomekLinks", {}),
    Small("EditedNearestNeighbours", "EditedNearestNeighbours", {}, whole=True),
    Small("RepeatedEditedNearestNeighbours", "RepeatedEditedNearestNeighbours", {}),
    Small("AllKNN", "AllKNN", {}),
    Small("NeighbourhoodCleaningRule", "NeighbourhoodCleaningRule", {}),
    Small("OneSidedSelection", "OneSidedSelection", {}),
    Small("CondensedNearestNeighbour", "CondensedNearestNeighbour", {}, later=_FEW),
    *(Small(f"NearMiss {version}", "NearMiss", {"version": version}) for version in (1, 2, 3)),
    Small("InstanceHardnessThreshold", "InstanceHardnessThreshold", {}, later=_FEW),
    Small("ClusterCentroids", "ClusterCentroids", {}),
    Small("SMOTEENN", "SMOTEENN", {}, whole=True),
    Small("SMOTETomek", "SMOTETomek", {}),
)


def small_1k(plan: Plan) -> dict[str, Any]:
    result: dict[str, Any] = {
        "title": "Every sampler, 1,000 x 20, 100 minority",
        "data": {"rows": 1_000},
        "sides": {},
        "pairs": {},
        "claims": [],
        "notes": [
            "SMOTENC gets 16 numeric columns and 4 columns of 8 categories; SMOTEN gets 20 "
            "columns of 5 to 20 categories. KMeansSMOTE uses cluster_balance_threshold=0.05."
        ],
    }
    for one in SAMPLERS:
        _measure(plan, one, result)
    return result


def _measure(plan: Plan, one: Small, result: dict[str, Any]) -> None:
    """Add a sampler's two sides, how they compare, and its claims."""
    folder, parameters = one.data_in(plan.folder), one.parameters
    later = plan.size(one.later, 2)
    sides = {of: Side(of, later, one.sampler, parameters) for of in (OURS, THEIRS)}
    answers = take_turns(plan, folder, sides, _ROUNDS)
    found = {side: summarise_calls(of) for side, of in answers.items()}
    for side in found:
        found[side]["counts"] = answers[side][-1]["counts"]
    speed = ratio(found)
    result["claims"].append(claim(f"speed, later calls, {one.name}", 1, speed, "x"))
    if one.whole:
        whole = whole_processes(plan, folder, 10, one.sampler, **parameters)
        for side in found:
            found[side].update(whole[side], peak_bytes=found[side]["peak_bytes"])
        in_all = ratio(whole, what="process_wall")
        result["claims"].append(claim(f"speed, whole process, {one.name}", 1, in_all, "x"))
    result["sides"] |= {f"{one.name}, {side}": found[side] for side in found}
    result["pairs"][one.name] = {"speed": speed, **agreement(plan, one.sampler, OURS)}
