"""Stored measurements: one JSON file for each case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smotefast.bench.spread import rounded

RESULTS = Path(__file__).parent / "results"


def save(folder: Path, measured: dict[str, Any]) -> None:
    """Write a case's file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rounded(measured), indent=1, ensure_ascii=False)
    (folder / f"{measured['case']}.json").write_text(text + "\n")


def load_all(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """Return what is stored, by case."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return {path.stem: json.loads(path.read_text()) for path in files}
