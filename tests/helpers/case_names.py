"""Names of parametrized cases that are the same in every process."""

from __future__ import annotations

import re


def name_of(value: object) -> str:
    """Return what ``str`` says, in one line, short and without addresses in memory."""
    said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))
    return " ".join(said.split())[:90]
