"""The folder of a job beside its destination: unfinished output, and a journal to resume from.

The result becomes the destination by one rename, so the destination is complete or unchanged
whatever happens. The folder, ``.NAME.smotefast``, stays after a signal or a crash: the same job
goes on from the tasks that are done. Another job with the same destination removes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from types import TracebackType

from smotefast.storage.commit import publish, restore
from smotefast.storage.destination import Destination
from smotefast.storage.files import flush_to_disk, remove
from smotefast.storage.journal import Journal
from smotefast.storage.lease import Lease

OUTPUT = "data"
_LEASE, _BACKUP = "lease", "replaced"
# The fact that is added before the result is moved to the destination.
_PUBLISH = "publish"
# After these errors the same job may go on: signals, and a memory limit that was too low.
_CAN_GO_ON = (KeyboardInterrupt, SystemExit, MemoryError)


class Workspace:
    """Context manager for the folder of a job. Entering it takes the lease of the destination.

    Parameters
    ----------
    destination
        Where the result goes.
    overwrite
        Whether it may replace what is there.

    Attributes
    ----------
    path
        The folder.
    output
        Where to write: the name of a file, or an existing folder.
    journal
        The tasks that are done, in this or in an earlier run.
    is_ours
        Whether this job has taken over the folder; if not, its files stay.
    """

    def __init__(self, destination: Destination, *, overwrite: bool) -> None:
        self._destination = destination
        self._overwrite = overwrite
        self.path = workspace_path(destination.path)
        self.output = os.path.join(self.path, OUTPUT)
        self.is_ours = False
        self._is_published = False

    def __enter__(self) -> Workspace:
        self._lease = _take_lease(self.path)
        self.journal = Journal(self.path)
        return self

    def start_anew(self) -> None:
        """Remove what an earlier run left, and create the folder of the output."""
        self.is_ours = True
        _remove_content(self.path)
        self.journal = Journal(self.path)
        if self._destination.is_folder:
            os.mkdir(self.output)

    def publish(self) -> None:
        """Move the output to the destination; it must be complete and flushed."""
        self._lease.check()
        self.journal.add_fact(_PUBLISH)
        backup = os.path.join(self.path, _BACKUP)
        publish(self.output, self._destination.path, backup, overwrite=self._overwrite)
        self._is_published = True
        flush_to_disk(os.path.dirname(self._destination.path))

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        can_go_on = isinstance(error, _CAN_GO_ON) and not self._is_published
        is_kept = not self.is_ours or (can_go_on and len(self.journal) > 0)
        if error is not None and self.is_ours and is_kept:
            error.add_note(
                f"What is done is kept in {self.path!r}: the same job goes on from there. "
                f"'smotefast clean {self._destination.path}' removes it."
            )
        _leave(self.path, self._lease, keep=is_kept)


def workspace_path(destination: str) -> str:
    """Return the folder of jobs that write to a destination."""
    folder, name = os.path.split(destination)
    return os.path.join(folder, f".{_shorten(name)}.smotefast")


def recover(destination: str) -> None:
    """Undo or complete what a crash interrupted while a result was moved to the destination.

    Raises
    ------
    DestinationBusyError
        If a job is writing to the destination.
    """
    path = workspace_path(destination)
    if not os.path.isdir(path):
        return
    lease = _take_lease(path)
    restore(os.path.join(path, _BACKUP), destination)
    was_published = Journal(path).fact(_PUBLISH) is not None and os.path.lexists(destination)
    _leave(path, lease, keep=not was_published)


def clean(destination: str) -> int:
    """Remove what jobs that ended have left beside a destination; return the bytes.

    Raises
    ------
    DestinationBusyError
        If a job is writing to the destination.
    """
    recover(destination)
    path = workspace_path(destination)
    if not os.path.isdir(path):
        return 0
    lease = _take_lease(path)
    n_bytes = _bytes_in(path)
    _leave(path, lease, keep=False)
    return n_bytes


def _take_lease(path: str) -> Lease:
    while True:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path)
        try:
            return Lease(os.path.join(path, _LEASE))
        except FileNotFoundError:  # another job has just removed the folder
            continue


def _leave(path: str, lease: Lease, *, keep: bool) -> None:
    """Release the lease, after removing all other files unless they are kept."""
    if not keep:
        _remove_content(path)
    lease.release()
    with contextlib.suppress(OSError):  # it is not empty: kept, or another job's by now
        os.rmdir(path)


def _remove_content(path: str) -> None:
    for name in os.listdir(path):
        if name != _LEASE:
            remove(os.path.join(path, name))


def _bytes_in(path: str) -> int:
    return sum(
        os.lstat(os.path.join(folder, name)).st_size
        for folder, _, names in os.walk(path)
        for name in names
        if name != _LEASE
    )


def _shorten(name: str) -> str:
    """Return a name short enough to be extended; most systems allow 255 bytes."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= 160 else hashlib.sha256(encoded).hexdigest()
