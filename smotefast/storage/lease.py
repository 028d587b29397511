"""A lease: one job at a time may write to a destination.

The owner of a lease file locks it, and touches it every few seconds. A lease is free again if
it was taken on this machine and is not locked, or if it was not touched for a minute, by the
clock of its file system. So jobs of other machines and containers are seen as well, and clocks
need not agree.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import threading

from smotefast.exceptions import DestinationBusyError

# The owner touches the lease so often; untouched for so long, it is free.
_HEARTBEAT_SECONDS, _EXPIRES_AFTER = 10.0, 60.0


class Lease:
    """The right to write, while the file exists and names this object.

    Parameters
    ----------
    path
        The file, in an existing folder. It is created, and must not be held by another job.

    Raises
    ------
    DestinationBusyError
        If another job holds it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._owner = secrets.token_hex(8)
        self._descriptor = self._acquire()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._touch, name="smotefast-lease", daemon=True)
        self._thread.start()

    def _acquire(self) -> int:
        draft = f"{self._path}.{self._owner}"
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        try:
            owner = {"owner": self._owner, "host": socket.gethostname()}
            with open(descriptor, "wb", closefd=False) as file:
                file.write(json.dumps(owner).encode())
            os.fsync(descriptor)  # after a power failure, an empty lease would be anybody's
            _lock(descriptor)
            while not _create_link(draft, self._path):
                _remove_if_free(self._path, draft)
        except BaseException:
            _close(descriptor)
            raise
        finally:
            with contextlib.suppress(OSError):
                os.unlink(draft)
        return descriptor

    def _touch(self) -> None:
        while not self._ended.wait(_HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):  # check() reports a lost lease
                os.utime(self._path)

    def check(self) -> None:
        """Raise DestinationBusyError if another job has taken the lease."""
        if _read(self._path).get("owner") != self._owner:
            raise DestinationBusyError(
                "Another job has taken over the destination, because this one gave no sign of "
                f"life for {_EXPIRES_AFTER:.0f} s. Nothing was changed; start again."
            )

    def release(self) -> None:
        """Give up the lease."""
        self._ended.set()
        self._thread.join()
        _close(self._descriptor)
        with contextlib.suppress(OSError):
            if _read(self._path).get("owner") == self._owner:
                os.unlink(self._path)


def _close(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # it is closed in any case
        os.close(descriptor)


def _create_link(draft: str, path: str) -> bool:
    """Give a complete file its name; return False if another file has it."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return False
        os.rename(draft, path)
    return True


def _remove_if_free(path: str, draft: str) -> None:
    """Remove the lease of a job that has ended; raise DestinationBusyError if it runs."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        host, age = _read(path).get("host", "another machine"), _age(descriptor, draft)
        is_other_host = host != socket.gethostname() and age < _EXPIRES_AFTER
        if is_other_host or not _lock(descriptor):
            advice = f" If it was killed, start again in {_EXPIRES_AFTER:.0f} s."
            raise DestinationBusyError(
                f"Another job on {host} is writing to this destination; its last sign of life "
                f"was {age:.0f} s ago. Wait until it ends.{advice if is_other_host else ''}"
            )
        if _has_name(descriptor, path):  # nobody else has removed it, as it is locked
            os.unlink(path)
    finally:
        os.close(descriptor)


def _has_name(descriptor: int, path: str) -> bool:
    """Whether an open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _age(descriptor: int, draft: str) -> float:
    """Return the seconds since a lease was touched, by the clock of its file system."""
    os.utime(draft)
    return max(0.0, os.stat(draft).st_mtime - os.fstat(descriptor).st_mtime)


def _read(path: str) -> dict[str, str]:
    """Return what a lease says; nothing if it is gone or unreadable."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _lock(descriptor: int) -> bool:
    """Lock a file; return False if another open file has locked it.

    True also where there are no locks.
    """
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
