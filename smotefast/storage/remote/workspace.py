"""The folder of a job whose destination is in a store, and what the job has in the store.

The journal, searches and unfinished files are in a folder of this machine; complete files are
uploaded at once. The commit writes the manifest of the folder, or gives the single file its
name, each in one step.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

from smotefast.exceptions import StoreError
from smotefast.storage.destination import (
    Destination,
    destination_location,
    remote_destination,
)
from smotefast.storage.file_access import Location
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.lease import RemoteLease
from smotefast.storage.remote.manifest import (
    DATA,
    JOBS,
    NAME,
    destination_manifest,
    manifest_bytes,
)
from smotefast.storage.remote.shared_folder import StoreFolder
from smotefast.storage.workspace import (
    NO_MANIFEST,
    PUBLISH,
    SHARED,
    Workspace,
    clean,
    recover,
)

# The fact that names the folder of the files in the store.
_OUTPUT = "output"


class RemoteOutput:
    """Complete files of a job in its folder of the store.

    Parameters
    ----------
    files, folder
        The store, and the folder.
    """

    def __init__(self, files: RemoteFiles, folder: str) -> None:
        self._files, self.folder = files, folder

    def keep(self, path: str, name: str, tick: Callable[[], object]) -> None:
        """Upload a complete file, and remove it here."""
        self._files.upload(path, f"{self.folder}/{name}", tick)
        os.unlink(path)

    def has(self, name: str, n_bytes: int, checksum: str) -> bool:
        """Whether there is a file of this size; nobody else writes to the folder."""
        info = self._files.info(f"{self.folder}/{name}", StoreError)
        return bool(info.is_file and info.size == n_bytes)

    def remove_others(self, names: Collection[str]) -> None:
        """Remove files with other names."""
        for name in sorted({*self._files.files_below(self.folder)} - {*names}):
            self._files.delete(f"{self.folder}/{name}")

    def sizes(self) -> Mapping[str, int]:
        """Return the sizes of the files by name."""
        infos = self._files.files_below(self.folder)
        return {name: info.size for name, info in infos.items()}


class RemoteWorkspace(Workspace):
    """Context manager for a job that writes to a store; see ``Workspace``."""

    can_go_on = (*Workspace.can_go_on, StoreError)

    def __init__(self, destination: Destination, *, overwrite: bool) -> None:
        super().__init__(destination, overwrite=overwrite)
        assert isinstance(destination.files, RemoteFiles)
        self._files = destination.files
        self._jobs = jobs_folder(destination.path, is_folder=destination.is_folder)

    def __enter__(self) -> RemoteWorkspace:
        super().__enter__()
        try:
            self._remote_lease = RemoteLease(self._files, self._jobs, self.path)
        except BaseException:
            self.release()
            raise
        return self

    def start_anew(self) -> None:
        """Remove what earlier runs left, here and in the store."""
        super().start_anew()
        _remove_unnamed(self._destination, self._files, None)

    def record_output(self) -> None:
        """Choose the folder of the files, and add it to the journal."""
        self.journal.add_fact(_OUTPUT, folder=f"data-{secrets.token_hex(8)}")

    def _folder_in_store(self, path: str) -> StoreFolder:
        """Return a folder in the store, and remove those of earlier runs."""
        _remove_shared(self._files, self._jobs)
        return StoreFolder(self._files, f"{self._jobs}/{os.path.basename(path)}", path)

    @property
    def files(self) -> RemoteOutput:
        """Where complete files are kept."""
        return RemoteOutput(self._files, f"{self._parent}/{self.data}")

    @property
    def _parent(self) -> str:
        return self._destination.path if self._destination.is_folder else self._jobs

    @property
    def data(self) -> str:
        """Name of the folder of the files."""
        fact = self.journal.fact(_OUTPUT)
        assert fact is not None
        return str(fact["folder"])

    def public_name(self, name: str) -> str:
        """Return the name of a file in the destination."""
        is_folder = self._destination.is_folder
        return f"{self.data}/{name}" if is_folder else super().public_name(name)

    def publish(self, manifest: Mapping[str, Any] = NO_MANIFEST) -> None:
        """Make the files that were kept the destination; ``manifest`` describes them."""
        self._check_lease(self._remote_lease.check)
        self._check_complete(manifest)
        self.journal.add_fact(PUBLISH)
        path = self._destination.path
        if self._destination.is_folder:
            content = manifest_bytes({**manifest, "data": self.data})
            self._files.write(f"{path}/{NAME}", content)
        else:
            self._files.move(f"{self.files.folder}/part-00000.parquet", path)
        self._is_published = True
        with contextlib.suppress(StoreError):  # the next job removes it
            _remove_unnamed(self._destination, self._files, self.data)

    def _check_complete(self, manifest: Mapping[str, Any]) -> None:
        """Raise StoreError unless the store has exactly the files that were kept."""
        sizes = self.files.sizes()
        kept = {self.public_name(name): size for name, size in sizes.items()}
        if kept != {part["file"]: part["bytes"] for part in manifest["parts"]}:
            raise StoreError(
                f"The files in {self.files.folder!r} are not those that were written: another "
                "program has changed them. Start again."
            )

    def remove_output(self) -> None:
        """Remove the files that were kept, unless they are or may be the destination."""
        may_be_published = self._is_published or self.journal.fact(PUBLISH) is not None
        if may_be_published or self.journal.fact(_OUTPUT) is None:
            return
        with contextlib.suppress(OSError):
            self._files.delete_folder(self.files.folder)

    def release(self) -> None:
        """Give up the leases."""
        lease = getattr(self, "_remote_lease", None)
        try:
            if lease is not None:
                lease.release()
                with contextlib.suppress(OSError):
                    remove_if_empty(self._files, self._jobs)
                    if self._destination.is_folder:
                        remove_if_empty(self._files, self._destination.path)
        finally:
            super().release()


def _remove_shared(files: RemoteFiles, jobs: str) -> int:
    """Remove what processes of a cluster shared in jobs that have ended; return the bytes."""
    sizes: dict[str, int] = {}
    for path, info in files.files_below(jobs).items():
        name = path.split("/")[0]
        if name.startswith(SHARED):
            sizes[name] = sizes.get(name, 0) + info.size
    for name in sorted(sizes):
        files.delete_folder(f"{jobs}/{name}")
    return sum(sizes.values())


def jobs_folder(path: str, *, is_folder: bool) -> str:
    """Return the folder of the store for the leases of a destination."""
    parent, name = os.path.split(path)
    return f"{path}/{JOBS}" if is_folder else f"{parent}/_{name}.smotefast"


def remove_if_empty(files: RemoteFiles, folder: str) -> None:
    """Remove a folder without files: some stores have an object for it."""
    if folder.count("/") > 2 and not files.files_below(folder):  # never a bucket
        files.delete_folder(folder)


def recover_remote(destination: Destination) -> None:
    """Remove what a job has left here if it ended after its result was complete.

    Raises
    ------
    DestinationBusyError
        If a job is writing to the destination.
    """
    workspace, files = RemoteWorkspace(destination, overwrite=True), destination.files
    if not os.path.isdir(workspace.path):
        return
    with workspace.local_lease():
        journal = workspace.journal
        is_published = bool(journal.fact(PUBLISH) and journal.fact(_OUTPUT))
        if is_published and destination.is_folder:
            manifest = destination_manifest(destination.path, files)
            is_published = manifest is not None and manifest["data"] == workspace.data
        elif is_published:
            is_published = not workspace.files.sizes()  # it was given its name
        if is_published or not journal.job:
            workspace.remove_content()


def clean_remote(destination: Destination) -> int:
    """Remove what jobs that ended have left, here and in the store; return the bytes.

    Raises
    ------
    DestinationBusyError
        If a job is writing to the destination.
    """
    workspace, files = RemoteWorkspace(destination, overwrite=True), destination.files
    assert isinstance(files, RemoteFiles)
    with workspace:
        n_bytes = workspace.bytes_here()
        n_bytes += _remove_unnamed(destination, files, None)
        jobs = jobs_folder(destination.path, is_folder=destination.is_folder)
        n_bytes += _remove_shared(files, jobs)
        workspace.is_ours = True
    return n_bytes


def _remove_unnamed(destination: Destination, files: RemoteFiles, kept: str | None) -> int:
    """Remove the folders of jobs that are neither kept nor the data; return their bytes."""
    if destination.is_folder:
        folder = destination.path
        manifest = destination_manifest(folder, files)
        named = {kept, None if manifest is None else manifest["data"]}
    else:
        folder, named = jobs_folder(destination.path, is_folder=False), set()
    sizes: dict[str, int] = {}
    for path, info in files.files_below(folder).items():
        name = path.split("/")[0]
        if DATA.fullmatch(name) and name not in named:
            sizes[name] = sizes.get(name, 0) + info.size
    for name in sorted(sizes):
        files.delete_folder(f"{folder}/{name}")
    return sum(sizes.values())


def open_workspace(destination: Destination, *, overwrite: bool) -> Workspace:
    """Return the workspace of a job, here or for a store."""
    kind = RemoteWorkspace if destination.files.is_remote else Workspace
    return kind(destination, overwrite=overwrite)


def recover_any(location: Location, scratch: str | None) -> None:
    """Complete or undo what a crash has interrupted; see ``recover``."""
    if isinstance(location.files, RemoteFiles):
        recover_remote(remote_destination(location.path, location.files, scratch))
    else:
        recover(os.path.realpath(location.path))


def clean_any(destination: str | os.PathLike[str], scratch: str | None = None) -> int:
    """Remove what jobs that ended have left; return the bytes. See ``clean``."""
    path, files = destination_location(destination)
    if isinstance(files, RemoteFiles):
        return clean_remote(remote_destination(path, files, scratch))
    return clean(os.fspath(path))
