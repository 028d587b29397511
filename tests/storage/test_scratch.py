"""A scratch folder vanishes with its owner; the next removes what a killed process left."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys

import pytest

from smotefast.storage import ScratchFolder

fcntl = pytest.importorskip("fcntl", reason="this system has no file locks of this kind")


def test_a_scratch_folder__vanishes_with_its_owner(tmp_path):
    scratch = ScratchFolder(str(tmp_path))
    assert os.path.dirname(scratch.path) == str(tmp_path)
    assert os.stat(scratch.path).st_mode & 0o77 == 0
    path = scratch.path
    del scratch
    gc.collect()
    assert not os.path.exists(path)


def test_a_scratch_folder__can_be_removed_twice(tmp_path):
    scratch = ScratchFolder(str(tmp_path))
    scratch.remove()
    scratch.remove()
    assert os.listdir(tmp_path) == []


def test_a_new_scratch_folder__leaves_those_in_use_and_other_files(tmp_path):
    (tmp_path / "smotefast-notes").mkdir()
    first, second = ScratchFolder(str(tmp_path)), ScratchFolder(str(tmp_path))
    assert set(os.listdir(tmp_path)) == {
        "smotefast-notes", os.path.basename(first.path), os.path.basename(second.path)
    }  # fmt: skip


KILLED = """
import os, sys
from smotefast.storage import ScratchFolder
scratch = ScratchFolder(sys.argv[1])
open(os.path.join(scratch.path, "source.parquet"), "w").write("rows")
os.kill(os.getpid(), int(sys.argv[2]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_process_left__is_removed_by_the_next(tmp_path, number):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(int(number))], check=False)
    (left,) = os.listdir(tmp_path)
    scratch = ScratchFolder(str(tmp_path))
    assert os.listdir(tmp_path) == [os.path.basename(scratch.path)]
    assert scratch.path != str(tmp_path / left)


def test_a_folder_that_is_not_usable__is_named(tmp_path):
    (tmp_path / "file").touch()
    for parent in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(OSError, match=f"{parent.name}.* with scratch"):
            ScratchFolder(str(parent))


def test_an_unlockable_folder__is_kept_by_others(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("smotefast.storage.scratch._try_lock", lambda descriptor: False)
        first = ScratchFolder(str(tmp_path))
        ScratchFolder(str(tmp_path))
        assert os.path.exists(first.path)
