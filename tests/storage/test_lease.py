"""A lease is held by one job, and is free again after the job has ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time

import pytest

from smotefast.exceptions import DestinationBusyError
from smotefast.storage import lease as lease_module
from smotefast.storage.lease import Lease


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "lease")


@contextlib.contextmanager
def holder(path):
    """Another process that holds the lease until it is killed."""
    code = "import sys; from smotefast.storage.lease import Lease; lease = Lease(sys.argv[1])"
    command = [sys.executable, "-c", f"{code}; print('taken', flush=True); input()", path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def write_lease(path, host, age):
    """Write the lease of a process that does not lock it, touched some seconds ago."""
    with open(path, "w") as file:
        json.dump({"owner": "other", "host": host}, file)
    touched = time.time() - age
    os.utime(path, (touched, touched))


def test_a_lease__is_a_file_until_it_is_released(path, tmp_path):
    lease = Lease(path)
    assert os.listdir(tmp_path) == ["lease"]
    lease.check()
    lease.release()
    assert os.listdir(tmp_path) == []


def test_a_lease__is_refused_to_another_process_and_to_this_one(path):
    lease = Lease(path)
    with pytest.raises(DestinationBusyError, match="Wait until it ends"):
        Lease(path)
    with holder(path) as other:
        assert b"DestinationBusyError" in other.communicate()[1]
    lease.check()
    lease.release()
    Lease(path).release()


def test_a_lease_of_a_killed_process__is_free_at_once(path):
    with holder(path) as other:
        assert other.stdout.readline() == b"taken\n"
        with pytest.raises(DestinationBusyError):
            Lease(path)
    assert os.path.exists(path)
    Lease(path).release()


def test_a_lease_of_another_machine__is_free_after_a_minute_without_a_sign_of_life(path):
    write_lease(path, "other-host", 55)
    with pytest.raises(DestinationBusyError, match="other-host is writing"):
        Lease(path)
    write_lease(path, "other-host", 65)
    Lease(path).release()


def test_a_lease__stays_alive_while_its_owner_touches_it(path, monkeypatch):
    monkeypatch.setattr(lease_module, "_HEARTBEAT_SECONDS", 0.01)
    lease = Lease(path)
    os.utime(path, (0, 0))
    deadline = time.monotonic() + 30
    while os.stat(path).st_mtime == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert os.stat(path).st_mtime > 0
    lease.release()


def test_check__fails_after_another_job_took_the_lease(path):
    lease = Lease(path)
    os.unlink(path)
    other = Lease(path)
    with pytest.raises(DestinationBusyError, match="has taken over"):
        lease.check()
    lease.release()
    other.check()
    other.release()


def test_an_unreadable_lease__counts_as_one_of_another_machine(path):
    with open(path, "w") as file:
        file.write("{")
    with pytest.raises(DestinationBusyError, match="another machine"):
        Lease(path)


def test_a_lease__works_without_hard_links(path, monkeypatch):
    def refuse(old, new):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    lease = Lease(path)
    with pytest.raises(DestinationBusyError):
        Lease(path)
    lease.release()
    assert not os.path.exists(path)


def test_of_many_threads_that_find_a_free_lease__one_takes_it(path):
    for _ in range(20):
        write_lease(path, "other-host", 100)
        start, taken = threading.Barrier(6), []

        def take(start=start, taken=taken):
            start.wait()
            with contextlib.suppress(DestinationBusyError):
                taken.append(Lease(path))

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 1
        taken[0].check()
        taken[0].release()


def test_a_lease__is_on_disk_before_it_has_its_name(path, monkeypatch):
    calls, fsync, link = [], os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda file: (calls.append("fsync"), fsync(file)))
    monkeypatch.setattr(os, "link", lambda old, new: (calls.append("link"), link(old, new)))
    lease = Lease(path)
    assert calls == ["fsync", "link"]
    lease.release()


def test_a_lease_that_cannot_be_closed__is_released(path, monkeypatch):
    lease = Lease(path)
    close = os.close

    def fail(descriptor):
        close(descriptor)
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        lease.release()
    assert not os.path.exists(path)
    Lease(path).release()
