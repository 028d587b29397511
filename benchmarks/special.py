"""Cases that are no comparison of one sampler in calls: processes, files, frames, kernels."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any, NamedTuple

from benchmarks.data import arrays, mixed_arrays, nominal_arrays, parquet
from benchmarks.programs import OURS, THEIRS, import_program
from benchmarks.turns import (
    Answers,
    Found,
    Plan,
    Side,
    agreement,
    case_of,
    claim,
    described,
    ratio,
    short_summary,
    summary_of_calls,
    summary_of_processes,
    take_turns,
    turns_of_programs,
    whole_processes,
)
from smotefast.bench.processes import call, run_command

_LIMIT, _LIMIT_BYTES = "1GiB", 1 << 30
COPY = "plain pyarrow copy"
_SMOTEFAST = (sys.executable, "-m", "smotefast")


def smote_300k_process(plan: Plan) -> Found:
    n_samples = plan.size(300_000, 6_000)
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")
    sides = whole_processes(plan, folder, 3)
    return case_of(
        "SMOTE, whole process, 300,000 x 30 float32, 100,000 minority",
        {"shape": os.path.basename(folder)},
        sides,
        [claim("speed, whole process", 5, ratio(sides, what="process_wall"))],
        "The kernels were compiled before and come from numba's cache.",
    )


def smote_3m(plan: Plan) -> Found:
    n_samples, n_scaled = plan.size(3_000_000, 20_000), plan.size(900_000, 6_000)
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32")
    scaled_folder = arrays(plan.folder, n_scaled, n_scaled // 3, 30, "float32")
    Side(OURS, 0).call(scaled_folder)
    # One call a process: a memory peak of later calls would not be that of the first.
    ours = [Side(OURS, 0).call(folder) for _ in range(plan.rounds(2))]
    theirs = Side(THEIRS, 0).call(scaled_folder)
    ours += [Side(OURS, 0).call(folder, recall=True)]
    factor = (n_samples / n_scaled) ** 2
    sides = {OURS: summary_of_calls(ours), THEIRS: summary_of_calls([theirs])}
    seconds = sides[OURS]["first_call"]["median"]
    above = sides[OURS]["peak_bytes"] - ours[0]["result_bytes"]
    return case_of(
        "SMOTE, 3,000,000 x 30 float32, 1,000,000 minority",
        described(folder, ours[0]),
        sides,
        [
            claim("speed, scaled", 60, theirs["first"] * factor / seconds),
            claim("recall@5", 0.95, ours[-1]["recall"], ""),
            claim("peak memory above the result", 1.5e9, above, "bytes", at_most=True),
        ],
        f"imbalanced-learn ran once on {n_scaled:,} rows with {n_scaled // 3:,} minority "
        f"rows ({theirs['first']:.0f} s). Its search compares all pairs of minority rows, "
        f"so the time is scaled by the square of the size ({factor:.1f} times), to "
        f"{theirs['first'] * factor:,.0f} s.",
        "The peak memory is that of the whole process, including the interpreter and the "
        "input. smotefast's time is that of the first call in a process.",
    )


class Small(NamedTuple):
    """A sampler on a thousand rows; ``whole``: whole processes are measured as well."""

    name: str
    sampler: str
    parameters: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    whole: bool = False
    later: int = 40

    def data_in(self, folder: Any) -> str:
        """Return the folder of its data; nothing is smaller than a thousand rows."""
        if self.sampler == "SMOTENC":
            return mixed_arrays(folder, 1_000, 100)
        if self.sampler == "SMOTEN":
            return nominal_arrays(folder, [900, 100])
        return arrays(folder, 1_000, 100, 20, "float64", overlap=0.05)


_FEW = 4  # of what takes about a second
SMALL = (
    Small("SMOTE", "SMOTE"),
    Small("BorderlineSMOTE", "BorderlineSMOTE", whole=True),
    Small("BorderlineSMOTE 2", "BorderlineSMOTE", {"kind": "borderline-2"}),
    Small("SVMSMOTE", "SVMSMOTE"),
    Small("KMeansSMOTE", "KMeansSMOTE", {"cluster_balance_threshold": 0.05}),
    Small("ADASYN", "ADASYN"),
    Small("SMOTENC", "SMOTENC", {"categorical_features": [*range(16, 20)]}, whole=True),
    *(Small(name, name) for name in ("SMOTEN", "RandomOverSampler", "RandomUnderSampler")),
    Small("TomekLinks", "TomekLinks"),
    Small("EditedNearestNeighbours", "EditedNearestNeighbours", whole=True),
    Small("RepeatedEditedNearestNeighbours", "RepeatedEditedNearestNeighbours"),
    Small("AllKNN", "AllKNN"),
    Small("NeighbourhoodCleaningRule", "NeighbourhoodCleaningRule"),
    Small("OneSidedSelection", "OneSidedSelection"),
    Small("CondensedNearestNeighbour", "CondensedNearestNeighbour", later=_FEW),
    *(Small(f"NearMiss {version}", "NearMiss", {"version": version}) for version in (1, 2, 3)),
    Small("InstanceHardnessThreshold", "InstanceHardnessThreshold", later=_FEW),
    Small("ClusterCentroids", "ClusterCentroids"),
    Small("SMOTEENN", "SMOTEENN", whole=True),
    Small("SMOTETomek", "SMOTETomek"),
)


def small_1k(plan: Plan) -> Found:
    result = case_of(
        "Every sampler, 1,000 x 20, 100 minority", {"rows": 1_000}, {}, [],
        "SMOTENC gets 16 numeric columns and 4 columns of 8 categories; SMOTEN gets 20 "
        "columns of 5 to 20 categories. KMeansSMOTE uses cluster_balance_threshold=0.05.",
    )  # fmt: skip
    result["pairs"] = {}
    for one in SMALL:
        _add_small(plan, one, result)
    return result


def _add_small(plan: Plan, one: Small, result: Found) -> None:
    """Add a sampler's two sides, how they compare, and its claims."""
    folder, later = one.data_in(plan.folder), plan.size(one.later, 2)
    sides = {of: Side(of, later, one.sampler, one.parameters) for of in (OURS, THEIRS)}
    answers = take_turns(plan, folder, sides, 5)
    found = {side: summary_of_calls(of) for side, of in answers.items()}
    for side in found:
        found[side]["counts"] = answers[side][-1]["counts"]
    speed = ratio(found)
    result["claims"].append(claim(f"speed, later calls, {one.name}", 1, speed))
    if one.whole:
        whole = whole_processes(plan, folder, 10, one.sampler, **one.parameters)
        for side in found:
            found[side].update(whole[side], peak_bytes=found[side]["peak_bytes"])
        in_all = ratio(whole, what="process_wall")
        result["claims"].append(claim(f"speed, whole process, {one.name}", 1, in_all))
    result["sides"] |= {f"{one.name}, {side}": found[side] for side in found}
    result["pairs"][one.name] = {"speed": speed, **agreement(plan, one.sampler, OURS)}


