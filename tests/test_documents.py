"""Documents agree with each other, with the source and with the stored measurements."""

import posixpath
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smotefast
from smotefast import __version__
from tests.run_page import required_by

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
VERSIONS = (ROOT / "docs/versions.md").read_text()
_LINK = re.compile(r"\]\(([^)#\s]+)")
_CONTENTS = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents__link_to_files_that_exist(path):
    links = [link for link in _LINK.findall(path.read_text()) if "://" not in link]
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing


def test_every_page__is_in_a_table_of_contents():
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")}
    named = {
        posixpath.normpath(posixpath.join(path.parent.relative_to(docs).as_posix(), entry))
        for path in docs.rglob("*.md")
        for block in _CONTENTS.findall(path.read_text())
        for entry in re.findall(r"^(?:.*<)?([\w/.-]+)>?$", block, re.MULTILINE)
    }
    assert pages - {"index"} <= named


def test_api_page__lists_every_public_class_and_function():
    listed = re.findall(r"^   ([\w.]+)$", (ROOT / "docs/api.rst").read_text(), re.MULTILINE)
    public = {name for name in smotefast.__all__ if callable(getattr(smotefast, name))}
    assert public <= set(listed)
    assert len(listed) == len(set(listed))


def test_versions_page__names_the_oldest_versions_of_pyproject():
    rows = re.findall(r"^\| ([\w-]+)(?: \(extra\))? \| ([\d.]+) \|", VERSIONS, re.MULTILINE)
    required = [one for extra in required_by().values() for one in extra]
    lowest = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", "\n".join(required), re.M))
    assert len(rows) == 10
    assert {name: lowest[name] for name, _ in rows if name != "Python"} == dict(rows[1:])


def test_citation__names_the_version():
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("program", ["benchmarks/render.py", "docs/development/quote.py"])
def test_documents__are_written_anew_from_their_sources(program):
    how = ["-m", "benchmarks.render"] if program.startswith("benchmarks") else [program]
    done = subprocess.run(
        [sys.executable, *how, "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, f"run {program}: {done.stdout}{done.stderr}"


def test_checker_of_links__names_each_broken_link_and_no_other(tmp_path):
    (tmp_path / "other.html").write_text('<h1 id="here">Title</h1>')
    (tmp_path / "page.html").write_text(
        '<a href="other.html#here">1</a><a href="https://example.org">2</a><img src="no.png">'
        '<a href="other.html#there">3</a><script src="https://example.org/code.js"></script>'
    )
    program = ROOT / "docs/development/check_links.py"
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "page.html: no.png: no such file",
        "page.html: other.html#there: no such anchor",
        "page.html: https://example.org/code.js: is loaded from another host",
    ]
