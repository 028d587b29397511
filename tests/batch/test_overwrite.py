"""What ``overwrite`` replaces, and what it refuses to replace."""

from __future__ import annotations

import os

import pyarrow.parquet as pq
import pytest

from tests.helpers.parquet_files import imbalanced, resample, write_file


@pytest.mark.parametrize("name", ["out", "out.parquet"])
def test_overwrite__replaces_the_destination(tmp_path, name):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / name)
    summary = resample(source, tmp_path / name, overwrite=True, rows="synthetic")
    assert pq.read_table(tmp_path / name).num_rows == summary.rows_written == 480
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", name]


@pytest.mark.parametrize("name", [".git", ".env", "_archive"])
def test_overwrite__refuses_a_folder_with_other_files(tmp_path, name):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / "out")
    kept = tmp_path / "out" / name
    kept.mkdir() if name != ".env" else kept.write_text("SECRET=1")
    with pytest.raises(ValueError, match=f"contains '{name}'"):
        resample(source, tmp_path / "out", overwrite=True)
    assert kept.exists()


def test_overwrite__refuses_a_file_that_the_source_links_to(tmp_path):
    real, linked = tmp_path / "real", tmp_path / "linked"
    real.mkdir()
    linked.mkdir()
    write_file(real / "a.parquet", imbalanced())
    os.symlink(real / "a.parquet", linked / "a.parquet")
    for destination in (real, real / "a.parquet"):
        with pytest.raises(ValueError, match=r"is the source|is inside the destination"):
            resample(linked, destination, overwrite=True)
    assert pq.read_table(real / "a.parquet").num_rows == 600


def test_overwrite__checks_the_destination_again_before_it_replaces_it(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / "out")

    def meanwhile(done, total):
        (tmp_path / "out" / "notes.txt").write_text("put here while the job ran")

    with pytest.raises(ValueError, match=r"contains 'notes\.txt'"):
        resample(source, tmp_path / "out", overwrite=True, progress=meanwhile)
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out"]
    assert (tmp_path / "out" / "notes.txt").exists()
