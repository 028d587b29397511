"""The kinds of faults, and the calls at which they happen."""

from __future__ import annotations

import errno
from typing import NamedTuple

# Numbers of the calls and of what happens at one, as in shim.c.
CALLS = (
    "open", "create", "write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir",
    "truncate", "close", "chmod", "read",
)  # fmt: skip
FAIL, SHORT, KILL, TORN = range(4)


class Kind(NamedTuple):
    """A kind of fault.

    Attributes
    ----------
    calls
        The calls that are counted.
    action, code
        What happens, and the errno.
    lasts
        Whether all later calls fail as well.
    loses_power
        Whether the process is killed because the power fails: what was not synced is lost.
    """

    calls: tuple[str, ...]
    action: int
    code: int = 0
    lasts: bool = False
    loses_power: bool = False

    @property
    def kills(self) -> bool:
        return self.action in (KILL, TORN)


_CHANGES = tuple(call for call in CALLS if call not in ("open", "close", "read"))
_NEW = ("create", "write", "fsync", "rename", "link", "mkdir", "close")
_NAMES = ("open", "create", "rename", "link", "unlink", "mkdir", "rmdir", "chmod")
KINDS = {
    "ENOSPC": Kind(_NEW, FAIL, errno.ENOSPC),
    "EDQUOT": Kind(("create", "write", "link", "mkdir"), FAIL, errno.EDQUOT),
    "EIO": Kind(CALLS, FAIL, errno.EIO),
    "EINTR": Kind((*_CHANGES, "open"), FAIL, errno.EINTR),
    "EACCES": Kind(_NAMES, FAIL, errno.EACCES),
    "disk stays full": Kind(_NEW, FAIL, errno.ENOSPC, lasts=True),
    "disk stays read-only": Kind((*_CHANGES, "close"), FAIL, errno.EROFS, lasts=True),
    "names stay": Kind(("rename", "link"), FAIL, errno.EACCES, lasts=True),
    "short write": Kind(("write",), SHORT),
    "writes stay short": Kind(("write",), SHORT, lasts=True),
    "kill": Kind((*_CHANGES, "open", "close"), KILL),
    "kill in a write": Kind(("write",), TORN),
    "power loss": Kind(_CHANGES, KILL, loses_power=True),
}
