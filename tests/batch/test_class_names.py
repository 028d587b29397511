"""Keys of ``sampling_strategy`` and the classes that they name."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.batch.class_names import labels_for_keys
from smotefast.combine import Combination
from smotefast.diagnosis import diagnose_dataset
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.command_line import shell as shell
from tests.helpers.parquet_files import imbalanced, resample, write_file

ONE = ["1", "1.0", "1.00", "1e0", "+1", 1, 1.0]
DAY, NIGHT = date(2026, 11, 28), datetime(2026, 11, 28, 22, 30)


@pytest.mark.parametrize(
    ("labels", "keys", "label"),
    [
        ([0, 1], [*ONE, True], 1),
        ([0.0, 1.0], [*ONE, True], 1.0),
        ([False, True], [*ONE, "true", "True", True], True),
        ([Decimal("0.00"), Decimal("1.00")], ONE, Decimal("1.00")),
        ([Decimal("1.5"), Decimal("2")], ["1.5", "1.50", 1.5], Decimal("1.5")),
        ([-1, 0], ["-1", "-1.0", -1.0], -1),
        ([2**53 + 1, 0], [str(2**53 + 1)], 2**53 + 1),
        (["0", "1"], ONE, "1"),
        (["no", "yes"], ["yes"], "yes"),
        ([DAY, date(2026, 1, 1)], ["2026-11-28", DAY], DAY),
        (
            [NIGHT, datetime(2026, 1, 1)],
            ["2026-11-28 22:30:00", "2026-11-28T22:30:00", "2026-11-28T22:30"],
            NIGHT,
        ),
        (
            [np.datetime64("2026-11-28", "ns")],
            ["2026-11-28"],
            np.datetime64("2026-11-28", "ns"),
        ),
    ],
)
def test_a_key__names_the_class_that_has_its_value_or_printed_form(labels, keys, label):
    for key in keys:
        (named,) = labels_for_keys({key: 5}, labels)
        assert type(named) is type(label)
        assert named == label


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        (["1", "1.0"], "1"),
        (["1", "1.0"], "1.0"),
        (["true", "True"], "True"),
        (["01", "1"], "01"),
        (["1", "one"], "one"),
    ],
)
def test_a_key_that_is_itself_a_text_class__names_that_class(labels, key):
    assert labels_for_keys({key: 5}, labels) == {key: 5}


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        (["1", "1.0"], "1.00"),
        ([0, 1], "2"),
        ([0, 1], "one"),
        ([0, 1], ""),
        ([0, 1], "nan"),
        ([0, 1], "1_0"),
        ([10, 1], "1_0"),
        ([0, 1], " 1"),
        (["a"], "A"),
    ],
)
def test_a_key_that_names_no_class_or_several__stays_as_it_is(labels, key):
    assert labels_for_keys({key: 5}, labels) == {key: 5}


def test_two_keys_for_one_class__are_an_error():
    with pytest.raises(ValueError, match=r"class 1 twice: as '1' and as '1\.0'"):
        labels_for_keys({"1": 5, "1.0": 6}, [0, 1])


def test_many_classes__are_looked_up_with_little_work():
    labels = list(range(20_000))
    assert labels_for_keys({f"{n}.0": n for n in labels}, labels) == {n: n for n in labels}


TARGETS = {
    "int": pa.int64(),
    "uint8": pa.uint8(),
    "float": pa.float64(),
    "decimal": pa.decimal128(5, 2),
    "float32": pa.float32(),
    "half": pa.float16(),
    "bool": pa.bool_(),
    "text": pa.string(),
    "dictionary": pa.dictionary(pa.int8(), pa.int64()),
}


def with_target(kind):
    table = imbalanced()
    labels = table["label"]
    if kind == pa.float16():
        labels = pa.array(labels.to_numpy().astype(np.float16))
    elif pa.types.is_dictionary(kind):
        labels = labels.cast(pa.int64()).dictionary_encode().cast(kind)
    else:
        labels = labels.cast(kind)
    return table.set_column(4, "label", labels)


@pytest.mark.parametrize("kind", TARGETS.values(), ids=list(TARGETS))
@pytest.mark.parametrize("key", ["1", "1.0", 1, 1.0, True])
def test_every_form_of_a_key__works_with_every_type_of_target(tmp_path, kind, key):
    if kind == pa.string() and key is True:
        key = "1"
    source = write_file(tmp_path / "in.parquet", with_target(kind))
    sampler = SMOTE(sampling_strategy={key: 100}, random_state=0)
    summary = resample(source, tmp_path / "out.parquet", sampler=sampler)
    assert list(summary.counts_after.values()) == [540, 100]
    found = diagnose_dataset(source, target="label", sampler=sampler)
    assert "present in the data" not in str(found)


@pytest.mark.parametrize("kind", ["int", "float", "bool", "text"])
@pytest.mark.parametrize("key", ["1", "1.0"])
def test_sampling_strategy_at_the_shell__takes_every_form_of_a_key(shell, tmp_path, kind, key):
    if kind == "bool" and key == "1.0":
        key = "true"
    source = write_file(tmp_path / "in.parquet", with_target(TARGETS[kind]))
    counts = json.dumps({key: 100})
    code, _, message = shell(
        *("resample", source, tmp_path / "out.parquet", "--target", "label"),
        *("--sampling-strategy", counts, "--sampler", "random"),
    )
    assert code == 0, message
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_rows == 640


@pytest.mark.parametrize("key", ['"0"', '"0.0"', "0", "0.0"])
def test_then_set__takes_every_form_of_a_key(shell, tmp_path, key):
    source = write_file(tmp_path / "in.parquet", with_target(pa.float64()))
    usual = ("resample", source, tmp_path / "out", "--target", "label", "--then")
    text = key if key.startswith('"') else f'"{key}"'
    given = f"sampling_strategy={{{text}: 200}}"
    code, _, message = shell(*usual, "random-under", "--then-set", given)
    assert code == 0, message
    assert pq.read_table(tmp_path / "out").num_rows == 740
    code, _, message = shell(
        *usual, "tomek-links", "--then-set", f"sampling_strategy=[{key}]", "--overwrite"
    )
    assert code == 0, message


def test_shrinkage_by_class__takes_every_form_of_a_key(shell, tmp_path):
    source = write_file(tmp_path / "in.parquet", with_target(pa.float64()))
    code, _, message = shell(
        *("resample", source, tmp_path / "out", "--target", "label", "--sampler", "random"),
        *("--set", 'shrinkage={"1": 0.5}'),
    )
    assert code == 0, message


def test_an_unknown_class__is_an_error_that_lists_the_classes(shell, tmp_path):
    source = write_file(tmp_path / "in.parquet", with_target(pa.float64()))
    code, _, message = shell(
        *("resample", source, tmp_path / "out", "--target", "label"),
        *("--sampling-strategy", '{"2": 100}'),
    )
    assert code == 3
    assert "The classes are 0.0, 1.0" in message


def test_a_diagnosis__takes_every_form_of_a_key(tmp_path):
    source = write_file(tmp_path / "in.parquet", with_target(pa.float64()))
    steps = (
        SMOTE(sampling_strategy={"1": 100}),
        RandomUnderSampler(sampling_strategy={"0": 200}),
    )
    found = diagnose_dataset(source, target="label", sampler=Combination(*steps))
    assert "present in the data" not in str(found)
    assert "twice" not in str(found)
