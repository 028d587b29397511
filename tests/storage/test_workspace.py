"""The folder of a job becomes the destination, is kept for a resume, or is removed."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading

import pytest

from smotefast._process import exit_on_signals
from smotefast.exceptions import DestinationBusyError
from smotefast.storage import commit
from smotefast.storage.destination import Destination
from smotefast.storage.workspace import Workspace, clean, recover, workspace_path


@pytest.fixture(params=["file", "folder"])
def place(request, tmp_path):
    return Destination(str(tmp_path / "out"), request.param == "folder")


def fill(path, text):
    if os.path.isdir(path):
        path = os.path.join(path, "part")
    with open(path, "w") as file:
        file.write(text)


def content(path):
    if os.path.isdir(path):
        path = os.path.join(path, "part")
    with open(path) as file:
        return file.read()


def make(place, text, *, overwrite=False, before_publishing=lambda workspace: None):
    with Workspace(place, overwrite=overwrite) as workspace:
        workspace.start_anew()
        workspace.journal.begin({"job": text})
        fill(workspace.output, text)
        before_publishing(workspace)
        workspace.publish()


def interrupt(place, text="half"):
    """Leave the folder of a job that was interrupted."""

    def stop(workspace):
        workspace.journal.record("a task")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        make(place, text, overwrite=True, before_publishing=stop)
    return stopped.value


def test_a_workspace__makes_the_destination_and_nothing_else(place, tmp_path):
    with Workspace(place, overwrite=False) as workspace:
        workspace.start_anew()
        fill(workspace.output, "new")
        assert not os.path.exists(place.path)
        workspace.publish()
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, SystemExit])
def test_a_workspace__leaves_nothing_if_no_task_was_done(place, tmp_path, error):
    def fail(workspace):
        raise error

    with pytest.raises(error):
        make(place, "half", before_publishing=fail)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [ValueError, OSError, RuntimeError])
def test_a_workspace__leaves_nothing_after_an_error(place, tmp_path, error):
    def fail(workspace):
        workspace.journal.record("a task")
        raise error

    with pytest.raises(error):
        make(place, "half", before_publishing=fail)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_a_workspace__keeps_what_is_done_if_the_same_job_can_go_on(place, error):
    def stop(workspace):
        workspace.journal.record("a task", rows=3)
        raise error

    with pytest.raises(error) as stopped:
        make(place, "half", before_publishing=stop)
    assert "smotefast clean" in stopped.value.__notes__[0]
    with Workspace(place, overwrite=False) as workspace:
        assert workspace.journal.job == {"job": "half"}
        assert workspace.journal.result("a task")["rows"] == 3
        assert content(workspace.output) == "half"


def test_a_workspace__keeps_the_old_destination_until_the_new_one_is_complete(place, tmp_path):
    def check(workspace):
        assert content(place.path) == "old"

    make(place, "old")
    make(place, "new", overwrite=True, before_publishing=check)
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_a_workspace__replaces_a_folder_if_paths_cannot_be_exchanged(
    place, tmp_path, monkeypatch
):
    monkeypatch.setattr(commit, "_exchange", lambda one, other: False)
    for text in ("old", "new"):
        make(place, text, overwrite=True)
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def refuse_to_move_into(path, monkeypatch):
    monkeypatch.setattr(commit, "_exchange", lambda one, other: False)
    rename = os.rename

    def refuse(old, new):
        if new == path and "replaced" not in old:
            raise PermissionError(new)
        rename(old, new)

    monkeypatch.setattr(os, "rename", refuse)


def test_publish__restores_the_old_folder_if_the_new_one_cannot_be_moved(tmp_path, monkeypatch):
    place = Destination(str(tmp_path / "out"), True)
    make(place, "old")
    refuse_to_move_into(place.path, monkeypatch)
    with pytest.raises(PermissionError):
        make(place, "new", overwrite=True)
    assert content(place.path) == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_publish__replaces_a_folder_by_a_file_and_back(tmp_path):
    for parts in (True, False, True):
        place = Destination(str(tmp_path / "out"), parts)
        make(place, str(parts), overwrite=True)
        assert content(place.path) == str(parts)
    assert os.listdir(tmp_path) == ["out"]


def test_publish__does_not_replace_a_destination_created_during_the_job(place, tmp_path):
    def appear(workspace):
        with open(place.path, "w") as file:
            file.write("theirs")

    with pytest.raises(OSError, match="created the destination"):
        make(place, "mine", before_publishing=appear)
    assert content(place.path) == "theirs"
    assert os.listdir(tmp_path) == ["out"]


def test_publish__works_without_hard_links(tmp_path, monkeypatch):
    def refuse(old, new):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    make(Destination(str(tmp_path / "out"), False), "new")
    assert content(tmp_path / "out") == "new"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.skipif(os.name == "nt", reason="this system has no modes")
def test_publish__keeps_the_permissions_of_the_replaced_file(place):
    make(place, "old")
    os.chmod(place.path, 0o700)
    make(place, "new", overwrite=True)
    assert stat.S_IMODE(os.stat(place.path).st_mode) == 0o700


def test_a_workspace__works_for_the_longest_names(tmp_path):
    for parts in (False, True):
        place = Destination(str(tmp_path / ("ü" * 126 + str(int(parts)))), parts)
        interrupt(place)
        make(place, "new")
        assert content(place.path) == "new"
    assert len(os.listdir(tmp_path)) == 2


def test_the_workspaces_of_two_destinations__are_two(tmp_path):
    names = ["a" * 200, "a" * 199 + "b", "out", "out.parquet"]
    assert len({workspace_path(str(tmp_path / name)) for name in names}) == 4


def test_a_second_job__is_refused_and_changes_nothing(place):
    def begin_another(workspace):
        with pytest.raises(DestinationBusyError, match="is writing to this destination"):
            make(place, "other", overwrite=True)
        for function in (recover, clean):
            with pytest.raises(DestinationBusyError):
                function(place.path)

    make(place, "mine", before_publishing=begin_another)
    assert content(place.path) == "mine"


def test_publish__fails_if_another_job_has_taken_over(place, tmp_path):
    def take_over(workspace):
        with open(os.path.join(workspace.path, "lease"), "w") as file:
            file.write('{"owner": "other"}')

    with pytest.raises(DestinationBusyError, match="has taken over"):
        make(place, "mine", before_publishing=take_over)
    assert not os.path.exists(place.path)


def test_start_anew__removes_what_another_job_left(place, tmp_path):
    interrupt(place)
    make(place, "new")
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_clean__removes_what_a_job_left_and_returns_its_size(place, tmp_path):
    interrupt(place, "half" * 1000)
    assert clean(place.path) > 4000
    assert os.listdir(tmp_path) == []
    assert clean(place.path) == 0


def crash_at_exchange(place, monkeypatch):
    """Leave what a crash leaves between the two renames that replace a folder."""

    class CrashError(BaseException):
        pass

    refuse_to_move_into(place.path, monkeypatch)
    rename = os.rename

    def crash(old, new):
        if new == place.path:
            raise CrashError
        rename(old, new)

    monkeypatch.setattr(os, "rename", crash)
    monkeypatch.setattr("smotefast.storage.workspace._remove_content", lambda path: None)
    with pytest.raises(CrashError):
        make(place, "new", overwrite=True)
    monkeypatch.undo()


def test_recover__restores_the_folder_that_a_crash_had_moved_away(tmp_path, monkeypatch):
    place = Destination(str(tmp_path / "out"), True)
    os.mkdir(place.path)
    fill(place.path, "old")
    with monkeypatch.context() as patch:
        patch.setattr(commit, "_exchange", lambda one, other: False)
        crash_at_exchange(place, patch)
    assert not os.path.exists(place.path)
    recover(place.path)
    assert content(place.path) == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_recover__removes_the_folder_of_a_job_that_was_published(place, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("smotefast.storage.workspace._remove_content", lambda path: None)
        make(place, "new")
    assert len(os.listdir(tmp_path)) == 2
    recover(place.path)
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_recover__keeps_an_interrupted_job(place):
    interrupt(place)
    recover(place.path)
    with Workspace(place, overwrite=False) as workspace:
        assert workspace.journal.job == {"job": "half"}


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_exit_on_signals__cleans_up_on_sigterm_and_sighup(place, tmp_path, name):
    number = getattr(signal, name)

    def terminate(workspace):
        os.kill(os.getpid(), number)
        signal.sigtimedwait([], 1)  # the handler runs before this returns

    before = signal.signal(number, signal.SIG_DFL)  # these tests may run under nohup
    try:
        with pytest.raises(SystemExit) as caught, exit_on_signals():
            make(place, "half", before_publishing=terminate)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert caught.value.code == 128 + number
    assert os.listdir(tmp_path) == []


def test_exit_on_signals__keeps_ignoring_an_ignored_sighup():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as set by nohup
    try:
        with exit_on_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_exit_on_signals__keeps_the_handlers_of_the_program():
    def own(number, frame):
        pass

    before = signal.signal(signal.SIGTERM, own)
    try:
        with exit_on_signals():
            assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse(monkeypatch, name, error, *, when=lambda *paths: True):
    """Make a function of ``os`` fail for some paths."""
    original = getattr(os, name)

    def call(*paths, **options):
        if when(*map(str, paths)):
            raise error
        return original(*paths, **options)

    monkeypatch.setattr(os, name, call)


def is_no_lease(path):
    return "lease" not in path


def test_publish__warns_if_the_name_cannot_be_flushed(place, tmp_path, monkeypatch):
    def fail(path):
        if path == str(tmp_path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("smotefast.storage.workspace.flush_to_disk", fail)
    with pytest.warns(UserWarning, match="is complete, but the folder .* could not be flushed"):
        make(place, "new")
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_a_workspace__is_published_even_if_files_cannot_be_removed(
    place, tmp_path, monkeypatch
):
    for text in ("old", "new"):
        with monkeypatch.context() as patch:
            refuse(
                patch,
                "unlink",
                PermissionError("no"),
                when=is_no_lease,
            )
            make(place, text, overwrite=True)
        assert content(place.path) == text
        assert len(os.listdir(tmp_path)) == 2
        recover(place.path)
        assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [ValueError("first"), KeyboardInterrupt("first")])
def test_an_error__is_not_replaced_by_one_while_files_are_removed(
    place, tmp_path, monkeypatch, error
):
    def fail(workspace):
        refuse(monkeypatch, "unlink", OSError("second"))
        raise error

    with pytest.raises(type(error), match="first"):
        make(place, "half", before_publishing=fail)
    monkeypatch.undo()
    make(place, "new")
    assert os.listdir(tmp_path) == ["out"]


def test_an_interruption_while_files_are_removed__releases_the_lease(
    place, tmp_path, monkeypatch
):
    def fail(workspace):
        refuse(monkeypatch, "unlink", KeyboardInterrupt, when=is_no_lease)
        raise ValueError("first")

    with pytest.raises(KeyboardInterrupt):
        make(place, "half", before_publishing=fail)
    monkeypatch.undo()
    assert not any(thread.name == "smotefast-lease" for thread in threading.enumerate())
    make(place, "new")
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [PermissionError("no"), KeyboardInterrupt()])
def test_an_old_folder_that_cannot_be_moved_back__is_kept(tmp_path, monkeypatch, error):
    place = Destination(str(tmp_path / "out"), True)
    make(place, "old")
    with monkeypatch.context() as patch:
        patch.setattr(commit, "_exchange", lambda one, other: False)
        refuse(patch, "rename", error, when=lambda old, new: new == place.path)
        with pytest.raises(type(error)):
            make(place, "new", overwrite=True)
    assert not os.path.exists(place.path)
    recover(place.path)
    assert content(place.path) == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_a_job_whose_lease_was_taken__leaves_the_files_of_the_other_job(place):
    def take_over(workspace):
        with open(os.path.join(workspace.path, "lease"), "w") as file:
            file.write('{"owner": "other"}')

    with pytest.raises(DestinationBusyError):
        make(place, "mine", before_publishing=take_over)
    assert content(os.path.join(workspace_path(place.path), "data")) == "mine"


def test_a_workspace_without_a_lease__leaves_no_folder(place, tmp_path, monkeypatch):
    full = OSError(errno.ENOSPC, "full")
    refuse(monkeypatch, "open", full, when=lambda path, *_: "lease." in path)
    with pytest.raises(OSError, match="full"):
        make(place, "new")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("function", [recover, clean])
def test_what_cannot_be_removed__is_reported_and_the_lease_is_free(
    place, tmp_path, monkeypatch, function
):
    interrupt(place)
    with open(os.path.join(workspace_path(place.path), "journal.jsonl"), "w"):
        pass  # without a job, nothing is kept
    with monkeypatch.context() as patch:
        refuse(patch, "unlink", PermissionError("no"), when=is_no_lease)
        with pytest.raises(PermissionError):
            function(place.path)
    function(place.path)
    assert os.listdir(tmp_path) == []


def test_the_journal__is_removed_last(place, monkeypatch):
    removed, names = [], ["journal.jsonl", "data", "lease"]
    monkeypatch.setattr(os, "listdir", lambda path: names)
    monkeypatch.setattr("smotefast.storage.workspace.remove", removed.append)
    make(place, "new")
    assert [os.path.basename(path) for path in removed[-2:]] == ["data", "journal.jsonl"]


def test_start_anew__flushes_the_name_of_its_folder(place, tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr("smotefast.storage.workspace.flush_to_disk", flushed.append)
    make(place, "new", before_publishing=lambda workspace: flushed.append("written"))
    assert flushed == [str(tmp_path), "written", str(tmp_path)]
