"""Put the real source into guides: ``python docs/development/quote.py [--check]``.

After a line ``<!-- source: FILE CLASS.FUNCTION -->`` in a guide stands the source of that
function as a code block. This program writes these blocks anew; with ``--check`` it writes
nothing and fails if one is out of date.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from pathlib import Path

GUIDES = Path(__file__).resolve().parent
ROOT = GUIDES.parent.parent
_MARKED = re.compile(r"(<!-- source: (\S+) (\S+) -->\n)(?:\n```python\n.*?\n```\n)?", re.DOTALL)


def source_of(path: Path, name: str) -> str:
    """Return the source of a function or method, moved to the left margin."""
    text = path.read_text()
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        found = [n for n in ast.iter_child_nodes(node) if getattr(n, "name", None) == part]
        if not found:
            raise LookupError(f"{path.name} has no {name}")
        node = found[0]
    segment = ast.get_source_segment(text, node, padded=True)
    assert segment is not None
    return textwrap.dedent(segment)


def quoted(guide: str) -> str:
    """Return a guide with its code blocks made anew."""

    def block(found: re.Match[str]) -> str:
        code = source_of(ROOT / found[2], found[3])
        return f"{found[1]}\n```python\n{code}\n```\n"

    return _MARKED.sub(block, guide)


def main() -> None:
    """Write the blocks, or check them."""
    late = [
        path
        for path in sorted(GUIDES.glob("*.md"))
        if quoted(path.read_text()) != path.read_text()
    ]
    if "--check" in sys.argv:
        sys.exit(f"out of date: {', '.join(path.name for path in late)}" if late else 0)
    for path in late:
        path.write_text(quoted(path.read_text()))


if __name__ == "__main__":
    main()
