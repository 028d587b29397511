"""Sections of numpydoc docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any


def section(owner: Any, title: str) -> dict[str, str]:
    """Return the entries of a section of a docstring, with their descriptions."""
    text = inspect.getdoc(owner) or ""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\S[^\n]*\n---|\Z)", text, re.DOTALL | re.M)
    assert found, f"{owner.__name__} has no section {title}"
    entries = re.split(r"^(?=\S)", found.group(1), flags=re.MULTILINE)[1:]
    return {re.split(r" ?: |\n", each)[0]: " ".join(each.split()[1:]) for each in entries}
