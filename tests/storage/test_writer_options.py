from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.storage.source import open_source
from smotefast.storage.writer_options import writer_options


def options_of(path, table, dropped=frozenset(), **options):
    pq.write_table(table, path, **options)
    return writer_options(open_source(path), dropped)


def test_writer_options__keeps_the_codec_of_each_column(tmp_path):
    table = pa.table({"a": [1.0], "b": [2.0]})
    codecs = {"a": "zstd", "b": "none"}
    options = options_of(tmp_path / "x.parquet", table, compression=codecs)
    assert options["compression"] == {"a": "ZSTD", "b": "NONE"}


def test_writer_options__keeps_a_dictionary_only_if_the_column_is_smaller(tmp_path):
    rng = np.random.default_rng(0)
    table = pa.table({"few": rng.integers(0, 3, 9000), "many": rng.normal(size=9000)})
    assert options_of(tmp_path / "x.parquet", table)["use_dictionary"] == ["few"]


def test_writer_options__keeps_byte_stream_split(tmp_path):
    table = pa.table({"a": [1.0, 2.0], "b": ["x", "y"]})
    options = options_of(
        tmp_path / "x.parquet",
        table,
        use_dictionary=["b"],
        column_encoding={"a": "BYTE_STREAM_SPLIT"},
    )
    assert options["column_encoding"] == {"a": "BYTE_STREAM_SPLIT"}
    assert options["use_dictionary"] == ["b"]


def test_writer_options__leaves_out_dropped_columns(tmp_path):
    nested = pa.array([{"p": 1}, {"p": 2}])
    table = pa.table({"a": nested, "a.b": [1, 2], "c": [1, 2]})
    options = options_of(tmp_path / "x.parquet", table, dropped=frozenset(["a"]))
    assert set(options["compression"]) == {"a.b", "c"}


def test_writer_options__are_taken_from_the_largest_row_group(tmp_path):
    few = pa.table({"a": np.zeros(9_000)})
    schema = few.schema
    (tmp_path / "in").mkdir()
    pq.write_table(schema.empty_table(), tmp_path / "in" / "0.parquet")
    with pq.ParquetWriter(tmp_path / "in" / "1.parquet", schema) as writer:
        writer.write_table(pa.table({"a": [0.5]}))  # too short for a dictionary to pay
        writer.write_table(few)
    assert writer_options(open_source(tmp_path / "in"))["use_dictionary"] == ["a"]


def test_writer_options__stores_decimals_as_the_source_does(tmp_path):
    wide = pa.array([1, 2, 3]).cast(pa.decimal128(30, 2))
    table = pa.table({"narrow": wide.cast(pa.decimal128(9, 2)), "wide": wide})
    for as_integer, encoding in ((True, "DELTA_BINARY_PACKED"), (False, "DELTA_BYTE_ARRAY")):
        options = options_of(
            tmp_path / "x.parquet",
            table,
            use_dictionary=False,
            store_decimal_as_integer=as_integer,
            column_encoding={"narrow": encoding},
        )
        assert options["store_decimal_as_integer"] == as_integer
        assert options["column_encoding"] == {"narrow": encoding}
        pq.write_table(table, tmp_path / "copy.parquet", **options)
        kinds = [
            pq.ParquetFile(tmp_path / name).schema.column(0).physical_type
            for name in ("x.parquet", "copy.parquet")
        ]
        assert kinds[0] == kinds[1]


def test_an_encoding__is_not_kept_for_a_column_whose_type_is_widened(tmp_path):
    narrow = pa.table({"n": pa.array(range(100), pa.int32()), "m": pa.array(range(100))})
    options = {
        "use_dictionary": False,
        "column_encoding": {"n": "DELTA_BINARY_PACKED", "m": "DELTA_BINARY_PACKED"},
    }
    pq.write_table(narrow, tmp_path / "a.parquet", **options)
    pq.write_table(narrow.slice(0, 1).set_column(0, "n", [[0.5]]), tmp_path / "b.parquet")
    encodings = writer_options(open_source(tmp_path))["column_encoding"]
    assert encodings == {"m": "DELTA_BINARY_PACKED"}


def test_added_columns__get_the_usual_codec_and_do_not_change_that_of_others(tmp_path):
    table = pa.table({"a": [1.0], "b": [1.0], "c": [1.0]})
    codecs = {"a": "zstd", "b": "gzip", "c": "zstd"}
    pq.write_table(table, tmp_path / "a.parquet", compression=codecs)
    options = writer_options(open_source(tmp_path / "a.parquet"), written=["a", "b", "c", "w"])
    assert options["compression"] == {"a": "ZSTD", "b": "GZIP", "c": "ZSTD", "w": "ZSTD"}
