"""The folder of a job beside its destination: unfinished output, and a journal to resume from.

The result becomes the destination by one rename, so the destination is complete or unchanged
whatever happens. The folder, ``.NAME.smotefast``, stays after a signal or a crash: the same job
goes on from the tasks that are done. Another job with the same destination removes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Any

from smotefast._messages import COMPLETE
from smotefast.exceptions import (
    ClusterError,
    DestinationBusyError,
    StoreReadError,
    warn_at_caller,
)
from smotefast.storage.commit import publish, restore
from smotefast.storage.destination import Destination
from smotefast.storage.files import LocalOutput, OutputFiles, flush_to_disk, remove
from smotefast.storage.journal import NAME as JOURNAL
from smotefast.storage.journal import Journal
from smotefast.storage.lease import Lease
from smotefast.storage.remote.shared_folder import MountedFolder, SharedFolder

OUTPUT = "data"
_LEASE, _BACKUP = "lease", "replaced"
SHARED = "cluster-"
# The fact that is added before the result is moved to the destination.
PUBLISH = "publish"
NO_MANIFEST: Mapping[str, Any] = MappingProxyType({})


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
    can_go_on
        After these errors the same job may go on: signals, a memory limit that was too low, a
        store that did not answer, a cluster that lost tasks.
    """

    can_go_on: tuple[type[BaseException], ...] = (
        KeyboardInterrupt,
        SystemExit,
        MemoryError,
        StoreReadError,
        ClusterError,
    )

    def __init__(self, destination: Destination, *, overwrite: bool) -> None:
        self._destination = destination
        self._overwrite = overwrite
        self.path = destination.workspace or workspace_path(destination.path)
        self.output = os.path.join(self.path, OUTPUT)
        self._backup = os.path.join(self.path, _BACKUP)
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
        with contextlib.suppress(OSError):  # or a power failure may take all that is done
            flush_to_disk(os.path.dirname(self.path))

    def record_output(self) -> None:
        """Add to a new journal what names the output."""

    @property
    def files(self) -> OutputFiles:
        """Where complete files are kept."""
        return LocalOutput(self.output, is_folder=self._destination.is_folder)

    @contextlib.contextmanager
    def shared_folder(self, *, in_store: bool) -> Iterator[SharedFolder]:
        """Return a folder for files of a cluster, in it or in the store of the destination.

        It is removed at the end; those of earlier runs are removed first.
        """
        for name in os.listdir(self.path):
            if name.startswith(SHARED):
                remove(os.path.join(self.path, name))
        path = tempfile.mkdtemp(prefix=SHARED, dir=self.path)
        folder = self._folder_in_store(path) if in_store else MountedFolder(path)
        try:
            yield folder
        finally:
            with contextlib.suppress(OSError):  # the next job removes it
                folder.remove_all()

    def _folder_in_store(self, path: str) -> SharedFolder:
        """Return a folder in the store of the destination, whose files here are in ``path``."""
        raise NotImplementedError

    def public_name(self, name: str) -> str:
        """Return the name of a file in the destination."""
        is_folder = self._destination.is_folder
        return name if is_folder else os.path.basename(self._destination.path)

    def go_on(self) -> None:
        """Take over what an earlier run of the same job left."""
        self.is_ours = True
        is_folder = self._destination.is_folder
        if os.path.isdir(self.output) != is_folder:  # it became a destination, moved since then
            remove(self.output)
            if is_folder:
                os.mkdir(self.output)

    def publish(self, manifest: Mapping[str, Any] = NO_MANIFEST) -> None:
        """Move the output to the destination; it must be complete and flushed.

        ``manifest`` describes it, for destinations that are not one folder or file.
        """
        self._check_lease(self._lease.check)
        self.journal.add_fact(PUBLISH)
        publish(self.output, self._destination.path, self._backup, overwrite=self._overwrite)
        self._is_published = True
        _flush_name(self._destination.path)

    def _check_lease(self, check: Callable[[], None]) -> None:
        try:
            check()
        except DestinationBusyError:
            self.is_ours = False  # the files are those of the other job
            raise

    def remove_output(self) -> None:
        """Remove files that are kept outside the folder."""

    def release(self) -> None:
        """Give up the lease, and remove the folder if it is empty."""
        _release(self.path, self._lease)

    def bytes_here(self) -> int:
        """Return the bytes of the files in the folder."""
        return _bytes_in(self.path)

    def remove_content(self) -> None:
        """Remove the files in the folder."""
        _remove_content(self.path)

    @contextlib.contextmanager
    def local_lease(self) -> Iterator[None]:
        """Hold the lease of the folder, and read its journal."""
        lease = _take_lease(self.path)
        self.journal = Journal(self.path)
        try:
            yield
        finally:
            _release(self.path, lease)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        can_go_on = isinstance(error, self.can_go_on) and not self._is_published
        is_kept = not self.is_ours or (can_go_on and len(self.journal) > 0)
        if error is not None and self.is_ours and is_kept:
            error.add_note(
                f"What is done is kept in {self.path!r}: the same job goes on from there. "
                f"'smotefast clean {self._destination.shown}' removes it."
            )
        if error is not None and self._is_published:
            error.add_note(COMPLETE)
        try:
            # What cannot be removed stays for the next run: the result, or the error, is the
            # same. An old destination that could not be moved back is never removed.
            with contextlib.suppress(OSError):
                if self.is_ours:
                    restore(self._backup, self._destination.path)
                if not is_kept:
                    self.remove_output()
                    _remove_content(self.path)
        except (KeyboardInterrupt, SystemExit) as interrupt:
            if self._is_published:
                interrupt.add_note(COMPLETE)
            raise
        finally:
            self.release()


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
    try:
        restore(os.path.join(path, _BACKUP), destination)
        journal = Journal(path)
        was_published = journal.fact(PUBLISH) is not None and os.path.lexists(destination)
        if was_published or not journal.job:  # without a journal, no job can go on
            _remove_content(path)
    finally:
        _release(path, lease)


