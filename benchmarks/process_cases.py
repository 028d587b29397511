"""Cases of whole processes, files and frames, and of targets that are no classes."""

from __future__ import annotations

from typing import Any

from benchmarks.data import Generated
from benchmarks.measure import OURS, THEIRS, Case, Side
from benchmarks.sampler_cases import LARGE, SMOTE_3M, TEN_THOUSAND
from smotefast.bench.cases import DataSet

COMMAND = ("-m", "smotefast")


def _calls(library: str, sampler: str, data: Any, later: int = 0, **parameters: Any) -> Side:
    given = {"sampler": sampler, "data": data, "later": later, "parameters": parameters}
    return Side("sides:sampler_calls", {"library": library, **given})


def whole_process(name: str, data: Generated) -> Case:
    """Return a case of programs that load data, over-sample them once, and end."""
    program = "sides:resample_once"
    sides = {of: _calls(of, "SMOTE", data)._replace(function=program) for of in (OURS, THEIRS)}
    title = f"SMOTE, whole process, {data.title}"
    how: dict[str, Any] = {"rounds": 5, "prepare": {OURS: sides[OURS]}}
    how["notes"] = ("The kernels were compiled before and come from numba's cache.",)
    return Case(name, title, sides, **how)


_FRAME = Generated(DataSet("frame", n_rows=1_000_000))
_MIXED_FRAME = Case(
    "ros_mixed", "RandomOverSampler, mixed pandas frame, 1,000,000 x 16",
    {of: _calls(of, "RandomOverSampler", _FRAME, 3) for of in (OURS, THEIRS)},
    notes=("Columns: 6 float, 4 integer, 2 bool, 2 category, 1 string, 1 datetime.",),
)  # fmt: skip


_PROGRAMS = {
    "python alone": "pass",
    "import smotefast": "import smotefast",
    f"SMOTE from {OURS}": "from smotefast.over_sampling import SMOTE",
    f"SMOTE from {THEIRS}": "from imblearn.over_sampling import SMOTE",
}
_IMPORTS = Case(
    "import_time", "Import time of smotefast and of SMOTE",
    {name: Side(command=("-c", code)) for name, code in _PROGRAMS.items()},
    rounds=20,
)  # fmt: skip
_COPY = "plain pyarrow copy"
_SOURCE, _RESULT = "{folder}/rows.parquet", "{folder}/balanced.parquet"
_ROWS = {"n_rows": 20_000_000, "n_columns": 20, "share": 0.02, "kind": "clusters"}
_BATCH = Case(
    "batch_20m", "Balancing a Parquet file, 20,000,000 x 20 float32, 2% minority, limit 1 GiB",
    {
        OURS: Side(command=(
            *COMMAND, "resample", _SOURCE, _RESULT, "--target", "label", "--memory-limit",
            "1GiB", "--overwrite",
        )),
        _COPY: Side("file_sides:copy_parquet", {"source": _RESULT}),
    },
    prepare={
        _COPY: Side("data:write_table", {"path": _SOURCE, **_ROWS}),
        OURS: Side(command=(*COMMAND, "warmup")),
    },
    notes=(
        "The copy streams the balanced file into another file with the same settings: its "
        "first call is reading and writing alone, without process start and fsync.",
    ),
)  # fmt: skip
_COLD_START = Case(
    "cold_start", "First call on a machine, with an empty compilation cache",
    {
        name: side._replace(is_cold=True)
        for name, side in (
            ("small data", _calls(OURS, "SMOTE", TEN_THOUSAND, search="exact")),
            ("large data", _calls(OURS, "SMOTE", LARGE, search="approximate")),
            ("warmup", Side(command=(*COMMAND, "warmup"))),
        )
    },
    rounds=2,
    notes=(
        "The large data use approximate search, which compiles the most code. "
        "`smotefast warmup` compiles everything in advance, for container images.",
    ),
)  # fmt: skip
# Samplers that imbalanced-learn does not have. Packages that search in Python loops take hours.
_SHAPES = {"SMOTER": "rare-values", "SMOGN": "rare-values", "MLSMOTE": "ten-labels"}
_NORMAL = {name: Generated(DataSet(shape, 28_000, 59)) for name, shape in _SHAPES.items()}
_OTHER_TARGETS = Case(
    "other_targets",
    "SMOTER and SMOGN (numeric target), MLSMOTE (10 labels), 28,000 x 59 float64",
    {f"{OURS}, {name}": _calls(OURS, name, data, 2) for name, data in _NORMAL.items()},
    prepare={name: _calls(OURS, name, data) for name, data in _NORMAL.items()},
    notes=(
        "Normal columns. The target is the exponential of the sum of two of them, so that "
        "high values are rare. The labels have shares from 0.8 to 0.003.",
    ),
)  # fmt: skip
SPECIAL = (
    whole_process("smote_300k_process", LARGE),
    whole_process("small_10k_process", TEN_THOUSAND),
    *(SMOTE_3M, _MIXED_FRAME, _IMPORTS, _BATCH, _COLD_START, _OTHER_TARGETS),
)
