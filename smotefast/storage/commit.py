"""Atomic writes: a destination is complete or unchanged, whatever happens.

A job writes to a temporary path next to the destination. When the result is complete and on
disk, one rename makes it the destination. An error, Ctrl-C, SIGTERM or SIGHUP removes the
temporary path; after SIGKILL or a power failure, the next job with the same destination on the
same host removes it.

Temporary names are ``.NAME.HOST-PID.RANDOM.smotefast``. The process locks its temporary path.
A leftover is removed only if it belongs to the same destination and host, its lock is free, and
its process is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

from smotefast.storage.destination import Destination
from smotefast.storage.sink import flush_to_disk

_SUFFIX = ".smotefast"
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2


class Staging:
    """Context manager for a temporary path that becomes the destination.

    Attributes
    ----------
    path
        Where to write: the name of an empty file, or an empty folder.
    """

    def __init__(self, destination: Destination, *, overwrite: bool) -> None:
        self._destination = destination
        self._overwrite = overwrite
        folder, name = os.path.split(destination.path)
        unique = f"{_host()}-{os.getpid()}.{secrets.token_hex(4)}"
        self.path = os.path.join(folder, f".{_shorten(name)}.{unique}{_SUFFIX}")
        self._lock: int | None = None

    def __enter__(self) -> Staging:
        try:
            if self._destination.is_folder:
                os.mkdir(self.path)
            else:
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            self._lock = _lock(self.path)
        except BaseException:
            self._clean_up()
            raise
        return self

    def publish(self) -> None:
        """Move the temporary path to the destination; it must be complete and flushed."""
        _publish(self.path, self._destination.path, overwrite=self._overwrite)
        flush_to_disk(os.path.dirname(self._destination.path))

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._clean_up()

    def _clean_up(self) -> None:
        """Remove the temporary path, which holds unfinished work or the replaced data."""
        _remove(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _publish(temporary: str, path: str, *, overwrite: bool) -> None:
    if not os.path.lexists(path):
        _move_to_new_name(temporary, path)
        return
    if not overwrite:
        raise _created_meanwhile(path)
    if os.path.isfile(path) == os.path.isfile(temporary):
        shutil.copymode(path, temporary)  # the new data get the permissions of the old data
    if os.path.isfile(path) and os.path.isfile(temporary):
        os.replace(temporary, path)
    elif not _exchange(temporary, path):
        backup = temporary.removesuffix(_SUFFIX) + ".old" + _SUFFIX
        os.rename(path, backup)
        try:
            os.rename(temporary, path)
        except BaseException:
            os.rename(backup, path)
            raise
        _remove(backup)


def _move_to_new_name(temporary: str, path: str) -> None:
    """Rename, but do not replace what another process may have created in the meantime."""
    if os.path.isfile(temporary):
        try:
            os.link(temporary, path)
            return  # __exit__ removes the temporary name
        except FileExistsError as error:
            raise _created_meanwhile(path) from error
        except OSError:  # a file system without hard links
            pass
    os.rename(temporary, path)


def _created_meanwhile(path: str) -> FileExistsError:
    return FileExistsError(
        f"Another process created the destination {path!r} during the job. Choose another, or "
        "replace it with overwrite=True."
    )


def _exchange(path: str, other: str) -> bool:
    """Swap two paths atomically; return False if the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    folder = -100  # AT_FDCWD; the paths are absolute
    if rename(folder, os.fsencode(path), folder, os.fsencode(other), _EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False  # not supported by this file system
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), other)


def remove_leftovers(path: str) -> None:
    """Remove temporary paths of killed jobs, and restore a destination one had moved away."""
    folder, name = os.path.split(path)
    start = re.escape(f".{_shorten(name)}.{_host()}-")
    pattern = rf"{start}(\d+)\.[0-9a-f]+(\.old)?{_SUFFIX}"
    entries: list[str] = []
    with contextlib.suppress(OSError):
        entries = os.listdir(folder)
    for entry in entries:
        match = re.fullmatch(pattern, entry)
        if match is not None:
            with contextlib.suppress(OSError):  # continue with the other leftovers
                leftover = os.path.join(folder, entry)
                _remove_leftover(leftover, int(match[1]), path, is_backup=bool(match[2]))


def _remove_leftover(leftover: str, pid: int, path: str, *, is_backup: bool) -> None:
    if not _is_abandoned(leftover, pid):
        return
    if is_backup and not os.path.lexists(path):
        os.rename(leftover, path)
    else:
        _remove(leftover)


def _is_abandoned(path: str, pid: int) -> bool:
    """Tell whether the process that created a temporary path is gone."""
    if pid != os.getpid() and _is_running(pid):
        return False
    lock = _lock(path)
    if lock is None:
        return False
    os.close(lock)
    return True


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return True  # on Windows, os.kill(pid, 0) would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _lock(path: str) -> int | None:
    """Lock a file or folder; return None if it is locked or the system has no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _shorten(name: str) -> str:
    """Return a name short enough to be extended; most systems allow 255 bytes."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= 160 else hashlib.sha256(encoded).hexdigest()


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())[:32]


@contextlib.contextmanager
def exit_on_signals() -> Iterator[None]:
    """Raise SystemExit(128 + number) on SIGTERM and SIGHUP, so that cleanup code runs.

    Signals that the program handles or ignores are not changed, nor is anything outside the
    main thread.
    """
    is_main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    unhandled = [n for n in numbers if is_main and signal.getsignal(n) is signal.SIG_DFL]

    def raise_exit(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for number in unhandled:
        signal.signal(number, raise_exit)
    try:
        yield
    finally:
        for number in unhandled:
            signal.signal(number, signal.SIG_DFL)
