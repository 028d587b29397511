"""Cases from file to file: every sampler of a job with every option, and types of columns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.svm import LinearSVC

import smotefast
from smotefast import combine
from tests.version_results.data_sets import mixed_table
from tests.version_results.samplers import Case, Parts, make, nearest
from tests.version_results.small import diagnose


def write_source(folder: str, table: Any, n_files: int, **options: Any) -> Path:
    """Write a Parquet file, or a folder of them."""
    import pyarrow.parquet as pq

    source = Path(folder, "in" if n_files > 1 else "in.parquet")
    if n_files == 1:
        pq.write_table(table, source, **options)
        return source
    source.mkdir()
    edges = np.linspace(0, table.num_rows, n_files + 1).astype(int)
    for number, (start, stop) in enumerate(pairwise(edges)):
        pq.write_table(
            table.slice(start, stop - start), source / f"{number}.parquet", **options
        )
    return source


def read_back(destination: Path) -> Parts:
    """Return the rows of one or more Parquet files, and how they are stored."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = sorted(destination.iterdir()) if destination.is_dir() else [destination]
    files = [pq.ParquetFile(path) for path in paths]
    groups = [[path.name, _groups(file)] for path, file in zip(paths, files, strict=True)]
    return {"table": pa.concat_tables([file.read() for file in files]), "row groups": groups}


def _groups(file: Any) -> list[Any]:
    """Return rows, types, compression and encodings of each row group."""
    metadata = file.metadata
    return [
        [
            metadata.row_group(i).num_rows,
            *(
                [
                    column.path_in_schema,
                    column.physical_type,
                    column.compression,
                    column.encodings,
                ]
                for column in map(metadata.row_group(i).column, range(metadata.num_columns))
            ),
            *(str(file.schema.column(j).logical_type) for j in range(metadata.num_columns)),
        ]
        for i in range(metadata.num_row_groups)
    ]


def job(
    table: Any,
    *,
    n_files: int = 1,
    to: str = "out.parquet",
    storage: Parts | None = None,
    **options: Any,
) -> Parts:
    """Resample a table from file to file, with memory to spare."""
    usual = {"target": "label", "memory_limit": "6GiB", "progress": False}
    with tempfile.TemporaryDirectory() as folder:
        source = write_source(
            folder, table, n_files, **{"row_group_size": 130, **(storage or {})}
        )
        summary = smotefast.resample_dataset(source, Path(folder, to), **{**usual, **options})
        measured = {"destination", "seconds", "seconds_by_step", "peak_memory", "memory_limit"}
        told = {key: value for key, value in vars(summary).items() if key not in measured}
        return {**read_back(Path(folder, to)), "summary": told}


NUMBERS = ["n0", "n1", "label", "whole"]
CATEGORIES = ["text", "category", "label", "flag", "code", "day"]
JOBS = {
    "smote": NUMBERS,
    "borderline-smote": NUMBERS,
    "svm-smote": NUMBERS,
    "kmeans-smote": NUMBERS,
    "adasyn": NUMBERS,
    "smote-nc": None,
    "smote-n": CATEGORIES,
    "random": None,
    "random-under": None,
    "tomek-links": NUMBERS,
    "smote-tomek": NUMBERS,
}


def jobs() -> Iterator[Case]:
    """Every name that a job takes, with every option."""
    mixed = mixed_table(1500)
    for name, columns in JOBS.items():
        table = mixed if columns is None else mixed.select(columns)
        run = partial(job, sampler=name)
        yield f"{name}/file", partial(run, table)
        yield f"{name}/folder", partial(run, table, n_files=4)
        yield f"{name}/parts", partial(run, table, n_files=3, to="out")
        kept = table.append_column("kept", mixed["day"])
        for fill in ("null", "base"):
            yield f"{name}/keep {fill}", partial(run, kept, keep=["kept"], keep_fill=fill)
        yield f"{name}/drop", partial(run, table, drop=[table.column_names[0]])
        if name not in ("random-under", "tomek-links"):
            yield f"{name}/synthetic", partial(run, table, rows="synthetic")
    numbers = mixed.select(NUMBERS)
    for number, sampler in enumerate(SAMPLERS):
        table = mixed if "categorical_features" in str(sampler) else numbers
        name = type(sampler).__name__
        yield f"{name}/{number}", partial(job, table, sampler=sampler)
        yield f"{name}/{number}/folder", partial(job, table, sampler=sampler, n_files=5)
    plain = mixed.select(["n0", "category", "label", "n1", "text"])
    sampler = make("SMOTENC", categorical_features="auto", k_neighbors=3)
    yield "smote-nc/auto", partial(job, plain, sampler=sampler, keep=["text"])
    yield from _lenient_and_refused(mixed, numbers)
    yield from _stored(numbers)
    yield from _diagnosed(mixed, numbers)


