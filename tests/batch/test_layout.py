"""Compression, row groups and parts of the output are as requested."""

from __future__ import annotations

import os
import re

import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.batch.block_plan import make_plan
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.layout import CODECS, check_layout
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.tasks import check_part_count, copy_tasks
from smotefast.combine import SMOTETomek
from smotefast.exceptions import ArgumentError
from smotefast.over_sampling import SMOTE, BorderlineSMOTE
from smotefast.storage import open_source
from tests.helpers.parquet_files import imbalanced, in_memory, resample, same, write_file


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


def files_of(folder):
    return [pq.ParquetFile(folder / name) for name in sorted(os.listdir(folder))]


def groups_of(file):
    return [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]


@pytest.mark.parametrize("codec", CODECS)
def test_compression__is_used_for_all_columns(source, tmp_path, codec):
    resample(source, tmp_path / "out.parquet", compression=codec)
    (group,) = groups_of(pq.ParquetFile(tmp_path / "out.parquet"))
    found = {group.column(i).compression for i in range(group.num_columns)}
    assert found == {"UNCOMPRESSED" if codec == "none" else codec.upper()}
    expected = in_memory(imbalanced(), SMOTE(random_state=0))
    assert same(pq.read_table(tmp_path / "out.parquet"), expected)


def test_compression_level__changes_the_size(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000))
    for level in (1, 9):
        out = tmp_path / f"{level}.parquet"
        resample(source, out, compression="gzip", compression_level=level, sampler="random")
    sizes = [os.path.getsize(tmp_path / f"{level}.parquet") for level in (1, 9)]
    assert sizes[0] != sizes[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compression": "zst"}, "compression='zst' must be one of none, .*'zstd'"),
        ({"compression_level": 3}, "compression_level=3 needs compression"),
        ({"compression": "snappy", "compression_level": 3}, "'snappy' has no levels"),
        ({"compression": "none", "compression_level": 3}, "'none' has no levels"),
        ({"compression": "gzip", "compression_level": 10}, "from 1 to 9 for 'gzip'"),
        ({"compression": "brotli", "compression_level": True}, "from 0 to 11 for 'brotli'"),
        ({"row_group_size": 0}, "row_group_size=0 must be a whole number from 1 to 67,108,864"),
        ({"row_group_size": 1.5}, "row_group_size=1.5 must be a whole number"),
        ({"part_size": "big"}, "part_size='big' is not a size"),
        ({"part_size": 0}, "part_size=0 must be at least 1 byte"),
    ],
)
def test_invalid_values__are_refused_before_the_source_is_opened(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        resample(tmp_path / "absent.parquet", tmp_path / "out", **options)


@pytest.mark.parametrize("codec", ["gzip", "zstd", "lz4", "brotli"])
def test_the_limits_of_levels__are_allowed(codec):
    for level in (1, {"gzip": 9, "zstd": 22, "lz4": 12, "brotli": 11}[codec]):
        assert check_layout(codec, level, None, None).compression_level == level


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_row_groups__have_the_requested_rows_except_the_last_of_a_part(source, tmp_path, size):
    resample(source, tmp_path / "out", row_group_size=size, part_size="5KB")
    files = files_of(tmp_path / "out")
    assert len(files) > 2
    for file in files:
        *rows, last = [group.num_rows for group in groups_of(file)]
        assert set(rows) <= {size}
        assert 0 < last <= size
    expected = in_memory(imbalanced(), SMOTE(random_state=0))
    assert same(pq.read_table(tmp_path / "out"), expected)


@pytest.mark.parametrize(
    "sampler", [BorderlineSMOTE(random_state=0), SMOTETomek(random_state=0)], ids=str
)
def test_row_groups_of_one_row__do_not_change_the_search(tmp_path, sampler):
    source = write_file(tmp_path / "in.parquet", imbalanced(300))
    resample(source, tmp_path / "a.parquet", sampler=sampler)
    resample(source, tmp_path / "b.parquet", sampler=sampler, row_group_size=1)
    found = pq.read_table(tmp_path / "b.parquet")
    assert same(found, pq.read_table(tmp_path / "a.parquet"))


def test_a_part_of_one_byte__has_one_row_group_of_the_source_or_one_sample(source, tmp_path):
    resample(source, tmp_path / "out", part_size=1)
    sizes = [file.metadata.num_rows for file in files_of(tmp_path / "out")]
    assert sizes == [100] * 6 + [1] * 480
    expected = in_memory(imbalanced(), SMOTE(random_state=0))
    assert same(pq.read_table(tmp_path / "out"), expected)


def test_part_size__is_refused_for_a_single_file(source, tmp_path):
    with pytest.raises(ArgumentError, match=r"part_size=1000 has no effect: .* single file"):
        resample(source, tmp_path / "out.parquet", part_size=1000)
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_too_many_parts__are_refused(source):
    copies = copy_tasks(open_source(source), 1)
    check_part_count(copies, 99_994, 1)
    with pytest.raises(
        ValueError, match=r"about 100,001 parts, more than 100,000. Choose a la"
    ):
        check_part_count(copies, 99_995, 1)


def test_a_row_group_that_does_not_fit__is_an_error_with_the_need(tmp_path, monkeypatch):
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: 200 << 20)
    opened = open_source(write_file(tmp_path / "in.parquet", imbalanced(60, n_features=200)))
    names = opened.schema.names
    sizes, options = ColumnSizes(opened, names), {"n_written": 1_000_000}
    options |= {"need": MemoryNeed(0, 0), "row_group_size": 1_000_000}
    with pytest.raises(MemoryError) as refused:
        make_plan(sizes, names, limit=1 << 30, **options)
    message = str(refused.value)
    assert message.endswith("another size than row_group_size=1000000.")
    need = float(re.search(r"needs about ([\d.]+) GiB", message)[1])
    assert make_plan(sizes, names, limit=int(need * 2**30), **options).group_rows == 1_000_000
    assert make_plan(sizes, names, limit=1 << 30, **options | {"row_group_size": None})


def test_a_job_with_another_layout__is_another_job(source, tmp_path):
    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    options = {"part_size": 2000, "overwrite": True}
    with pytest.raises(KeyboardInterrupt):
        resample(source, tmp_path / "out", **options, progress=stop)
    with pytest.raises(
        ValueError, match=r"cannot be resumed: it differs in options|no journal"
    ):
        resample(source, tmp_path / "out", **options, compression="gzip", resume="require")
    smotefast.batch.resample_dataset(
        source, tmp_path / "out", target="label", **options, compression="gzip", progress=False
    )
    (group, *_) = groups_of(files_of(tmp_path / "out")[0])
    assert group.column(0).compression == "GZIP"
