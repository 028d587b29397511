"""The Python code of the README runs, in the order in which it stands there."""

import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_readme__code_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = README.read_text()
    names: dict[str, object] = {}
    blocks = list(_BLOCK.finditer(text))
    assert len(blocks) >= 5
    for block in blocks:
        line = text.count("\n", 0, block.start()) + 1
        # Empty lines before the code make a traceback show the README's own lines.
        exec(compile("\n" * line + block[1], str(README), "exec"), names)
    assert (tmp_path / "balanced.parquet").exists()
    assert "rows written" in capsys.readouterr().out


def test_readme__names_the_two_set_up_commands():
    text = README.read_text()
    assert "$ python -m pip install . && smotefast demo\n" in text
    assert '$ python -m pip install ".[test]" && python -m pytest\n' in text
