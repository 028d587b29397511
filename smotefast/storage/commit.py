"""A destination that is absent or complete, whatever happens on the way.

Work goes to a temporary name beside the destination. When it is complete and on the disk,
one move makes it the destination. Any error, Ctrl-C, SIGTERM or SIGHUP removes it; after
SIGKILL or a power cut the next run to the same destination does, on the same host.

Temporary names are ``.NAME.HOST-PID.RANDOM.smotefast``. The process holds a lock on its own as
long as it lives. A leftover is removed only when it was made for the same destination on
this host, nobody holds its lock, and its process is gone.
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
    """Context manager around the making of one destination.

    Attributes
    ----------
    path
        Where to write: a file name that is free, or an empty folder.
    """

    def __init__(self, destination: Destination, *, overwrite: bool) -> None:
        self._destination = destination
        self._overwrite = overwrite
        folder, name = os.path.split(destination.path)
        unique = f"{_host()}-{os.getpid()}.{secrets.token_hex(4)}"
        self.path = os.path.join(folder, f".{_short(name)}.{unique}{_SUFFIX}")
        self._lock: int | None = None

    def __enter__(self) -> Staging:
        try:
            if self._destination.parts:
                os.mkdir(self.path)
            else:
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            self._lock = _lock(self.path)
        except BaseException:
            self._clean()
            raise
        return self

    def publish(self) -> None:
        """Make what was written the destination; it must be complete and flushed."""
        _move(self.path, self._destination.path, overwrite=self._overwrite)
        flush_to_disk(os.path.dirname(self._destination.path))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clean()

    def _clean(self) -> None:
        """Remove what has the temporary name: unfinished work, or what was replaced."""
        _remove(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _move(made: str, path: str, *, overwrite: bool) -> None:
    if not os.path.lexists(path):
        _move_to_free_name(made, path)
        return
    if not overwrite:
        raise FileExistsError(f"The destination {path!r} has appeared in the meantime.")
    if os.path.isfile(path) == os.path.isfile(made):
        shutil.copymode(path, made)  # who could not read the old one cannot read the new
    if os.path.isfile(path) and os.path.isfile(made):
        os.replace(made, path)
    elif not _exchange(made, path):
        aside = made.removesuffix(_SUFFIX) + ".old" + _SUFFIX
        os.rename(path, aside)
        try:
            os.rename(made, path)
        except BaseException:
            os.rename(aside, path)
            raise
        _remove(aside)


def _move_to_free_name(made: str, path: str) -> None:
    """Rename without replacing what another process put there a moment ago."""
    if os.path.isfile(made):
        try:
            os.link(made, path)
            return  # the temporary name is removed on the way out
        except FileExistsError as error:
            raise FileExistsError(
                f"The destination {path!r} has appeared in the meantime."
            ) from error
        except OSError:  # a file system without hard links
            pass
    os.rename(made, path)


def _exchange(one: str, other: str) -> bool:
    """Swap two names in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    here = -100  # AT_FDCWD; the paths are absolute
    if rename(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False  # this file system cannot
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), other)


def remove_leftovers(path: str) -> None:
    """Remove what killed runs to this destination left; put back what one had set aside."""
    folder, name = os.path.split(path)
    start = re.escape(f".{_short(name)}.{_host()}-")
    pattern = rf"{start}(\d+)\.[0-9a-f]+(\.old)?{_SUFFIX}"
    entries: list[str] = []
    with contextlib.suppress(OSError):
        entries = os.listdir(folder)
    for entry in entries:
        found = re.fullmatch(pattern, entry)
        if found is not None:
            with contextlib.suppress(OSError):  # the others may go
                _remove_leftover(os.path.join(folder, entry), int(found[1]), found[2], path)


def _remove_leftover(leftover: str, pid: int, is_old: str | None, path: str) -> None:
    if not _abandoned(leftover, pid):
        return
    if is_old and not os.path.lexists(path):
        os.rename(leftover, path)
    else:
        _remove(leftover)


def _abandoned(path: str, pid: int) -> bool:
    """Whether the process that made a temporary name is gone."""
    if pid != os.getpid() and _alive(pid):
        return False
    lock = _lock(path)
    if lock is None:
        return False
    os.close(lock)
    return True


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # asking would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _lock(path: str) -> int | None:
    """Take the lock of a file or folder; None if it is taken or there are no locks."""
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


def _short(name: str) -> str:
    """Return a name that leaves room for what is added; most systems take 255 bytes."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= 160 else hashlib.sha256(encoded).hexdigest()


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())[:32]


@contextlib.contextmanager
def signals_as_exit() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit(128 + number), so that all is cleaned up.

    Left alone where the program has a handler of its own or ignores them, and outside
    the main thread.
    """
    main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    ours = [one for one in numbers if main and signal.getsignal(one) is signal.SIG_DFL]

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for one in ours:
        signal.signal(one, leave)
    try:
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)