def kernel_bandwidth(plan: Plan) -> Found:
    n_new = plan.size(10_000_000, 100_000)
    sides, claims = {}, []
    for n_base in (plan.size(50_000, 2_000), plan.size(2_000_000, 20_000)):
        given = {"n_base": n_base, "n_new": n_new, "turns": plan.size(12, 2)}
        found = call("benchmarks.kernel_turns:take_turns", **given)["seconds"]
        calls = {name: short_summary(seconds[1:]) for name, seconds in found.items()}
        for name, seconds in found.items():
            first = short_summary(seconds[:1])
            sides[f"{name}, {n_base:,} base rows"] = {
                "first_call": first, "later_calls": calls[name]
            }  # fmt: skip
        copy, plain, ours = (calls[of]["median"] for of in ("copy", "plain loop", "smotefast"))
        target = copy / plain if claims else 0.6
        what = f"share of the copy's bandwidth, {n_base:,} base rows"
        claims.append(claim(what, target, copy / ours, ""))
    return case_of(
        "Interpolation kernel, 10,000,000 x 30 float32, compared with a parallel copy",
        {"new_rows": n_new, "result_bytes": n_new * 30 * 4},
        sides,
        claims,
        "The copy uses two threads of numpy.copyto, each for half of the result. For "
        "2,000,000 base rows the target is what a plain loop reaches in the same process, "
        "because memory latency limits the gathering of random rows.",
    )


