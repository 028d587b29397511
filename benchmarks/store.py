"""Stored measurements: one JSON file for each case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def rounded(value: Any) -> Any:
    """Keep six digits of every number: nobody reads more."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
