"""Check the links within a built site: ``python docs/development/check_links.py FOLDER``.

Every link, image, script and style of a page must lead to a file of the folder, and an anchor
to an element of its page. Links to other hosts are not opened, but scripts, styles, images and
fonts from other hosts are errors: the site works without a network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

# Where pages name other files; what is loaded with the page, and what only a click opens.
_LINKS = {"a": "href"}
_LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}


class Reference(NamedTuple):
    """A URL in a page, and whether a browser loads it with the page."""

    url: str
    is_loaded: bool


class Page(HTMLParser):
    """References and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[Reference] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what an element refers to, and the names that links can lead to."""
        values = dict(attrs)
        name = _LINKS.get(tag) or _LOADED.get(tag)
        url = values.get(name) if name else None
        if url is not None:
            self.references.append(Reference(url, tag in _LOADED))
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}


def broken(folder: Path) -> Iterator[str]:
    """Yield a line for each reference that leads nowhere."""
    files = sorted(folder.rglob("*.html"))
    # Themes keep templates among their static files.
    pages = {path: Page(path.read_text()) for path in files if "_static" not in path.parts}
    for path, page in pages.items():
        for reference in page.references:
            reason = _reason(folder, path, reference, pages)
            if reason:
                yield f"{path.relative_to(folder)}: {reference.url}: {reason}"


def _reason(
    folder: Path, path: Path, reference: Reference, pages: dict[Path, Page]
) -> str | None:
    """Return why a reference is broken, or None."""
    url = urlsplit(reference.url)
    if url.scheme or url.netloc:
        is_external = url.scheme in ("http", "https", "") and reference.is_loaded
        return "is loaded from another host" if is_external else None
    target = (path.parent / unquote(url.path)).resolve() if url.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(folder) or not target.is_file():
        return "no such file"
    anchor = unquote(url.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors:
        return "no such anchor"
    return None


def remote_urls(folder: Path) -> Iterator[str]:
    """Yield a line for each style that loads something from another host."""
    for path in sorted(folder.rglob("*.css")):
        for url in re.findall(r"url\(\s*['\"]?(https?:[^)'\"]+)", path.read_text()):
            yield f"{path.relative_to(folder)}: {url}: is loaded from another host"


def main() -> None:
    """Print what is broken in the folder that the command line names."""
    folder = Path(sys.argv[1]).resolve(strict=True)
    lines = [*broken(folder), *remote_urls(folder)]
    print(*lines, sep="\n")
    n_pages = sum(1 for _ in folder.rglob("*.html"))
    sys.exit(f"{len(lines)} broken links" if lines or not n_pages else 0)


if __name__ == "__main__":
    main()
