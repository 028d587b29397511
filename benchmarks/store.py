"""Stored measurements: one JSON file for each group, a list of cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smotefast.bench.spread import rounded

RESULTS = Path(__file__).parent / "results"
Stored = list[dict[str, Any]]


def save(path: Path, measured: dict[str, Any]) -> None:
    """Put a case into a file, in place of an earlier one of the same name.

    It is done after each of them, because all take hours.
    """
    stored: Stored = json.loads(path.read_text()) if path.exists() else []
    names = [case["name"] for case in stored]
    if measured["name"] in names:
        stored[names.index(measured["name"])] = rounded(measured)
    else:
        stored.append(rounded(measured))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")


def load_all(folder: Path = RESULTS) -> dict[str, Stored]:
    """Return the stored cases of each group."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
