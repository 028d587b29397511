"""Names of parametrized test cases that are the same in every process."""

from __future__ import annotations

import re


def name_of(value: object) -> str:
    """Return the ``str`` of a value on one line, shortened and without memory addresses."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))
    return " ".join(text.split())[:90]
