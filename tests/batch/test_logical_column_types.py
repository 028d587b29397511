"""Copied columns keep their stored logical types."""

from __future__ import annotations

import datetime
import decimal
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.over_sampling import RandomOverSampler
from tests.helpers.parquet_files import resample

N = 60
TARGET = pa.array(np.repeat([0, 1], [50, 10]))
TIMES = [datetime.datetime(2026, 1, 1, 3, 4, 5) + datetime.timedelta(hours=i) for i in range(N)]
CENTS = [decimal.Decimal(i).scaleb(-2) for i in range(N)]
PAIR = ["a", "b"] * (N // 2)
COLUMNS = {
    "milliseconds": pa.array(TIMES, pa.timestamp("ms")),
    "microseconds": pa.array(TIMES, pa.timestamp("us")),
    "nanoseconds": pa.array(range(0, N * 1000, 1000), pa.timestamp("ns")),
    "utc": pa.array(TIMES, pa.timestamp("us", tz="UTC")),
    "zone": pa.array(TIMES, pa.timestamp("us", tz="Europe/Berlin")),
    "date": pa.array([time.date() for time in TIMES]),
    "time32": pa.array([time.time() for time in TIMES], pa.time32("ms")),
    "time64": pa.array([time.time() for time in TIMES], pa.time64("us")),
    "duration": pa.array(range(N), pa.duration("us")),
    **{f"uint{n}": pa.array(range(N), f"uint{n}") for n in (8, 16, 32, 64)},
    **{f"int{n}": pa.array(range(N), f"int{n}") for n in (8, 16, 32, 64)},
    "half": pa.array(np.arange(N, dtype=np.float16)),
    "decimal5": pa.array(CENTS, pa.decimal128(5, 2)),
    "decimal18": pa.array(CENTS, pa.decimal128(18, 2)),
    "decimal38": pa.array(CENTS, pa.decimal128(38, 2)),
    "uuid": pa.array([uuid.UUID(int=i).bytes for i in range(N)], pa.binary(16)),
    "fixed": pa.array([b"abc"] * N, pa.binary(3)),
    "binary": pa.array([b"abc"] * N),
    "text": pa.array(PAIR),
    "large text": pa.array(PAIR, pa.large_string()),
    "dictionary": pa.array(PAIR).dictionary_encode(),
    "ordered": pa.DictionaryArray.from_arrays([0, 1] * (N // 2), ["a", "b"], ordered=True),
    "list": pa.array([[1, 2]] * N),
    "struct": pa.array([{"a": 1, "t": TIMES[0]}] * N),
    "map": pa.array([[("k", 1)]] * N, pa.map_(pa.string(), pa.int32())),
}
WRITERS = {
    "as usual": {},
    "without Arrow's schema": {"store_schema": False},
    "version 1": {"version": "1.0", "store_schema": False},
    "version 2.4": {"version": "2.4"},
    "INT96": {"use_deprecated_int96_timestamps": True, "store_schema": False},
    "INT96 with Arrow's schema": {"use_deprecated_int96_timestamps": True},
    "decimals as integers": {"store_decimal_as_integer": True},
    "lists of 'item'": {"use_compliant_nested_type": False, "store_schema": False},
}


def stored(path):
    """Return what a file says of its columns: physical and logical types, ids, nullability."""
    return str(pq.ParquetFile(path).schema).partition("\n")[2]


def copied(tmp_path, table, **options):
    """Return paths of a table in a file, and of what a job makes of it."""
    source, destination = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(table.append_column("label", TARGET), source, **options)
    resample(source, destination, sampler=RandomOverSampler(random_state=0))
    return source, destination


@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize("options", WRITERS.values(), ids=list(WRITERS))
def test_a_copied_file__has_the_stored_types_of_its_source(tmp_path, options, nullable):
    schema = pa.schema(
        [
            pa.field(name, column.type, nullable, {"PARQUET:field_id": str(i + 1), "unit": "m"})
            for i, (name, column) in enumerate(COLUMNS.items())
        ],
        metadata={"own": "note"},
    )
    table = pa.Table.from_arrays(list(COLUMNS.values()), schema=schema)
    source, destination = copied(tmp_path, table, **options)
    assert stored(destination) == stored(source)
    before, after = pq.read_table(source), pq.read_table(destination)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.slice(0, N).equals(before)


def test_times_in_utc__stay_in_utc(tmp_path):
    table = pa.table({"t": COLUMNS["time64"], "u": COLUMNS["time32"]})
    source, destination = copied(tmp_path, table, write_time_adjusted_to_utc=True)
    assert "isAdjustedToUTC=true" in stored(source)
    assert stored(destination) == stored(source)


FAR = [-62135596800_000_000, 253402214400_000_000] * (N // 2)  # the years 1 and 9999


def test_int96_timestamps__keep_nanoseconds(tmp_path):
    values = np.arange(N) * 1_000_000_007
    table = pa.table({"t": pa.array(values, pa.timestamp("ns"))})
    _, destination = copied(tmp_path, table, use_deprecated_int96_timestamps=True)
    assert "int96" in stored(destination)
    assert (
        pq.read_table(destination)["t"].slice(0, N).cast("int64").to_pylist() == values.tolist()
    )


@pytest.mark.parametrize("nested", [False, True])
def test_int96_timestamps_of_far_years__are_not_wrapped_around(tmp_path, nested):
    column = pa.array(FAR, pa.timestamp("us"))
    if nested:
        column = pa.array([[{"t": one}] for one in column.to_pylist()])
    table = pa.table({"t": column, "other": COLUMNS["microseconds"]})
    source, destination = copied(
        tmp_path, table, use_deprecated_int96_timestamps=True, store_schema=False
    )
    assert stored(destination) == stored(source)
    read = pq.read_table(destination, coerce_int96_timestamp_unit="us")
    assert read["t"].slice(0, N).to_pylist() == column.to_pylist()
    assert pc_max(read) == datetime.datetime(9999, 12, 31)


def pc_max(table):
    values = table["t"].to_pylist()
    return max(one[0]["t"] if isinstance(one, list) else one for one in values)


def write_mixed(path, times):
    """Write INT96 beside a timestamp of 64 bits, which pyarrow does not do by itself.

    A time of day and a timestamp differ in one byte of the footer.
    """
    table = pa.table({"t": times, "stamp": pa.array(range(N), pa.time64("us"))})
    table = table.append_column("label", TARGET)
    pq.write_table(table, path, use_deprecated_int96_timestamps=True, store_schema=False)
    content = path.read_bytes()
    time_of_day, timestamp = b"stamp\x6c\x7c", b"stamp\x6c\x8c"
    assert content.count(time_of_day) == 1
    path.write_bytes(content.replace(time_of_day, timestamp))
    assert pq.read_schema(path).field("stamp").type == pa.timestamp("us")
    return path


@pytest.mark.parametrize("times", [TIMES, FAR])
def test_int96_with_other_timestamps__is_written_in_microseconds(tmp_path, times):
    times = pa.array(times, pa.timestamp("us"))
    source = write_mixed(tmp_path / "in.parquet", times)
    destination = tmp_path / "out.parquet"
    resample(source, destination, sampler=RandomOverSampler(random_state=0))
    assert "int96" not in stored(destination)
    assert "nanoseconds" not in stored(destination)
    assert pq.read_table(destination)["t"].slice(0, N).to_pylist() == times.to_pylist()
    resample(source, destination, sampler="random", drop="stamp", overwrite=True)
    assert "int96" in stored(destination)


def test_int96_with_nanoseconds_and_other_timestamps__is_refused(tmp_path):
    source = write_mixed(tmp_path / "in.parquet", pa.array(range(N), pa.timestamp("ns")))
    with pytest.raises(ValueError, match=r"INT96 timestamps with nanoseconds.*drop=\['t'\]"):
        resample(source, tmp_path / "out.parquet", sampler="random")
    resample(source, tmp_path / "out.parquet", sampler="random", drop="t")
    assert "int96" not in stored(tmp_path / "out.parquet")
