"""What a power failure leaves follows from what was synced."""

from __future__ import annotations

import pytest

from tests.faults.power_loss import History


@pytest.fixture
def history(tmp_path):
    """Replay a log over an old file; each outcome is that of the files now in ``folder``."""
    snapshots, folder = tmp_path / "snapshots", tmp_path / "folder"
    for each in (snapshots, folder):
        each.mkdir()
    (snapshots / "1").write_bytes(b"new")

    def replay(*calls, files, outcome):
        for path, text in files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(text)
        log = "\n".join("\t".join(call) for call in calls)
        return History({"a": b"old"}).replay(log, snapshots).surviving(outcome, folder)

    return replay


WRITTEN = [("C", "/b", "", "0"), ("F", "/b", "", "1")]
MOVED = ("R", "/b", "/a", "0")
SYNCED = ("D", "", "", "0")


@pytest.mark.parametrize("outcome", ["undone", "lost", "zeros"])
def test_what_was_synced__is_there(history, outcome):
    calls = [*WRITTEN, MOVED, SYNCED]
    assert history(*calls, files={"a": b"new"}, outcome=outcome) == {"a": b"new"}


def test_a_name_that_was_not_synced__may_be_as_before_or_not(history):
    files = {"a": b"new"}
    assert history(*WRITTEN, MOVED, files=files, outcome="undone") == {"a": b"old"}
    assert history(*WRITTEN, MOVED, files=files, outcome="lost") == {"a": b"new"}


def test_content_that_was_not_synced__is_lost_or_zero(history):
    calls, files = [("C", "/b", "", "0"), SYNCED], {"a": b"old", "b": b"xy"}
    for outcome, content in (("undone", b""), ("lost", b""), ("zeros", b"\0\0")):
        assert history(*calls, files=files, outcome=outcome) == {"a": b"old", "b": content}


def test_folders__are_moved_and_exchanged_with_their_files(history):
    made = [("M", "/f", "", "0"), ("C", "/f/b", "", "0"), ("F", "/f/b", "", "1")]
    made += [("D", "/f", "", "0"), ("R", "/f", "/a", "2")]
    files = {"f": b"old", "a/b": b"new"}
    after = {"a": None, "a/b": b"new", "f": b"old"}
    assert history(*made, files=files, outcome="undone") == {"a": b"old"}
    assert history(*made, files=files, outcome="lost") == after
    assert history(*made, SYNCED, files=files, outcome="undone") == after
