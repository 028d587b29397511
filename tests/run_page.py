"""Run a page of the documentation: ``python tests/run_page.py PAGE [--install]``.

Its Python runs as one session, and between it the commands ``smotefast`` and ``pip install``,
in the order of the page. A block of TOML becomes a file, whose name is the comment in its
first line. Without ``--install`` pip does not run: packages of extras that the
page has not installed so far cannot be imported. With it, pip installs them from the folder
of the page's project into the environment of this Python.
"""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
import types
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PIP_INSTALL = ["python", "-m", "pip", "install"]
_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r"<!-- source: [^\n]* -->\n\n$")
# What to import a package by, where that is not its name.
_MODULES = {"imbalanced-learn": "imblearn", "scikit-learn": "sklearn"}
# The demo of the usual size is for real installations.
_SMALL_DEMO = ["demo", "--rows", "20000"]

# Refuses packages as if they were not installed, in the process that runs it.
BLOCKER = """
import os, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in os.environ["BLOCKED"].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
"""


def blocks(page: str) -> Iterator[tuple[int, str, str]]:
    """Yield the lines before, the language and the text of each block of code.

    The source that ``docs/development/quote.py`` copies into a page is left out.
    """
    for found in _FENCE.finditer(page):
        if not _SOURCE.search(page[: found.start()]):
            yield page.count("\n", 0, found.start(2)), found[1], found[2]


def commands(console: str) -> Iterator[list[str]]:
    """Yield the words of each command that stands after ``$``."""
    for line in console.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            for part in line.removeprefix("$ ").split(" && "):
                yield shlex.split(part, comments=True)


def required_by() -> dict[str, list[str]]:
    """Return the requirements of each extra; "" is the bare installation."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def declared_modules() -> dict[str, set[str]]:
    """Return the names to import what each extra brings; "" is the bare installation."""
    required = required_by()

    def modules(extra: str) -> set[str]:
        names = set()
        for requirement in required[extra]:
            name, inner = re.fullmatch(r"([\w-]+)(?:\[([\w,]+)\])?.*", requirement).groups()
            if name == "smotefast":
                names |= set().union(*map(modules, inner.split(",")))
            else:
                names.add(_MODULES.get(name, name.replace("-", "_")))
        return names

    return {extra: modules(extra) for extra in required}


def install(target: str, for_real: bool) -> None:
    """Install the project, ``.`` or ``.[extra]``, or let packages be imported as if."""
    if for_real:
        command = [sys.executable, "-m", "pip", "install", "--quiet", target]
        subprocess.run(command, cwd=PROJECT, check=True)
        importlib.invalidate_caches()
        return
    extras = re.fullmatch(r"\.(?:\[([\w,]+)\])?", target)[1] or ""
    installed = [declared_modules()[extra] for extra in extras.split(",")]
    blocked = set(os.environ["BLOCKED"].split(",")).difference(*installed)
    os.environ["BLOCKED"] = ",".join(sorted(blocked))


def run_command(words: list[str], for_real: bool) -> None:
    """Run what can be run here: smotefast and pip."""
    if words[: len(PIP_INSTALL)] == PIP_INSTALL:
        install(words[-1], for_real)
    elif words[0] == "smotefast":
        program = [os.path.join(sys.prefix, "bin", "smotefast")]
        if not for_real:
            words = ["smotefast", *_SMALL_DEMO] if words[1] == "demo" else words
            program = [
                sys.executable,
                "-c",
                f"{BLOCKER}\nfrom smotefast.cli import main; main()",
            ]
        sys.stdout.flush()
        subprocess.run([*program, *words[1:]], check=True)


def run_page(path: str, for_real: bool) -> None:
    """Run a page from its start to its end."""
    if not for_real:
        os.environ["BLOCKED"] = ",".join(sorted(declared_modules()["all"]))
        exec(BLOCKER, {})
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    session = vars(main)
    for n_before, language, text in blocks(Path(path).read_text()):
        if language == "console":
            for words in commands(text):
                run_command(words, for_real)
        elif language == "toml":
            Path(text.splitlines()[0].removeprefix("# ")).write_text(text)
        elif language == "python" and text.startswith(">>> "):
            test = doctest.DocTestParser().get_doctest(text, session, path, path, n_before)
            if doctest.DocTestRunner().run(test).failed:
                sys.exit(1)
        elif language == "python":  # at its own place, so that a traceback names the line
            exec(compile("\n" * n_before + text, path, "exec"), session)


if __name__ == "__main__":
    run_page(sys.argv[1], "--install" in sys.argv)
