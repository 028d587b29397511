from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage import sink as sink_module
from smotefast.storage.sink import ParquetSink, explain_full_disk

TABLE = pa.table({"x": np.arange(1000.0)})


def test_sink__writes_one_row_group_per_table(tmp_path):
    path = str(tmp_path / "a.parquet")
    sink = ParquetSink(path, TABLE.schema, {"compression": "NONE"})
    for start in range(0, 1000, 250):
        sink.write(TABLE.slice(start, 250))
    sink.finish()
    assert sink.n_rows == 1000
    assert pq.ParquetFile(path).metadata.num_row_groups == 4
    assert pq.read_table(path).equals(TABLE)


def test_sink__writes_a_readable_file_without_rows(tmp_path):
    path = str(tmp_path / "a.parquet")
    sink = ParquetSink(path, TABLE.schema, {})
    sink.finish()
    assert pq.read_table(path).schema.equals(TABLE.schema)


def test_sink__keeps_a_dictionary_column_whose_chunks_have_their_own_dictionaries(tmp_path):
    path = str(tmp_path / "a.parquet")
    chunks = [pa.array(["a", "b"] * 99), pa.array(["c", "b"] * 99)]
    table = pa.table({"x": pa.chunked_array([chunk.dictionary_encode() for chunk in chunks])})
    sink = ParquetSink(path, table.schema, {"use_dictionary": ["x"]})
    sink.write(table)
    sink.finish()
    assert pq.read_table(path)["x"].to_pylist() == table["x"].to_pylist()
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    assert column.total_uncompressed_size < 300


def test_finish__raises_if_the_written_file_cannot_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    sink = ParquetSink(str(path), TABLE.schema, {})
    sink.write(TABLE)
    verify = sink_module._verify

    def damage_and_verify(*arguments):
        path.write_bytes(path.read_bytes()[:-1])
        verify(*arguments)

    monkeypatch.setattr(sink_module, "_verify", damage_and_verify)
    with pytest.raises(OSError, match="cannot be read"):
        sink.finish()


def test_finish__raises_if_the_number_of_rows_differs(tmp_path):
    sink = ParquetSink(str(tmp_path / "a.parquet"), TABLE.schema, {})
    sink.write(TABLE)
    sink.n_rows += 1
    with pytest.raises(OSError, match="has 1000 rows"):
        sink.finish()


def test_abort__works_on_a_full_disk():
    sink = ParquetSink("/dev/full", TABLE.schema, {"use_dictionary": False})
    message = r"not enough disk space for 'a' \(no space left on device\)"
    many = pa.table({"x": np.random.default_rng(0).random(100_000)})
    with pytest.raises(OSError, match=message), explain_full_disk("a"):
        sink.write(many)
    sink.abort()


def test_finish__reports_a_full_disk():
    sink = ParquetSink("/dev/full", TABLE.schema, {})
    sink.write(TABLE)
    with pytest.raises(OSError, match="No space left on device"):
        sink.finish()
    sink.abort()


def test_sink__closes_the_file_if_the_writer_refuses_its_options(tmp_path):
    with pytest.raises(pa.ArrowException, match="nothing"):
        ParquetSink(str(tmp_path / "a.parquet"), TABLE.schema, {"compression": "nothing"})


def test_explain_full_disk__does_not_change_other_errors():
    with pytest.raises(FileNotFoundError), explain_full_disk("a"):
        raise FileNotFoundError


class _StoppedError(Exception):
    pass


@pytest.mark.skipif(
    int(pa.__version__.split(".")[0]) < 23, reason="pyarrow wrote several pages at a time"
)
def test_check__ends_the_writing_of_a_row_group_between_its_pages(tmp_path):
    values = np.random.default_rng(0).random(400_000)
    table = pa.table({name: values for name in "abcde"})
    path, n_checks = tmp_path / "a.parquet", 0

    def check():
        nonlocal n_checks
        n_checks += 1
        if n_checks == 20:
            raise _StoppedError

    sink = ParquetSink(str(path), table.schema, {"use_dictionary": False}, check)
    with pytest.raises(_StoppedError):
        sink.write(table)
    size = path.stat().st_size
    assert 0 < size < table.nbytes / 2
    sink.abort()
    assert path.stat().st_size == size
    assert n_checks == 20
