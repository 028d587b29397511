"""The Python code of the README runs, in the order in which it stands there."""

import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def python_lines(text):
    """The Python of a page, each line at its own place so that a traceback names it."""
    language = None
    for line in text.splitlines():
        if line.startswith("```"):
            language = line.removeprefix("```") if language is None else None
            yield ""
        else:
            yield line if language == "python" else ""


def test_readme__code_runs(tmp_path):
    # A process of its own: the limit of its batch job counts what the process holds already.
    text = README.read_text()
    assert text.count("```python\n") >= 5
    (tmp_path / "README.py").write_text("\n".join(python_lines(text)))
    command = [sys.executable, "-W", "error", "README.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "balanced.parquet").exists()
    assert "rows written" in done.stdout


def test_readme__names_the_two_set_up_commands():
    text = README.read_text()
    assert "$ python -m pip install . && smotefast demo\n" in text
    assert '$ python -m pip install ".[test]" && python -m pytest\n' in text
