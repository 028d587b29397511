"""File to file: the memory limit as seen from outside, and speed beside a plain copy."""

from __future__ import annotations

import os
import sys
from typing import Any

from benchmarks.data import parquet
from benchmarks.plan import Plan
from benchmarks.processes import call, run_command
from benchmarks.programs import OURS
from benchmarks.stats import claim, summarise, summarise_processes

LIMIT, LIMIT_BYTES = "1GiB", 1 << 30
COPY = "plain pyarrow copy"


def batch_20m(plan: Plan) -> dict[str, Any]:
    source = parquet(plan.folder, plan.size(20_000_000, 2_000_000), 20, 0.02)
    balanced, copied = str(plan.folder / "balanced.parquet"), str(plan.folder / "copy.parquet")
    command = [sys.executable, "-m", "smotefast", "resample", source, balanced]
    command += ["--target", "label", "--memory-limit", LIMIT, "--seed", "0", "--overwrite"]
    run_command([sys.executable, "-m", "smotefast", "warmup"])
    ours, plain, calls = [], [], []
    for _ in range(plan.rounds(3)):
        os.sync()  # what one side left to be written must not slow the other
        ours.append(run_command(command).times())
        os.sync()
        answer = call("benchmarks.parquet_copy:copy", source=balanced, destination=copied)
        plain.append(answer["process"])
        calls.append(answer)
        os.remove(copied)
    sides = {OURS: summarise_processes(ours), COPY: summarise_processes(plain)}
    sides[COPY]["until closed"] = summarise([answer["closed"] for answer in calls])
    sides[COPY]["until synced"] = summarise([answer["synced"] for answer in calls])
    out_bytes = os.path.getsize(balanced)
    os.remove(balanced)
    throughput = sides[COPY]["until closed"]["median"] / sides[OURS]["process_wall"]["median"]
    peak = sides[OURS]["peak_bytes"]
    return {
        "title": "Balancing a Parquet file, 20,000,000 x 20 float32, 2% minority, limit 1 GiB",
        "data": {"file_bytes_in": os.path.getsize(source), "file_bytes_out": out_bytes}
        | {"rows_out": calls[0]["rows"]},
        "sides": sides,
        "claims": [
            claim("resident memory", LIMIT_BYTES, peak, "bytes", at_most=True),
            claim("throughput relative to the copy", 0.5, throughput, ""),
        ],
        "notes": [
            "The copy streams the balanced file into another file with the same settings. The "
            "throughput compares its reading and writing alone, without process start and "
            "fsync, with the whole smotefast command, which includes both."
        ],
    }
