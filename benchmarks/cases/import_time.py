"""What importing costs, in whole processes."""

from __future__ import annotations

from typing import Any

from benchmarks.plan import Plan
from benchmarks.processes import run_code
from benchmarks.programs import OURS, THEIRS, import_program
from benchmarks.stats import claim, summarise_processes


def import_time(plan: Plan) -> dict[str, Any]:
    programs = {
        "python alone": "pass",
        "import smotefast": "import smotefast",
        f"SMOTE from {OURS}": import_program(OURS),
        f"SMOTE from {THEIRS}": import_program(THEIRS),
    }
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for code in programs.values():
        run_code(code)
    for _ in range(plan.rounds(20)):
        for name, code in programs.items():
            runs[name].append(run_code(code).times())
    sides = {name: summarise_processes(found) for name, found in runs.items()}
    wall = {name: side["process_wall"]["median"] for name, side in sides.items()}
    alone = wall["python alone"]
    ratio = wall[f"SMOTE from {THEIRS}"] / wall[f"SMOTE from {OURS}"]
    return {
        "title": "Import time of smotefast and of SMOTE",
        "data": {},
        "sides": sides,
        "claims": [
            claim("import smotefast", 0.1, wall["import smotefast"] - alone, "s", at_most=True),
            claim("speed, importing SMOTE", 1, ratio, "x"),
        ],
        "notes": [
            'The target for "import smotefast" is about the time added to an interpreter that '
            "does nothing. The speed is the ratio of whole processes."
        ],
    }