def _lenient_and_refused(mixed: Any, numbers: Any) -> Iterator[Case]:
    sampler = make("SMOTE", sampling_strategy={"b": 10, "a": 400, "z": 9})
    lenient = {"if_balanced": "copy", "absent_classes": "ignore"}
    yield "smote/lenient", partial(job, numbers, sampler=sampler, **lenient)
    one_class = numbers.filter([label == "c" for label in numbers["label"].to_pylist()])
    yield "smote/lenient/one class", partial(job, one_class, **lenient)
    labels = np.unique(numbers["label"].to_pylist(), return_inverse=True)[1]
    keyed = numbers
    for shown, column in {"key": np.arange(1500), "one": np.ones(1500), "copy": labels}.items():
        keyed = keyed.append_column(shown, [column])
    yield "smote/with a key", partial(job, keyed)
    for shown, options in {
        "strategy": {"sampler": sampler},
        "one class": {"table": one_class},
        "text": {"table": mixed},
        "target": {"target": "lable"},
        "continuous target": {"target": "n1"},
        "drop": {"drop": ["lable"]},
        "name": {"sampler": "smoot"},
        "in memory only": {"sampler": "smote-enn"},
        "nothing new": {"sampler": "random-under", "rows": "synthetic"},
        "memory": {"memory_limit": "1MiB"},
        "size": {"memory_limit": "much"},
        "rows": {"rows": "new"},
        "destination": {"to": "in.parquet"},
        "type of destination": {"to": "out.csv"},
        "small class": {"sampler": make("SMOTE", k_neighbors=900)},
        "user's search": {"sampler": make("BorderlineSMOTE", m_neighbors=nearest(6))},
    }.items():
        yield f"refused/{shown}", partial(job, **{"table": numbers, **options})


def _stored(numbers: Any) -> Iterator[Case]:
    """Columns of all types, as features and carried through; ways to store them."""
    for column in _columns_of_types():
        table = numbers.append_column("more", column)
        yield f"random/{column.type}", partial(job, table, sampler=make("RandomOverSampler"))
        yield f"smote/keep/{column.type}", partial(job, table, keep=["more"], keep_fill="base")
        if str(column.type) in _NUMERIC:
            yield f"smote/{column.type}", partial(job, table)
    when = numbers.append_column("when", _columns_of_types()[-2])
    for shown, how in {
        "int96": {"use_deprecated_int96_timestamps": True},
        "zstd": {"compression": "zstd", "use_dictionary": False},
        "delta": {"column_encoding": {"whole": "DELTA_BINARY_PACKED"}, "use_dictionary": False},
        "version 1": {"version": "1.0", "data_page_version": "2.0"},
    }.items():
        yield f"smote/stored/{shown}", partial(job, when, keep=["when"], storage=how)


_NUMERIC = ("uint8", "int64", "bool", "decimal128(12, 2)", "halffloat", "double")


def _columns_of_types() -> list[Any]:
    import pyarrow as pa

    numbers = np.random.default_rng(5).integers(0, 100, 1500)
    texts = [f"t{number % 9}" for number in numbers]
    whole = pa.array(numbers.astype(np.int32))
    return [
        *(whole.cast(kind) for kind in (pa.uint8(), pa.int64(), pa.bool_(), pa.date32())),
        whole.cast(pa.decimal128(12, 2)),
        *(pa.array(numbers / 7).cast(kind) for kind in (pa.float64(), pa.float16())),
        *(pa.array(texts, kind) for kind in (pa.string(), pa.large_string(), pa.string_view())),
        pa.array([[number, None] for number in numbers.tolist()]),
        pa.array(10**6 * numbers).cast(pa.timestamp("us")),
        pa.array(10**6 * numbers).cast(pa.timestamp("ns", "UTC")),
    ]


def _diagnosed(mixed: Any, numbers: Any) -> Iterator[Case]:
    def run(table: Any, **options: Any) -> Parts:
        with tempfile.TemporaryDirectory() as folder:
            source = write_source(folder, table, 3, row_group_size=130)
            return diagnose(source, target="label", **options)

    for number, sampler in enumerate((None, "smote-nc", "random-under", "all-knn")):
        yield f"diagnose/mixed/{number}", partial(run, mixed, sampler=sampler)
        yield f"diagnose/numbers/{number}", partial(run, numbers, sampler=sampler)


_STEPS = [
    make("RandomUnderSampler"),
    make("TomekLinks", sampling_strategy="all", search="exact"),
]
SAMPLERS = [
    make("SMOTE", k_neighbors=3, random_state=np.random.RandomState(1)),
    make("SMOTE", k_neighbors=nearest(4), sampling_strategy={"a": 400}),
    make("SMOTE", search="approximate"),
    make("BorderlineSMOTE", kind="borderline-2", m_neighbors=5, search="exact"),
    make("ADASYN", n_neighbors=3, sampling_strategy="minority"),
    make("SVMSMOTE", svm_estimator=LinearSVC(random_state=0)),
    make("KMeansSMOTE", cluster_balance_threshold=0.05),
    make("SMOTENC", categorical_features=["text", "code", "flag", "category", "day"]),
    make("RandomOverSampler", shrinkage=0.3),
    make("RandomUnderSampler", replacement=True, sampling_strategy="all"),
    make("TomekLinks", sampling_strategy=["a", "b"]),
    make("SMOTETomek", sampling_strategy="minority", search="exact"),
    *(
        combine.Combination(make(name, sampling_strategy={"a": 500}), step)
        for name in ("SMOTE", "BorderlineSMOTE", "ADASYN", "RandomOverSampler", "KMeansSMOTE")
        for step in _STEPS
    ),
    combine.Combination(make("SMOTENC", categorical_features="not numeric"), _STEPS[0]),
]
