from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage.destination import check_destination
from smotefast.storage.source import open_source


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.table({"x": [1]}), folder / "a.parquet")
    return open_source(folder)


@pytest.mark.parametrize(
    ("name", "is_folder"),
    [("b.parquet", False), ("b.PQ", False), ("b", True), ("b.parquet.d", True)],
)
def test_check_destination__is_a_file_for_parquet_names_and_a_folder_for_others(
    tmp_path, source, name, is_folder
):
    place = check_destination(tmp_path / name, source, overwrite=False)
    assert place[:2] == (os.path.realpath(tmp_path / name), is_folder)


def test_check_destination__refuses_an_existing_destination_without_overwrite(tmp_path, source):
    (tmp_path / "b.parquet").touch()
    with pytest.raises(FileExistsError, match=r"b\.parquet' exists"):
        check_destination(tmp_path / "b.parquet", source, overwrite=False)
    check_destination(tmp_path / "b.parquet", source, overwrite=True)


def test_check_destination__refuses_the_source_under_any_name(tmp_path, source):
    one = open_source(tmp_path / "in" / "a.parquet")
    os.symlink(tmp_path / "in", tmp_path / "link")
    os.link(tmp_path / "in" / "a.parquet", tmp_path / "hard.parquet")
    for path, opened in [
        (tmp_path / "in", source),
        (tmp_path / "link", source),
        (tmp_path / "in" / ".." / "in" / "a.parquet", one),
        (tmp_path / "hard.parquet", one),
    ]:
        with pytest.raises(ValueError, match="is the source"):
            check_destination(path, opened, overwrite=True)


def test_check_destination__refuses_to_write_into_or_around_the_source(tmp_path, source):
    with pytest.raises(ValueError, match="is inside the source folder"):
        check_destination(tmp_path / "in" / "b.parquet", source, overwrite=False)
    with pytest.raises(ValueError, match=r"The source .* is inside the destination"):
        check_destination(tmp_path, source, overwrite=True)


def test_check_destination__refuses_a_missing_or_read_only_folder(
    tmp_path, source, monkeypatch
):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        check_destination(tmp_path / "no" / "b.parquet", source, overwrite=False)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root can write everywhere
    with pytest.raises(PermissionError, match="not writable"):
        check_destination(tmp_path / "b.parquet", source, overwrite=False)


def test_check_destination__resolves_links_in_the_source_folder(tmp_path):
    real, linked = tmp_path / "real", tmp_path / "linked"
    real.mkdir()
    linked.mkdir()
    pq.write_table(pa.table({"x": [1]}), real / "a.parquet")
    os.symlink(real / "a.parquet", linked / "a.parquet")
    source = open_source(linked)
    with pytest.raises(ValueError, match="is the source"):
        check_destination(real / "a.parquet", source, overwrite=True)
    with pytest.raises(ValueError, match=r"a\.parquet' is inside the destination"):
        check_destination(real, source, overwrite=True)


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that other engines write."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("_SUCCESS", "_metadata", "part-0.parquet", ".part-0.parquet.crc"):
        (folder / name).touch()
    return folder


def test_check_destination__replaces_a_folder_of_part_files(folder, source):
    assert check_destination(folder, source, overwrite=True).is_folder


@pytest.mark.parametrize("name", ["thesis.tex", ".env", "_notes", ".git/", "_archive/", "a/"])
def test_check_destination__never_replaces_a_folder_with_other_files(folder, source, name):
    if name.endswith("/"):
        (folder / name).mkdir()
    else:
        (folder / name).touch()
    with pytest.raises(ValueError, match=f"contains '{name.strip('/')}'"):
        check_destination(folder, source, overwrite=True)


def test_check_destination__never_replaces_a_file_by_a_folder(tmp_path, source):
    (tmp_path / "thesis").touch()
    with pytest.raises(ValueError, match="is a file, but would become a folder"):
        check_destination(tmp_path / "thesis", source, overwrite=True)


def test_check_destination__never_replaces_a_mount_point(folder, source, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(folder))
    with pytest.raises(ValueError, match="is a mount point"):
        check_destination(folder, source, overwrite=True)


def test_check_destination__refuses_a_name_too_long_for_the_system(tmp_path, source):
    with pytest.raises(OSError, match="too long"):
        check_destination(tmp_path / ("b" * 300), source, overwrite=False)


def test_check_destination__accepts_paths_as_bytes(tmp_path, source):
    place = check_destination(os.fsencode(tmp_path / "b"), source, overwrite=False)
    assert place.path == os.path.realpath(tmp_path / "b")


def test_check_destination__never_replaces_a_device(source):
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        check_destination("/dev/null", source, overwrite=True)
