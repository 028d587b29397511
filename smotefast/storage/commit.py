"""Atomic writes: one rename makes the complete result the destination.

Where a folder cannot be exchanged with another in one step, the old one is moved away for a
moment; ``restore`` moves it back after a crash at that moment.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys

from smotefast.storage.files import remove

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2


def publish(temporary: str, path: str, backup: str, *, overwrite: bool) -> None:
    """Make a complete file or folder the destination ``path``.

    ``backup`` is where the old destination is moved, if the two cannot be exchanged; it stays
    there.
    """
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
        os.rename(path, backup)
        try:
            os.rename(temporary, path)
        except BaseException:
            os.rename(backup, path)
            raise


def restore(backup: str, path: str) -> None:
    """Move the old destination back, if a crash has left it moved away."""
    if not os.path.lexists(backup):
        return
    if os.path.lexists(path):
        remove(backup)
    else:
        os.rename(backup, path)


def _move_to_new_name(temporary: str, path: str) -> None:
    """Rename, but do not replace what another process may have created in the meantime."""
    if os.path.isfile(temporary):
        try:
            os.link(temporary, path)
            return  # the temporary name is removed with the folder of the job
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
    # Not supported by this file system, or by the container: seccomp says EPERM.
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), other)
