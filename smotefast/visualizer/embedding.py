"""Embed data into a copy of the page."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("visualizer.html")
_DATA = re.compile(r'(<script type="application/json" id="data">)null(</script>)')
# Characters that HTML or JavaScript might read as something else than text.
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


@dataclass(frozen=True)
class PlotData:
    """Rows of two columns, and the class of each, for the page.

    Attributes
    ----------
    name
        What the page calls the data.
    columns
        Names of the two columns.
    x, y
        Their values, finite floats.
    codes
        The class of each row, as an index into ``classes``.
    classes
        The classes in label order: strings, numbers or booleans.
    about
        Sentences about the data.
    """

    name: str
    columns: tuple[str, str]
    x: list[float]
    y: list[float]
    codes: list[int]
    classes: list[Any]
    about: str


def page_with(data: PlotData) -> str:
    """Return the page with embedded data, which it opens with."""
    text = json.dumps(asdict(data), separators=(",", ":"), allow_nan=False)
    embedded = text.translate(_ESCAPED)
    page = PAGE.read_text(encoding="utf-8")
    return _DATA.sub(lambda match: f"{match[1]}{embedded}{match[2]}", page)
