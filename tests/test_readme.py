"""The README and the guides run, each in the order in which it stands there."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.run_page import PROJECT, blocks, commands, declared_modules

README = PROJECT / "README.md"


def has_code(page):
    """Whether there is something to run: Python that is no copy of the source, or a command."""
    return any(
        language == "python"
        or (language == "console" and any(words[0] == "smotefast" for words in commands(text)))
        for _, language, text in blocks(page.read_text())
    )


GUIDES = [page for page in sorted(PROJECT.glob("docs/**/*.md")) if has_code(page)]


def run_page(page, folder):
    # A process of its own: the limit of its batch job counts what the process holds already.
    program = str(Path(__file__).parent / "run_page.py")
    command = [sys.executable, "-W", "error", program, str(page)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_readme__runs_with_what_it_has_installed_so_far(tmp_path):
    done = run_page(README, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("rows written") == 3  # the demo, the command and the function


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_guides__run_from_start_to_end_with_what_they_install(guide, tmp_path):
    done = run_page(guide, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pages__cannot_use_what_they_have_not_installed(tmp_path):
    page = tmp_path / "page.md"
    text = "```console\n$ python -m pip install .\n```\n```python\nimport pandas\n```\n"
    page.write_text(text)
    done = run_page(page, tmp_path)
    assert done.returncode == 1
    assert 'page.md", line 5, in <module>' in done.stderr
    assert "No module named 'pandas'" in done.stderr
    page.write_text(text.replace("install .", 'install ".[pandas]" && smotefast samplers'))
    done = run_page(page, tmp_path)
    assert (done.returncode, done.stdout[:5]) == (0, "smote")


def test_readme__names_both_install_commands_and_every_extra():
    text = README.read_text()
    assert "$ python -m pip install . && smotefast demo\n" in text
    assert '$ python -m pip install ".[test]" && python -m pytest\n' in text
    section = text.partition("## Install")[2].partition("\n## ")[0]
    assert all(f"`{extra}`" in section for extra in declared_modules() if extra)
