"""Copy source code into guides: ``python docs/development/quote.py [--check]``.

After a line ``<!-- source: FILE NAME -->`` in a guide follows the source of that class,
function or method (``CLASS.METHOD``) as a code block, and after ``<!-- source: FILE -->`` the
whole file. This program updates the blocks; with
``--check`` it writes nothing and fails if one is out of date.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from pathlib import Path

GUIDES = Path(__file__).resolve().parent.parent
ROOT = GUIDES.parent
_MARKER = re.compile(
    r"(<!-- source: (\S+) (?:(\S+) )?-->\n)(?:\n```python\n.*?\n```\n)?", re.DOTALL
)


def source_of(path: Path, name: str | None) -> str:
    """Return the source of a definition or of a class attribute, without indentation."""
    text = path.read_text()
    if name is None:
        return text.rstrip("\n")
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        matches = [child for child in ast.iter_child_nodes(node) if _name_of(child) == part]
        if not matches:
            raise LookupError(f"{path.name} has no {name}")
        node = matches[0]
    lines = text.splitlines()
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))


def _name_of(node: ast.AST) -> str | None:
    target = getattr(node, "target", node)
    return getattr(target, "name", getattr(target, "id", None))


def quoted(guide: str) -> str:
    """Return a guide with up-to-date code blocks."""

    def block(match: re.Match[str]) -> str:
        code = source_of(ROOT / match[2], match[3])
        return f"{match[1]}\n```python\n{code}\n```\n"

    return _MARKER.sub(block, guide)


def main() -> None:
    """Update the blocks, or check them."""
    guides = sorted(GUIDES.glob("**/*.md"))
    outdated = [path for path in guides if quoted(path.read_text()) != path.read_text()]
    if "--check" in sys.argv:
        names = ", ".join(path.name for path in outdated)
        sys.exit(f"out of date: {names}" if outdated else 0)
    for path in outdated:
        path.write_text(quoted(path.read_text()))


if __name__ == "__main__":
    main()
