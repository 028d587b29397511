"""The warning about features that are keys, constants or copies of the target."""

from __future__ import annotations

import decimal

import numpy as np
import pyarrow as pa
import pytest

import smotefast
from smotefast.batch.column_checks import check_columns
from smotefast.storage import open_source
from tests.batch.test_kept_columns import N_ROWS, keyed
from tests.helpers.parquet_files import imbalanced, resample, write_file, write_folder

# The warning is ignored in the other tests, whose generated tables may have such columns.
pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("sampler", "said"),
    [
        (
            "smote",
            r"column 'id' has a different value .*drop=\['id'\].*keep=\['id'\]",
        ),
        ("adasyn", "column 'id' has a different value in every row"),
        ("smote-tomek", "column 'id' has a different value in every row"),
        ("tomek-links", "column 'id' has a different value in every row"),
    ],
)
def test_a_job__warns_about_a_key_once(sampler, said, tmp_path, destination):
    table, _ = keyed()
    source = write_folder(tmp_path / "in", table.select(["f0", "f1", "id", "label"]), 3)
    with pytest.warns(smotefast.ResamplingWarning, match=said) as given:
        resample(source, destination, sampler=sampler)
    assert sum("Check the columns" in str(one.message) for one in given) == 1


def test_a_job__warns_about_text_keys_constants_and_copies_of_the_target(tmp_path, destination):
    table, _ = keyed()
    table = table.select(["f0", "f1", "name", "label"])
    table = table.append_column("same", pa.array(["x"] * N_ROWS).dictionary_encode())
    table = table.append_column("leak", pa.array(["fn"[i] for i in table["label"].to_pylist()]))
    source = write_folder(tmp_path / "in", table, 3)
    said = (
        "column 'name' has a different.*column 'same' has the same.*column 'leak' has one value"
    )
    with pytest.warns(smotefast.ResamplingWarning, match=said):
        resample(source, destination, sampler="smote-nc")


@pytest.mark.parametrize("sampler", ["random", "random-under"])
def test_a_job_that_copies_rows__checks_no_columns(sampler, tmp_path, destination):
    table, _ = keyed()
    resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)


@pytest.mark.parametrize("kind", [pa.decimal128(38, 0), pa.decimal64(12, 2)])
def test_decimal_row_numbers__are_keys(kind, tmp_path, destination):
    numbers = pa.array([decimal.Decimal(i) for i in range(N_ROWS)]).cast(kind)
    table = keyed()[0].select(["f0", "f1", "label"]).append_column("number", numbers)
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.warns(smotefast.ResamplingWarning, match="column 'number' has a different"):
        resample(source, destination)


def test_dates_and_binary_values_that_never_repeat__are_keys_among_categories(
    tmp_path, destination
):
    table = keyed()[0].select(["f0", "f1", "day", "label"])
    table = table.append_column("raw", pa.array([f"{i}".encode() for i in range(N_ROWS)]))
    source = write_file(tmp_path / "in.parquet", table)
    said = "columns 'day', 'raw' have a different value"
    with pytest.warns(smotefast.ResamplingWarning, match=said):
        resample(source, destination, sampler="smote-nc")


def test_infinite_values_in_other_classes__are_not_checked(tmp_path, destination):
    table = keyed()[0].select(["f0", "f1", "label"])
    numbers = np.arange(float(N_ROWS))
    numbers[table["label"].to_pylist().index(0)] = np.inf
    source = write_file(tmp_path / "in.parquet", table.append_column("n", pa.array(numbers)))
    resample(source, destination)


def test_a_column_whose_values_repeat_in_later_files__is_not_a_key(tmp_path, destination):
    table = imbalanced(3_000)
    numbers = np.tile(np.arange(1_500), 2)  # each file numbers its rows from 0
    texts = pa.array([f"row {i}" for i in numbers])
    constant = pa.array(np.r_[np.zeros(2_999), 1])
    table = table.append_column("n", pa.array(numbers)).append_column("c", constant)
    resample(write_folder(tmp_path / "in", table, 2), destination)
    table = table.append_column("t", texts).drop_columns(["n"])
    resample(
        write_folder(tmp_path / "in2", table, 2), tmp_path / "o.parquet", sampler="smote-nc"
    )


def test_many_keys__are_compared_in_little_memory(tmp_path):
    n = 300_000
    ids = np.random.default_rng(0).permutation(n)
    late = ids.copy()
    late[-3_000:] = late[:3_000]  # one value in a hundred comes twice
    table = pa.table({"id": ids, "late": late, "y": ids % 2})
    opened = open_source(write_folder(tmp_path / "in", table, 2))
    assert check_columns(opened, "y", [0, 1], ["id", "late"]) == (["id"], [], [])
