"""Configuration of the documentation site: ``python -m sphinx -W docs docs/_build/html``.

The build needs no network, and neither do the pages: formulas are MathML, the search is
Sphinx's own, and nothing is linked by intersphinx.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.utils.math import latex2mathml

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
    "header_links_before_dropdown": 7,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": [], "install": [], "changes": []}
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
autosummary_generate = True
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
    "prefer_full_module": (),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
}

# Files that pages link to, from the root of the project, and what they are on the site.
_ON_THE_SITE = {
    "CHANGELOG.md": "/changes.md",
    "CONTRIBUTING.md": "/development/contributing.md",
    "docs/examples": "/gallery/index.rst",
    VISUALIZER: "file-of-site:visualizer.html",
}
_LINK = re.compile(r"(?<=\]\()[^)#\s:]+")


def link_within_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    """Let links to files that are no pages lead to what they are on the site.

    The pages of docs/ are also read on a code host, where these links are right.
    """
    folder = posixpath.dirname(f"docs/{page}")

    def link(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[0]))
        return _ON_THE_SITE.get(path, found[0])

    source[0] = _LINK.sub(link, source[0])


def skip_member(
    app: Sphinx, what: str, name: str, value: object, skip: bool, options: Any
) -> bool:
    """Leave out properties: the section Attributes of the docstring describes them."""
    return skip or isinstance(value, property)


def write_mathml(translator: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula as MathML, which browsers render without a script."""
    is_block = isinstance(node, nodes.math_block)
    formula = latex2mathml.tex2mathml(node.astext(), as_block=is_block)
    translator.body.append(f'<div class="math">{formula}</div>' if is_block else formula)
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register what this file adds to Sphinx."""
    app.add_html_math_renderer("mathml", (write_mathml, None), (write_mathml, None))
    app.connect("source-read", link_within_the_site)
    app.connect("autodoc-skip-member", skip_member)
