from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys

import pytest

from smotefast.storage import commit
from smotefast.storage.commit import Staging, exit_on_signals, remove_leftovers
from smotefast.storage.destination import Destination


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


def leftover_name(place, pid):
    return f"{place.path[:-3]}.out.{commit._host()}-{pid}.0123abcd.smotefast"


def ended_pid():
    return int(subprocess.check_output([sys.executable, "-c", "import os; print(os.getpid())"]))


def test_staging__makes_the_destination_and_nothing_else(place, tmp_path):
    with Staging(place, overwrite=False) as staging:
        fill(staging.path, "new")
        assert not os.path.exists(place.path)
        staging.publish()
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def make(place, text, *, overwrite=False, before_publishing=lambda: None):
    with Staging(place, overwrite=overwrite) as staging:
        fill(staging.path, text)
        before_publishing()
        staging.publish()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_staging__leaves_nothing_after_an_error(place, tmp_path, error):
    def fail():
        raise error

    with pytest.raises(error):
        make(place, "half", before_publishing=fail)
    assert os.listdir(tmp_path) == []


def test_staging__keeps_the_old_destination_until_the_new_one_is_complete(place, tmp_path):
    for text in ("old", "new"):
        with Staging(place, overwrite=True) as staging:
            fill(staging.path, text)
            if text == "new":
                assert content(place.path) == "old"
            staging.publish()
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_staging__replaces_a_folder_if_paths_cannot_be_exchanged(place, tmp_path, monkeypatch):
    monkeypatch.setattr(commit, "_exchange", lambda one, other: False)
    for text in ("old", "new"):
        with Staging(place, overwrite=True) as staging:
            fill(staging.path, text)
            staging.publish()
    assert content(place.path) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_staging__restores_the_old_folder_if_the_new_one_cannot_be_moved(tmp_path, monkeypatch):
    place = Destination(str(tmp_path / "out"), True)
    os.mkdir(place.path)
    fill(place.path, "old")
    monkeypatch.setattr(commit, "_exchange", lambda one, other: False)
    rename = os.rename

    def refuse(old, new):
        if new == place.path and ".old" not in old:
            raise PermissionError(new)
        rename(old, new)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        make(place, "new", overwrite=True)
    assert content(place.path) == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_staging__replaces_a_folder_by_a_file_and_back(tmp_path):
    for parts in (True, False, True):
        place = Destination(str(tmp_path / "out"), parts)
        with Staging(place, overwrite=True) as staging:
            fill(staging.path, str(parts))
            staging.publish()
        assert content(place.path) == str(parts)
    assert os.listdir(tmp_path) == ["out"]


def test_staging__does_not_replace_a_destination_created_during_the_job(place, tmp_path):
    def appear():
        with open(place.path, "w") as file:
            file.write("theirs")

    with pytest.raises(OSError, match="created the destination"):
        make(place, "mine", before_publishing=appear)
    assert content(place.path) == "theirs"
    assert os.listdir(tmp_path) == ["out"]


def test_staging__works_without_hard_links(tmp_path, monkeypatch):
    def refuse(old, new):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    place = Destination(str(tmp_path / "out"), False)
    with Staging(place, overwrite=False) as staging:
        fill(staging.path, "new")
        staging.publish()
    assert content(place.path) == "new"


def test_remove_leftovers__removes_only_files_of_ended_processes(place, tmp_path):
    mine = leftover_name(place, ended_pid())
    others = [
        leftover_name(place, os.getppid()),
        mine.replace(".out.", ".out2."),
        mine.replace(commit._host(), "elsewhere"),
    ]
    for path in (mine, *others):
        if place.is_folder:
            os.mkdir(path)
        fill(path, "half")
    remove_leftovers(place.path)
    assert sorted(os.listdir(tmp_path)) == sorted(map(os.path.basename, others))


def test_remove_leftovers__keeps_files_of_another_job_in_this_process(place):
    with Staging(place, overwrite=False) as staging:
        fill(staging.path, "half")
        remove_leftovers(place.path)
        assert content(staging.path) == "half"


@pytest.mark.parametrize("parts", [False, True])
def test_staging__works_for_the_longest_names(tmp_path, parts):
    place = Destination(str(tmp_path / ("ü" * 127)), parts)
    make(place, "new")
    with Staging(place, overwrite=True) as staging:
        fill(staging.path, "newer")
        killed = staging.path.replace(str(os.getpid()), str(ended_pid()))
        shutil.copytree(staging.path, killed) if parts else shutil.copy(staging.path, killed)
        remove_leftovers(place.path)
        assert not os.path.exists(killed)
        staging.publish()
    assert content(place.path) == "newer"


@pytest.mark.skipif(os.name == "nt", reason="this system has no modes")
def test_staging__keeps_the_permissions_of_the_replaced_file(place):
    make(place, "old")
    os.chmod(place.path, 0o700)
    make(place, "new", overwrite=True)
    assert stat.S_IMODE(os.stat(place.path).st_mode) == 0o700


def test_remove_leftovers__continues_after_an_error(place, tmp_path, monkeypatch):
    stuck, loose = (
        leftover_name(place, ended_pid()).replace("0123abcd", unique) for unique in ("0", "1")
    )
    for path in (stuck, loose):
        fill(path, "half")
    unlink = os.unlink

    def refuse(path, **options):
        if path == stuck:
            raise PermissionError(path)
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(os, "listdir", lambda path: list(map(os.path.basename, (stuck, loose))))
    remove_leftovers(place.path)
    assert os.path.exists(stuck)
    assert not os.path.exists(loose)


def test_remove_leftovers__restores_the_backup_of_a_killed_job(place, tmp_path):
    aside = leftover_name(place, ended_pid()).replace(".smotefast", ".old.smotefast")
    if place.is_folder:
        os.mkdir(aside)
    fill(aside, "old")
    remove_leftovers(place.path)
    assert content(place.path) == "old"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_exit_on_signals__cleans_up_on_sigterm_and_sighup(place, tmp_path, name):
    number = getattr(signal, name)

    def terminate():
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