def clean(destination: str) -> int:
    """Remove what jobs that ended have left beside a destination; return the bytes.

    Raises
    ------
    DestinationBusyError
        If a job is writing to the destination.
    """
    destination = os.path.realpath(destination)
    path = workspace_path(destination)
    if not os.path.isdir(path):
        return 0
    lease = _take_lease(path)
    try:
        restore(os.path.join(path, _BACKUP), destination)
        n_bytes = _bytes_in(path)
        _remove_content(path)
    finally:
        _release(path, lease)
    return n_bytes


def _make_folder(path: str) -> None:
    try:
        os.mkdir(path)
    except FileExistsError:
        pass
    except (FileNotFoundError, PermissionError) as error:
        folder = os.path.dirname(path)
        message = f"The folder {folder!r} of the destination is not writable: {error.strerror}."
        raise type(error)(message) from error


def _take_lease(path: str) -> Lease:
    while True:
        _make_folder(path)
        try:
            return Lease(os.path.join(path, _LEASE))
        except FileNotFoundError:  # another job has just removed the folder
            continue
        except BaseException:
            _remove_if_empty(path)
            raise


def _release(path: str, lease: Lease) -> None:
    try:
        lease.release()
    finally:
        _remove_if_empty(path)


def _remove_if_empty(path: str) -> None:
    with contextlib.suppress(OSError):  # its files are kept, or another job's by now
        os.rmdir(path)


def _remove_content(path: str) -> None:
    """Remove all files but the lease; the journal last, as it tells what the others are."""
    for name in sorted(os.listdir(path), key=lambda name: name == JOURNAL):
        if name != _LEASE:
            remove(os.path.join(path, name))


def _flush_name(path: str) -> None:
    """Flush the name of a complete destination; warn if that fails."""
    folder = os.path.dirname(path)
    try:
        flush_to_disk(folder)
    except OSError as error:
        warn_at_caller(
            f"{path!r} is complete, but the folder {folder!r} could not be flushed to the disk "
            f"({error.strerror}). After a power failure now, look whether it is there.",
            UserWarning,
        )


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
