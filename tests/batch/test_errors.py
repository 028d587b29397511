"""Errors of jobs: one line, and no file is written or changed."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.over_sampling import SMOTE, RandomOverSampler
from tests.helpers.parquet_files import imbalanced, write_file


@pytest.fixture
def fails(tmp_path):
    """Return a function that runs a job, checks its error and that no file has changed."""

    def run(table, error, message, **options):
        source = options.pop("source", None) or write_file(tmp_path / "in.parquet", table)
        destination = options.pop("destination", tmp_path / "out.parquet")
        before = sorted(os.listdir(tmp_path))
        options = {
            "target": "label",
            "progress": False,
            "sampler": SMOTE(random_state=0),
            **options,
        }
        with pytest.raises(error, match=message) as caught:
            smotefast.resample_dataset(source, destination, **options)
        assert sorted(os.listdir(tmp_path)) == before
        assert "\n" not in str(caught.value)

    return run


def with_value(table, name, label, value):
    column = table[name].to_pylist()
    for row in np.flatnonzero(table["label"].to_numpy() == label)[:2]:
        column[row] = value
    place = table.schema.get_field_index(name)
    return table.set_column(place, name, pa.array(column, table.schema.field(name).type))


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), -float("inf")])
def test_missing_or_infinite_values_in_the_class_to_be_resampled(fails, value):
    message = (
        "Column 'f2' has 2 missing or infinite values in class 1, which is being over-sampled"
    )
    fails(with_value(imbalanced(), "f2", 1, value), ValueError, message)


def test_several_unusable_columns_are_named(fails):
    table = with_value(with_value(imbalanced(), "f2", 1, None), "f3", 1, np.inf)
    fails(table, ValueError, r"over-sampled \(column 'f3' is affected as well\)")
    table = with_value(table, "f1", 1, np.inf)
    fails(
        table,
        ValueError,
        r"'f1' has .*over-sampled \(columns 'f2', 'f3' are affected as well\)",
    )


def test_text_among_the_features(fails):
    table = imbalanced().append_column("name", [["x"] * 600])
    fails(table, ValueError, "Column 'name' of X is text .*drop=\\['name'\\]")


def test_only_booleans_among_the_features(fails):
    table = imbalanced()
    flags = pa.array(table["f0"].to_numpy() > 0)
    table = pa.table({"flag": flags, "label": table["label"]})
    fails(table, TypeError, "cannot interpolate between booleans")


def test_the_index_of_a_pandas_frame(fails):
    table = imbalanced().append_column("__index_level_0__", [np.arange(600)])
    message = "index of a pandas frame.*drop=.*__index_level_0__"
    for sampler in ("smote", "smote-nc", "smote-n"):
        fails(table, ValueError, message, sampler=sampler)


@pytest.mark.parametrize("name", ["customer", None])
def test_the_index_that_pandas_marked(fails, name):
    frame = imbalanced().to_pandas().set_index(pd.Index(np.arange(600) ** 2, name=name))
    table = pa.Table.from_pandas(frame)
    column = name or "__index_level_0__"
    fails(table, ValueError, f"'{column}' is the index of a pandas frame.*drop=.*{column}")


def test_a_drop_argument_that_is_not_a_list_of_names(fails):
    for drop in (5, [1, 2]):
        fails(imbalanced(), TypeError, r"drop=.* must be the name of a column", drop=drop)


def test_one_class(fails):
    message = "column 'label' needs to have more than 1 class, and all rows are of class 0"
    fails(imbalanced().filter(pa.compute.field("label") == 0), ValueError, message)


def test_a_class_smaller_than_k_and_one(fails):
    message = "k_neighbors=5 needs at least 6 rows in class 1"
    fails(imbalanced(share=0.005), ValueError, message)


@pytest.mark.parametrize(
    "options", [{"target": "lable"}, {"drop": ["lable"]}, {"drop": "lable"}]
)
def test_an_unknown_column(fails, options):
    message = r"'lable' is not a column .*Its columns are 'f0', .*'label'"
    fails(imbalanced(), ValueError, message, **options)


def test_dropping_the_target_or_all_features(fails):
    fails(imbalanced(), ValueError, "cannot be dropped", drop=["label"])
    drop = ["f0", "f1", "f2", "f3"]
    fails(imbalanced(), ValueError, "no column besides the target", drop=drop)


def test_nulls_in_the_target(fails):
    message = "target column 'label' has no value in 2 of 600 rows"
    fails(with_value(imbalanced(), "label", 1, None), ValueError, message)


def test_nan_in_the_target(fails):
    table = imbalanced()
    labels = table["label"].to_numpy().astype(float)
    labels[:4] = np.nan
    fails(table.set_column(4, "label", [labels]), ValueError, "no value in 4 of 600 rows")


def test_a_continuous_target(fails):
    message = "Unknown label type: continuous"
    fails(imbalanced(), ValueError, message, target="f1")


def test_an_infinite_target(fails):
    labels = imbalanced()["label"].to_numpy().astype(float)
    labels[:2] = np.inf, -np.inf
    table = imbalanced().set_column(4, "label", [labels])
    fails(table, ValueError, "holds values such as -?inf, which are not classes")


def test_a_target_of_another_type(fails):
    when = pa.array(range(600), pa.timestamp("us"))
    message = r"is of type timestamp\[us\]; a class must be"
    fails(imbalanced().append_column("when", when), ValueError, message, target="when")


def test_a_target_with_a_value_for_every_row(fails, monkeypatch):
    monkeypatch.setattr("smotefast.batch.scan._MAX_CLASSES", 100)
    table = imbalanced().append_column("id", [np.arange(600)])
    fails(table, ValueError, "more than 100 different values", target="id")


@pytest.mark.parametrize(
    ("strategy", "error", "message"),
    [
        ("majority", ValueError, "sampling_strategy"),
        ("often", ValueError, "sampling_strategy"),
        (0.01, ValueError, "ratio"),
        (1.5, ValueError, "sampling_strategy"),
        ({7: 100}, ValueError, "not present in the data"),
        ({1: 10}, ValueError, "greater or equal"),
        ({1: 100.5}, TypeError, "must be an integer"),
        (["a"], ValueError, "sampling_strategy"),
    ],
)
def test_a_wrong_sampling_strategy(fails, strategy, error, message):
    sampler = SMOTE(sampling_strategy=strategy)
    fails(imbalanced(), error, message, sampler=sampler)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rows": "new"}, ValueError, "rows='new' must be"),
        ({"memory_limit": "much"}, ValueError, "memory_limit='much' is not a size"),
        ({"sampler": "smoot"}, ValueError, r"'smoot' is not one of 'smote', "),
        ({"sampler": object()}, TypeError, "neither one of"),
        ({"sampler": SMOTE(k_neighbors=0)}, ValueError, "k_neighbors"),
        ({"progress": "yes"}, TypeError, "progress='yes' must be"),
    ],
)
def test_a_wrong_argument(fails, options, error, message):
    fails(imbalanced(), error, message, **options)


@pytest.mark.parametrize("sampler", [SMOTE(), RandomOverSampler()])
def test_a_memory_limit_below_the_need(fails, monkeypatch, sampler):
    # Independent of what other tests have loaded into this process.
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: 300 << 20)
    message = r"memory_limit=64 MiB is not enough: this job needs about [\d.]+ [MG]iB"
    fails(imbalanced(), MemoryError, message, memory_limit="64MiB", sampler=sampler)


def test_a_memory_limit_below_the_size_of_a_class(fails, monkeypatch):
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: 300 << 20)
    table = imbalanced(200_000, share=0.4, n_features=60)
    table = table.select([*table.schema.names[::-1]])
    fails(table, MemoryError, "is not enough", memory_limit="350MiB")


def test_a_truncated_file(fails, tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    source.write_bytes(source.read_bytes()[:-20])
    fails(None, OSError, r"Cannot read .*in\.parquet' as Parquet", source=source)


def test_a_file_damaged_in_the_middle(fails, tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(5000), group_rows=1000)
    content = bytearray(source.read_bytes())
    start = pq.ParquetFile(source).metadata.row_group(3).column(1).data_page_offset
    content[start : start + 60] = b"\xff" * 60
    source.write_bytes(content)
    fails(None, OSError, r"Cannot read .*in\.parquet", source=source)


def test_a_file_that_is_changed_while_it_is_being_read(fails, tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    message = "was changed while it was being read"
    fails(
        None,
        OSError,
        message,
        source=source,
        progress=lambda done, total: os.utime(source, (1, 1)),
    )


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_destination_that_is_the_source(fails, tmp_path, overwrite):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    message = "is the source"
    fails(None, ValueError, message, source=source, destination=source, overwrite=overwrite)


def test_a_destination_that_exists(fails, tmp_path):
    (tmp_path / "out.parquet").write_text("precious")
    fails(imbalanced(), FileExistsError, r"out\.parquet' exists")
    assert (tmp_path / "out.parquet").read_text() == "precious"


def test_an_existing_destination_survives_a_failed_job(fails, tmp_path):
    (tmp_path / "out.parquet").write_text("precious")

    def fail(done, total):
        if done:
            raise RuntimeError("stop here")

    fails(imbalanced(), RuntimeError, "stop here", overwrite=True, progress=fail)
    assert (tmp_path / "out.parquet").read_text() == "precious"


def test_a_full_disk(fails, monkeypatch):
    from smotefast.storage import sink

    def open_full(name, mode, **options):
        return open("/dev/full", mode, **options)

    monkeypatch.setattr(sink, "open", open_full, raising=False)
    fails(
        imbalanced(),
        OSError,
        r"not enough disk space for .*out\.parquet' \(no space left on device\)",
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_leaves_no_file_if_no_task_is_done(fails, error):
    def stop(done, total):
        raise error("now")

    fails(imbalanced(), error, "now", progress=stop)
