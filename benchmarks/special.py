"""Cases that are no comparison of one sampler in calls: processes, files, frames, kernels."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import Generated
from benchmarks.libraries import OURS, THEIRS, sampler_program
from benchmarks.measure import Found, Plan, case_of, claim, programs_in_turn, ratio
from benchmarks.other_targets import other_targets
from smotefast.bench.cases import DataSet
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import call, run_command
from smotefast.bench.spread import summarize, summarize_calls, summarize_processes

COPY = "plain pyarrow copy"
COMMAND = (sys.executable, "-m", "smotefast")
_LIMIT, _LIMIT_BYTES = "1GiB", 1 << 30
_LARGE = DataSet(n_rows=300_000, n_features=30, ratio=0.5)


class Special(NamedTuple):
    """A case with a function of its own."""

    name: str
    measure: Callable[[Plan], Found]


def smote_process(plan: Plan) -> Found:
    folder = Generated(_LARGE, "float32").folder(plan)
    programs = {of: sampler_program(of, folder, "SMOTE", {}) for of in (OURS, THEIRS)}
    sides = programs_in_turn(programs, plan.rounds(3))
    return case_of(
        "SMOTE, whole process, 300,000 x 30 float32, 100,000 minority",
        {},
        sides,
        [claim("speed, whole process", 5, ratio(sides, what="process_wall"))],
        "The kernels were compiled before and come from numba's cache.",
    )


def smote_3m(plan: Plan) -> Found:
    n_all, n_scaled = plan.size(3_000_000, 1_000), plan.size(900_000, 300)
    data, fewer = (
        Generated(DataSet(n_rows=n, n_features=30, ratio=0.5), "float32").arguments(plan)
        for n in (n_all, n_scaled)
    )
    given = {"library": OURS, "sampler": "SMOTE"}
    resample = partial(call, "benchmarks.sides:sampler_calls")
    resample(data=fewer, **given)
    # One call a process: a memory peak of later calls would not be that of the first.
    ours = [resample(data=data, **given) for _ in range(plan.rounds(2))]
    theirs = resample(data=fewer, **given | {"library": THEIRS})
    ours += [resample(data=data, recall=True, **given)]
    factor = (n_all / n_scaled) ** 2
    sides = {OURS: summarize_calls(ours), THEIRS: summarize_calls([theirs])}
    above = sides[OURS]["peak_bytes"]["maximum"] - ours[0]["result_bytes"]
    speed = theirs["first"] * factor / sides[OURS]["first_call"]["median"]
    return case_of(
        "SMOTE, 3,000,000 x 30 float32, 1,000,000 minority",
        {name: ours[0][name] for name in ("input_bytes", "result_bytes")},
        sides,
        [
            claim("speed, scaled", 60, speed),
            claim("recall@5", 0.95, ours[-1]["recall_of_sample"], ""),
            claim("peak memory above the result", 1.5e9, above, "bytes", at_most=True),
        ],
        f"imbalanced-learn ran once on {n_scaled:,} rows with {n_scaled // 3:,} minority "
        f"rows ({theirs['first']:.0f} s). Its search compares all pairs of minority rows, "
        f"so the time is scaled by the square of the size ({factor:.1f} times), to "
        f"{theirs['first'] * factor:,.0f} s.",
        "The peak memory is that of the whole process, including the interpreter and the "
        "input. smotefast's time is that of the first call in a process.",
    )


def kernel_bandwidth(plan: Plan) -> Found:
    n_new = plan.size(10_000_000, 100_000)
    sides, claims = {}, []
    for n_base in (plan.size(50_000, 2_000), plan.size(2_000_000, 20_000)):
        given = {"n_base": n_base, "n_new": n_new, "turns": plan.size(12, 2)}
        found = call("benchmarks.kernel_turns:turns_of_kernels", **given)["seconds"]
        calls = {name: summarize(seconds[1:]) for name, seconds in found.items()}
        for name, seconds in found.items():
            sides[f"{name}, {n_base:,} base rows"] = {
                "first_call": summarize(seconds[:1]), "later_calls": calls[name]
            }  # fmt: skip
        copy, plain, ours = (calls[of]["median"] for of in ("copy", "plain loop", "smotefast"))
        target = copy / plain if claims else 0.6
        what = f"share of the copy's bandwidth, {n_base:,} base rows"
        claims.append(claim(what, target, copy / ours, ""))
    return case_of(
        "Interpolation kernel, 10,000,000 x 30 float32, compared with a parallel copy",
        {"result_bytes": n_new * 30 * 4},
        sides,
        claims,
        "The copy uses two threads of numpy.copyto, each for half of the result. For "
        "2,000,000 base rows the target is what a plain loop reaches in the same process, "
        "because memory latency limits the gathering of random rows.",
    )


def ros_mixed(plan: Plan) -> Found:
    n_samples = plan.size(1_000_000, 20_000)
    resample = partial(call, "benchmarks.sides:over_sample_frame", n_samples=n_samples)
    turns = {
        side: partial(resample, library=side, later=later)
        for side, later in ((OURS, 3), (THEIRS, 1))
    }
    answers = take_turns(turns, plan.rounds(3))
    sides = {side: summarize_calls(found) for side, found in answers.items()}
    result_bytes = answers[OURS][0]["result_bytes"]
    added = {of: side["added_bytes"]["maximum"] / result_bytes for of, side in sides.items()}
    what = "memory of the call relative to the result"
    return case_of(
        "RandomOverSampler, mixed pandas frame, 1,000,000 x 16",
        {"rows": n_samples, "result_bytes": result_bytes},
        sides,
        [
            claim("speed, later calls", 10, ratio(sides)),
            claim(what, 1.1, added[OURS], "", at_most=True),
        ],
        "Memory of the call: peak resident memory during the first full call, minus the "
        f"resident memory before it. For imbalanced-learn it is {added[THEIRS]:.1f} times the "
        "result. A call on 100 rows runs first, so that imports are not counted.",
        "Columns: 6 float, 4 integer, 2 bool, 2 category, 1 string, 1 datetime.",
    )


def import_time(plan: Plan) -> Found:
    programs = {
        "python alone": "pass",
        "import smotefast": "import smotefast",
        f"SMOTE from {OURS}": "from smotefast.over_sampling import SMOTE",
        f"SMOTE from {THEIRS}": "from imblearn.over_sampling import SMOTE",
    }
    sides = programs_in_turn(programs, plan.rounds(20))
    wall = {name: side["process_wall"]["median"] for name, side in sides.items()}
    added = wall["import smotefast"] - wall["python alone"]
    speed = wall[f"SMOTE from {THEIRS}"] / wall[f"SMOTE from {OURS}"]
    return case_of(
        "Import time of smotefast and of SMOTE",
        {},
        sides,
        [
            claim("import smotefast", 0.1, added, "s", at_most=True),
            claim("speed, importing SMOTE", 1, speed),
        ],
        'The target for "import smotefast" is about the time added to an interpreter that '
        "does nothing. The speed is the ratio of whole processes.",
    )


def batch_20m(plan: Plan) -> Found:
    n_rows = plan.size(20_000_000, 200_000)
    source, balanced, copied = (
        str(plan.folder / f"{name}.parquet") for name in (f"{n_rows}x20", "balanced", "copy")
    )
    if not Path(source).exists():
        sizes = {"n_samples": n_rows, "n_features": 20, "share": 0.02}
        call("benchmarks.data:make_parquet", path=source, **sizes)
    command = [*COMMAND, "resample", source, balanced, "--target", "label"]
    command += ["--memory-limit", _LIMIT, "--seed", "0", "--overwrite"]
    run_command([*COMMAND, "warmup"])
    given = {"source": balanced, "destination": copied}
    # One round is the command and then the copy of its result: no second round backwards.
    runs: dict[str, list[Found]] = {OURS: [], COPY: []}
    for _ in range(plan.rounds(3)):
        os.sync()  # what one side left to be written must not slow the other
        runs[OURS].append(run_command(command).times())
        os.sync()
        runs[COPY].append(call("benchmarks.special:copy_parquet", **given))
        os.remove(copied)
    sides = {
        OURS: summarize_processes(runs[OURS]),
        COPY: summarize_processes([answer["process"] for answer in runs[COPY]]),
    }
    sides[COPY]["until_closed"] = summarize([answer["closed"] for answer in runs[COPY]])
    out_bytes = os.path.getsize(balanced)
    os.remove(balanced)
    throughput = sides[COPY]["until_closed"]["median"] / sides[OURS]["process_wall"]["median"]
    peak = sides[OURS]["peak_bytes"]["maximum"]
    return case_of(
        "Balancing a Parquet file, 20,000,000 x 20 float32, 2% minority, limit 1 GiB",
        {"file_bytes_in": os.path.getsize(source), "file_bytes_out": out_bytes}
        | {"rows_out": runs[COPY][0]["rows"]},
        sides,
        [
            claim("resident memory", _LIMIT_BYTES, peak, "bytes", at_most=True),
            claim("throughput relative to the copy", 0.5, throughput, ""),
        ],
        "The copy streams the balanced file into another file with the same settings. The "
        "throughput compares its reading and writing alone, without process start and "
        "fsync, with the whole smotefast command, which includes both.",
    )


def copy_parquet(source: str, destination: str) -> dict[str, Any]:
    """Copy batch by batch, as plainly as it can be done; return the seconds until closed."""
    import pyarrow.parquet as pq

    started = time.perf_counter()
    rows = 0
    with pq.ParquetFile(source) as file:
        options = {"use_dictionary": ["label"]}  # as in the source: random floats have none
        with pq.ParquetWriter(destination, file.schema_arrow, **options) as writer:
            for batch in file.iter_batches(batch_size=500_000):
                writer.write_batch(batch)
                rows += batch.num_rows
    return {"closed": time.perf_counter() - started, "rows": rows}


def cold_start(plan: Plan) -> Found:
    few = Generated(DataSet(ratio=1 / 9)), "exact"
    many = Generated(_LARGE, "float32"), "approximate"
    names = {"small data": few, "large data": many}
    seconds: dict[str, list[float]] = {"small data": [], "large data": [], "warmup": []}
    for _ in range(plan.rounds(2)):
        for name, (data, search) in names.items():
            given = {"library": OURS, "sampler": "SMOTE", "data": data.arguments(plan)}
            given["parameters"] = {"search": search}
            with tempfile.TemporaryDirectory() as cache:
                env = {"NUMBA_CACHE_DIR": cache}
                answer = call("benchmarks.sides:sampler_calls", env, **given)
            seconds[name].append(answer["first"])
        with tempfile.TemporaryDirectory() as cache:
            done = run_command([*COMMAND, "warmup"], {"NUMBA_CACHE_DIR": cache})
        seconds["warmup"].append(done.wall)
    return case_of(
        "First call on a machine, with an empty compilation cache",
        {},
        {name: {"first_call": summarize(found)} for name, found in seconds.items()},
        [],
        "The large data use approximate search, which compiles the most code. "
        "`smotefast warmup` compiles everything in advance, for container images.",
    )


SPECIAL = (
    Special("smote_300k_process", smote_process),
    Special("smote_3m", smote_3m),
    Special("kernel_bandwidth", kernel_bandwidth),
    Special("ros_mixed", ros_mixed),
    Special("import_time", import_time),
    Special("batch_20m", batch_20m),
    Special("cold_start", cold_start),
    Special("other_targets", other_targets),
)