def ros_mixed(plan: Plan) -> Found:
    n_samples = plan.size(1_000_000, 20_000)
    answers: Answers = {OURS: [], THEIRS: []}
    for _ in range(plan.rounds(3)):
        for side, later in ((OURS, 3), (THEIRS, 1)):
            given = {"library": side, "n_samples": n_samples, "later": later}
            answers[side].append(call("benchmarks.sides:over_sample_frame", **given))
    sides = {side: summary_of_calls(found) for side, found in answers.items()}
    for side, found in answers.items():
        sides[side]["added_bytes"] = max(answer["added"] for answer in found)
    result_bytes = answers[OURS][0]["result_bytes"]
    added = {side: found["added_bytes"] / result_bytes for side, found in sides.items()}
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
        f"SMOTE from {OURS}": import_program(OURS),
        f"SMOTE from {THEIRS}": import_program(THEIRS),
    }
    sides = turns_of_programs(plan, programs, 20)
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
    source = parquet(plan.folder, plan.size(20_000_000, 2_000_000), 20, 0.02)
    balanced, copied = str(plan.folder / "balanced.parquet"), str(plan.folder / "copy.parquet")
    command = [*_SMOTEFAST, "resample", source, balanced, "--target", "label"]
    command += ["--memory-limit", _LIMIT, "--seed", "0", "--overwrite"]
    run_command([*_SMOTEFAST, "warmup"])
    ours, copies = [], []
    for _ in range(plan.rounds(3)):
        os.sync()  # what one side left to be written must not slow the other
        ours.append(run_command(command).times())
        os.sync()
        given = {"source": balanced, "destination": copied}
        copies.append(call("benchmarks.parquet_copy:copy", **given))
        os.remove(copied)
    sides = {
        OURS: summary_of_processes(ours),
        COPY: summary_of_processes([answer["process"] for answer in copies]),
    }
    for until in ("closed", "synced"):
        sides[COPY][f"until {until}"] = short_summary([answer[until] for answer in copies])
    out_bytes = os.path.getsize(balanced)
    os.remove(balanced)
    throughput = sides[COPY]["until closed"]["median"] / sides[OURS]["process_wall"]["median"]
    peak = sides[OURS]["peak_bytes"]
    return case_of(
        "Balancing a Parquet file, 20,000,000 x 20 float32, 2% minority, limit 1 GiB",
        {"file_bytes_in": os.path.getsize(source), "file_bytes_out": out_bytes}
        | {"rows_out": copies[0]["rows"]},
        sides,
        [
            claim("resident memory", _LIMIT_BYTES, peak, "bytes", at_most=True),
            claim("throughput relative to the copy", 0.5, throughput, ""),
        ],
        "The copy streams the balanced file into another file with the same settings. The "
        "throughput compares its reading and writing alone, without process start and "
        "fsync, with the whole smotefast command, which includes both.",
    )


def cold_start(plan: Plan) -> Found:
    n_samples = plan.size(300_000, 6_000)
    data = {
        "exact": arrays(plan.folder, 10_000, 1_000, 20, "float64"),
        "approximate": arrays(plan.folder, n_samples, n_samples // 3, 30, "float32"),
    }
    names = {"exact": "small data", "approximate": "large data"}
    seconds: dict[str, list[float]] = {"small data": [], "large data": [], "warmup": []}
    for _ in range(plan.rounds(2)):
        for search, folder in data.items():
            given = {"library": OURS, "folder": folder, "later": 0}
            with tempfile.TemporaryDirectory() as cache:
                env = {"NUMBA_CACHE_DIR": cache}
                given["parameters"] = {"search": search}
                answer = call("benchmarks.sides:sampler_calls", env, **given)
            seconds[names[search]].append(answer["first"])
        with tempfile.TemporaryDirectory() as cache:
            done = run_command([*_SMOTEFAST, "warmup"], {"NUMBA_CACHE_DIR": cache})
        seconds["warmup"].append(done.wall)
    return case_of(
        "First call on a machine, with an empty compilation cache",
        {},
        {name: {"first_call": short_summary(found)} for name, found in seconds.items()},
        [],
        "The large data use approximate search, which compiles the most code. "
        "`smotefast warmup` compiles everything in advance, for container images.",
    )
