"""A journal knows the tasks that are done, whatever a crash has cut off."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from smotefast.storage.files import file_checksum, flush_to_disk
from smotefast.storage.journal import Journal, write_array

JOB = {"source": "a.parquet"}


@pytest.fixture
def folder(tmp_path):
    journal = Journal(str(tmp_path))
    journal.begin(JOB)
    journal.record("one", rows=1)
    journal.record("two", rows=2)
    return tmp_path


def test_a_journal__is_empty_where_there_is_none(tmp_path):
    journal = Journal(str(tmp_path))
    assert (journal.job, len(journal), journal.result("one")) == ({}, 0, None)


def test_a_journal__knows_the_job_and_its_tasks_in_a_later_run(folder):
    journal = Journal(str(folder))
    assert journal.job == JOB
    assert len(journal) == 2
    assert journal.result("two")["rows"] == 2
    assert journal.result("three") is None


def test_begin__forgets_the_tasks_of_another_job(folder):
    Journal(str(folder)).begin({"source": "b.parquet"})
    journal = Journal(str(folder))
    assert journal.job == {"source": "b.parquet"}
    assert len(journal) == 0


def test_a_journal_that_is_cut_off__keeps_its_complete_lines_and_can_be_continued(folder):
    path = folder / "journal.jsonl"
    whole = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        journal = Journal(str(folder))
        n_lines = sum(end <= size for end in ends)
        assert len(journal) == max(0, n_lines - 1)
        assert journal.job == (JOB if n_lines else {})
        journal.record("three", rows=3)
        assert len(Journal(str(folder))) == len(journal) or not n_lines


@pytest.mark.parametrize("corruption", [b"\x00" * 40, b"[1]\n", b"{}}\n"])
def test_a_journal__does_not_count_what_follows_a_corrupt_line(folder, corruption):
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + corruption + lines[2])
    journal = Journal(str(folder))
    assert journal.result("one") is not None
    assert journal.result("two") is None


def test_arrays__are_loaded_as_they_were_saved(folder):
    array = np.arange(12, dtype=np.int32).reshape(4, 3)
    Journal(str(folder)).save_array("search", array, method="exact")
    journal = Journal(str(folder))
    np.testing.assert_array_equal(journal.load_array("search"), array, strict=True)
    assert journal.result("search")["method"] == "exact"
    assert journal.load_array("other") is None


def test_an_array_that_another_process_wrote__is_moved_to_the_journal(folder, tmp_path):
    path = str(tmp_path / "attempt.npy")
    write_array(path, np.arange(5))
    Journal(str(folder)).take_array("search", path)
    assert not os.path.exists(path)
    np.testing.assert_array_equal(Journal(str(folder)).load_array("search"), np.arange(5))


@pytest.mark.parametrize("corruption", ["cut", "changed", "removed"])
def test_arrays_that_are_corrupt__are_not_loaded(folder, corruption):
    journal = Journal(str(folder))
    journal.save_array("search", np.arange(1000))
    path = folder / "search.npy"
    content = path.read_bytes()
    if corruption == "removed":
        os.unlink(path)
    else:
        path.write_bytes(content[:-1] + (b"" if corruption == "cut" else b"\xff"))
    assert journal.load_array("search") is None


def test_file_checksum__is_that_of_zlib(tmp_path):
    content = np.random.default_rng(0).bytes(3_000_001)
    (tmp_path / "a").write_bytes(content)
    import zlib

    assert file_checksum(str(tmp_path / "a")) == f"crc32:{zlib.crc32(content):08x}"


@pytest.mark.parametrize("n_values", [10, 1000])
def test_an_array_that_does_not_fit_on_the_disk__is_an_error_with_its_number(folder, n_values):
    resource = pytest.importorskip("resource", reason="this system has no limits of file sizes")
    journal = Journal(str(folder))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
    try:
        with pytest.raises(OSError, match="too large") as raised:
            journal.save_array("search", np.arange(n_values))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert raised.value.errno == errno.EFBIG
    assert Journal(str(folder)).result("search") is None


def test_flush_to_disk__accepts_file_systems_that_cannot_flush_folders(tmp_path, monkeypatch):
    def refuse(descriptor):
        raise OSError(errno.EINVAL, "Invalid argument")

    (tmp_path / "a").write_text("a")
    monkeypatch.setattr(os, "fsync", refuse)
    flush_to_disk(str(tmp_path))
    with pytest.raises(OSError, match="Invalid argument"):
        flush_to_disk(str(tmp_path / "a"))
