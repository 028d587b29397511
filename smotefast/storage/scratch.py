"""A folder for temporary files that vanishes with the object that owns it.

It is removed when its owner is closed or garbage-collected, and at exit. If the process is
killed, the next one that uses the same parent folder removes it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import weakref

_PREFIX, _LOCK = "smotefast-", "scratch.lock"


class ScratchFolder:
    """A new, empty folder, readable by this user only.

    Parameters
    ----------
    parent
        Where it is created. None means the system's folder for temporary files, which the
        environment variable ``TMPDIR`` names.

    Attributes
    ----------
    path
        The folder.
    remove
        Removes it. Nothing happens the second time, or in a forked process.

    Raises
    ------
    OSError
        If the parent is no folder, or not writable.
    """

    def __init__(self, parent: str | None = None) -> None:
        parent = tempfile.gettempdir() if parent is None else parent
        _remove_abandoned(parent)
        try:
            self.path = tempfile.mkdtemp(prefix=_PREFIX, dir=parent)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            message = (
                f"The scratch folder {parent!r} is not usable: {error.strerror}. Choose an "
                "existing folder that can be written, with scratch."
            )
            raise type(error)(message) from error
        try:
            lock = _create_lock(self.path)
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            raise
        self.remove = weakref.finalize(self, _remove, self.path, lock, os.getpid())


def _create_lock(folder: str) -> int:
    """Create a locked file; under its name it is never seen unlocked."""
    draft = os.path.join(folder, f"{_LOCK}.new")
    lock = os.open(draft, os.O_CREAT | os.O_RDWR, 0o600)
    _try_lock(lock)
    os.rename(draft, os.path.join(folder, _LOCK))
    return lock


def _remove(path: str, lock: int, process: int) -> None:
    if os.getpid() != process:  # a forked child has a copy of the owner
        return
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.close(lock)


def _remove_abandoned(parent: str) -> None:
    """Remove the folders of processes of this user that were killed."""
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(parent) if name.startswith(_PREFIX)]
        for name in names:
            _remove_if_abandoned(os.path.join(parent, name))


def _remove_if_abandoned(path: str) -> None:
    with contextlib.suppress(OSError):  # another user's, or another process removes it now
        lock = os.open(os.path.join(path, _LOCK), os.O_RDWR)
        try:
            if _try_lock(lock):
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)


def _try_lock(descriptor: int) -> bool:
    """Lock an open file; return False if another process has locked it, or without locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
