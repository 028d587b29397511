"""The guide shows what the example prints, and names every point."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import smotefast

GUIDE = Path(__file__).parent.parent.parent / "docs" / "diagnose.md"


def test_guide__shows_what_its_example_prints(tmp_path):
    text = GUIDE.read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == shown


def test_guide__names_every_point():
    room = Path(smotefast.__file__).parent / "diagnosis"
    made = set()
    for path in room.glob("*_points.py"):
        made |= set(re.findall(r'(?:Point|point)\(\n\s+"(\w+)",', path.read_text()))
    assert len(made) > 20
    assert made <= set(re.findall(r"`(\w+)`", GUIDE.read_text()))
