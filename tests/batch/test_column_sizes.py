"""Memory of columns, estimated from footers and samples."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.storage import open_source


def column_sizes_of(path, columns, **options):
    pq.write_table(pa.table(columns), path, **options)
    source = open_source(path)
    return ColumnSizes(source, source.schema.names)


def test_row_bytes__of_fixed_size_types_are_exact(tmp_path):
    columns = {
        "a": pa.array([1.0] * 9),
        "b": pa.array([1] * 9, pa.int16()),
        "c": pa.array([True] * 9),
    }
    sizes = column_sizes_of(tmp_path / "in.parquet", columns)
    assert sizes.row_bytes(["a", "b", "c"]) == 8 + 2 + 1 / 8 + 3 / 8
    assert sizes.row_bytes(["b"]) == 2 + 1 / 8
    assert sizes.dictionary_bytes(["a", "b", "c"]) == 0


@pytest.mark.parametrize("widest_group", [0, 5, 9])
@pytest.mark.parametrize("dictionary", [True, False])
def test_row_bytes__are_those_of_the_widest_row_group(tmp_path, widest_group, dictionary):
    texts = [
        ("x" * (3_000 if row // 500 == widest_group else 5)) + str(row) for row in range(5_000)
    ]
    sizes = column_sizes_of(
        tmp_path / "in.parquet", {"t": texts}, row_group_size=500, use_dictionary=dictionary
    )
    assert 3_000 < sizes.row_bytes(["t"]) < 6_000


def test_row_bytes__count_texts_as_read_and_not_as_stored(tmp_path):
    sizes = column_sizes_of(tmp_path / "in.parquet", {"t": ["the same words again"] * 10_000})
    assert 20 < sizes.row_bytes(["t"]) < 60


def test_row_bytes__are_found_for_nested_columns_and_names_with_dots(tmp_path):
    columns = {
        "a": pa.array([{"b": 1.0, "c": [1.0, 2.0]}] * 100),
        "a.b": pa.array([1.0] * 100),
        "l": pa.array([[1, 2, 3]] * 100),
    }
    sizes = column_sizes_of(tmp_path / "in.parquet", columns)
    assert sizes.row_bytes(["a.b"]) == 8 + 1 / 8
    assert sizes.row_bytes(["a"]) >= 8 + 16
    assert sizes.row_bytes(["l"]) >= 24


def test_dictionary_bytes__depend_on_the_categories_and_not_on_the_rows(tmp_path):
    few = pa.array(["red", "green", "blue"] * 30_000).dictionary_encode()
    many = pa.array([f"number {i} of many" * 4 for i in range(30_000)] * 3).dictionary_encode()
    sizes = column_sizes_of(tmp_path / "in.parquet", {"few": few, "many": many})
    assert 10 < sizes.dictionary_bytes(["few"]) < 100
    assert sizes.dictionary_bytes(["many"]) >= many.dictionary.nbytes * 0.9
    assert sizes.row_bytes(["few"]) == 4 + 1 / 8


def test_dictionary_bytes__of_plain_values_are_at_least_the_stored_size(tmp_path):
    values = pa.array([f"number {i} of many" for i in range(30_000)]).dictionary_encode()
    path = tmp_path / "in.parquet"
    sizes = column_sizes_of(path, {"v": values}, use_dictionary=False)
    assert sizes.dictionary_bytes(["v"]) >= values.dictionary.nbytes * 0.9


def test_reader_bytes__count_one_page_for_an_unknown_writer(tmp_path):
    path = tmp_path / "in.parquet"
    columns = {"x": np.random.default_rng(0).random(500_000)}
    known = column_sizes_of(path, columns, use_dictionary=False).reader_bytes(["x"])
    path.write_bytes(path.read_bytes().replace(b"parquet-cpp-arrow", b"a-rarer-cpp-maker"))
    unknown = ColumnSizes(open_source(path), ["x"]).reader_bytes(["x"])
    assert known < 3 << 20
    assert unknown >= 2 * 500_000 * 8


def test_reader_bytes__count_long_pages_of_long_texts(tmp_path):
    texts = [np.random.default_rng(row).bytes(20_000).hex() for row in range(400)]
    sizes = column_sizes_of(tmp_path / "in.parquet", {"t": texts}, use_dictionary=False)
    assert sizes.reader_bytes(["t"]) >= 2 * 400 * 40_000
