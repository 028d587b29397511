"""Configuration of the documentation site: ``python -m sphinx -W docs docs/_build/html``.

The build needs no network, and neither do the pages: formulas are MathML, the search is
Sphinx's own, and nothing is linked by intersphinx.
"""

from __future__ import annotations

import inspect
import posixpath
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.util.inspect import stringify_signature

import smotefast

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # figures read stored measurements through `benchmarks`

project = "smotefast"
author = "The smotefast developers"
copyright = author
version = release = smotefast.__version__

extensions = [
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["_build", "examples"]
templates_path = ["_templates"]

html_theme = "pydata_sphinx_theme"
html_title = f"smotefast {release}"
html_theme_options = {
    "logo": {"text": "smotefast"},
    "show_nav_level": 2,
    "navigation_depth": 3,
    "header_links_before_dropdown": 5,
    "footer_start": ["copyright"],
    "footer_end": [],
}
# Pages without others below them.
html_sidebars = {page: [] for page in ("index", "install", "benchmarks", "changes", "versions")}
html_show_sourcelink = False
html_copy_source = False
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
VISUALIZER = "smotefast/visualizer/visualizer.html"
html_extra_path = [f"../{VISUALIZER}"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
# Links with this scheme are written as they are: to files that are no pages of the site.
myst_url_schemes = {"http": None, "https": None, "mailto": None, "file-of-site": "{{path}}"}

autodoc_typehints = "none"  # docstrings say the types in words
numpydoc_show_class_members = False  # the template of a class lists its methods
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"

plot_formats = ["svg"]
plot_html_show_formats = plot_html_show_source_link = False
plot_rcparams = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 9,
    "legend.frameon": False,
    "svg.hashsalt": "smotefast",
}
plot_apply_rcparams = True

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("smotefast",),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "write_computation_times": False,  # its page loads scripts from another host
}

# Pages that are files of the project outside of docs/.
_COPIES = {"changes": "CHANGELOG.md", "development/contributing": "CONTRIBUTING.md"}
# Files that pages link to, and what they are on the site.
_ON_THE_SITE = {
    **{path: f"/{page}.md" for page, path in _COPIES.items()},
    "docs/examples": "/gallery/index.rst",
    VISUALIZER: "file-of-site:visualizer.html",
}
_LINK = re.compile(r"(?<=\]\()[^)#\s:]+(?=[)#\s])")


def read_page(app: Sphinx, page: str, source: list[str]) -> None:
    """Read pages from outside of docs/, and let links to files lead to their pages.

    All texts are also read on a code host, where the links are right as they are.
    """
    path = _COPIES.get(page, f"docs/{page}.md")
    if page in _COPIES:
        source[0] = (ROOT / path).read_text()
    folder = posixpath.dirname(path)

    def link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[0]))
        is_page = (ROOT / target).is_file()
        return _ON_THE_SITE.get(
            target, f"/{target.removeprefix('docs/')}" if is_page else found[0]
        )

    if str(app.env.doc2path(page)).endswith(".md"):
        source[0] = _LINK.sub(link, source[0])


def skip_member(
    app: Sphinx, what: str, name: str, value: object, skip: bool, options: Any
) -> bool:
    """Leave out what all estimators have, and properties, which the docstring lists."""
    is_inherited = str(getattr(value, "__module__", "")).startswith("sklearn.")
    return skip or is_inherited or isinstance(value, property)


def class_signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str, returns: str
) -> tuple[str, str] | None:
    """Show the parameters of a class, whose ``__new__`` takes any."""
    if what != "class" or not signature.startswith("(*args"):
        return None
    return stringify_signature(inspect.signature(obj), show_annotation=False), returns


def write_mathml(translator: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula as MathML, which browsers render without a script."""
    is_block = isinstance(node, nodes.math_block)
    formula = latex2mathml.tex2mathml(node.astext(), as_block=is_block)
    translator.body.append(f'<div class="formula">{formula}</div>' if is_block else formula)
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register what this file adds to Sphinx."""
    app.add_html_math_renderer("mathml", (write_mathml, None), (write_mathml, None))
    app.connect("source-read", read_page)
    app.connect("autodoc-process-signature", class_signature)
    app.connect("autodoc-skip-member", skip_member)
