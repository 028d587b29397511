"""Documents agree with each other, with the source and with the stored measurements."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents__link_to_files_that_exist(path):
    links = [link for link in _LINK.findall(path.read_text()) if "://" not in link]
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing


def test_index__names_every_guide():
    docs = ROOT / "docs"
    guides = {path.relative_to(docs).as_posix() for path in docs.glob("**/*.md")}
    links = _LINK.findall((docs / "index.md").read_text())
    assert guides - {"index.md"} == {link for link in links if not link.startswith("../")}


@pytest.mark.parametrize("program", ["benchmarks/render.py", "docs/development/quote.py"])
def test_documents__are_written_anew_from_their_sources(program):
    how = ["-m", "benchmarks.render"] if program.startswith("benchmarks") else [program]
    done = subprocess.run(
        [sys.executable, *how, "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, f"run {program}: {done.stdout}{done.stderr}"
