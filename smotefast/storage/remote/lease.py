"""A lease in a store: one job at a time writes to a destination.

The owner writes an object of its own, then lists the objects of others. As stores list what was
written before, of two jobs that begin at the same time at least one sees the other, and is
refused. An object that was not written again for a minute, by the clock of the store, is one of
a job that has ended.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import threading
import time
from typing import Any

from smotefast.exceptions import DestinationBusyError, StoreError
from smotefast.storage.remote.files import RemoteFiles

_PREFIX = "lease-"
# The owner writes its object again so often; older ones are free.
_HEARTBEAT_SECONDS, _EXPIRES_AFTER = 10.0, 60.0


class RemoteLease:
    """The right to write, while the object exists.

    Parameters
    ----------
    files, folder
        The store, and a folder in it for leases.
    scratch
        Folder of the job on this machine, which it has locked: a lease that names the same
        folder of this host is of a job that has ended.

    Raises
    ------
    DestinationBusyError
        If another job holds a lease.
    """

    def __init__(self, files: RemoteFiles, folder: str, scratch: str) -> None:
        self._files, self._folder = files, folder
        self._name = f"{_PREFIX}{secrets.token_hex(8)}"
        self._owner = {"host": socket.gethostname(), "scratch": scratch}
        self._ended = threading.Event()
        self._write()
        try:
            self._refuse_others()
        except BaseException:
            with contextlib.suppress(OSError):
                files.delete(self._path)
            raise
        self._thread = threading.Thread(target=self._touch, name="smotefast-lease", daemon=True)
        self._thread.start()

    @property
    def _path(self) -> str:
        return f"{self._folder}/{self._name}"

    def _write(self) -> None:
        content = {**self._owner, "time": time.time()}
        self._files.write(self._path, json.dumps(content).encode())

    def _refuse_others(self) -> None:
        infos = self._files.files_below(self._folder)
        mine = infos.get(self._name)
        for name in sorted(infos):
            if name.startswith(_PREFIX) and name != self._name:
                self._refuse_other(name, infos[name], mine)

    def _refuse_other(self, name: str, info: Any, mine: Any) -> None:
        """Remove the lease of a job that has ended; raise an error if it runs."""
        path = f"{self._folder}/{name}"
        other = self._read(path)
        if other is None:  # released in the meantime
            return
        if mine is not None and mine.mtime_ns and info.mtime_ns:
            age = (mine.mtime_ns - info.mtime_ns) / 1e9
        else:  # a store that does not tell times: clocks of the machines
            age = time.time() - float(other.get("time", 0))
        is_same_folder = {key: other.get(key) for key in self._owner} == self._owner
        if age >= _EXPIRES_AFTER or is_same_folder:
            self._files.delete(path)
            return
        raise DestinationBusyError(
            f"Another job on {other.get('host', 'another machine')} is writing to this "
            f"destination; its last sign of life was {max(0.0, age):.0f} s ago. Wait until it "
            f"ends. If it was killed, start again in {_EXPIRES_AFTER:.0f} s."
        )

    def _read(self, path: str) -> dict[str, Any] | None:
        """Return what a lease says; nothing if it is gone."""
        try:
            content = json.loads(self._files.first_bytes(path, 1 << 16))
        except FileNotFoundError:
            return None
        except ValueError:
            content = {}
        return content if isinstance(content, dict) else {}

    def _touch(self) -> None:
        while not self._ended.wait(_HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):  # check() reports a lost lease
                if self._files.is_file(self._path):
                    self._write()

    def check(self) -> None:
        """Raise DestinationBusyError if another job has removed the lease."""
        if not self._files.info(self._path, StoreError).is_file:
            raise DestinationBusyError(
                "Another job has taken over the destination, because this one gave no sign of "
                f"life for {_EXPIRES_AFTER:.0f} s. Nothing was changed; start again."
            )

    def release(self) -> None:
        """Give up the lease."""
        self._ended.set()
        self._thread.join()
        with contextlib.suppress(OSError):  # it ends by itself
            self._files.delete(self._path)
