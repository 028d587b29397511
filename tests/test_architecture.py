"""Imports point one way, files are readable, words are the vocabulary's, importing is cheap."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smotefast

ROOT = Path(smotefast.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# Layers from the top down: a subpackage imports from its own files and from the layers below,
# never from a layer above or from another subpackage of its own layer.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"bench", "plot", "visualizer"},
    {"dask", "diagnosis", "evaluation", "spark"},
    {"batch"},
    {"registry", "patch"},
    {"combine", "multilabel", "regression"},
    {"report", "over_sampling", "under_sampling"},
    {"engine", "cluster"},
    {"neighbors", "storage", "tables"},
    {"_typing"},
    {"_row_files"},
    {"kernels"},
    {"calibration", "exceptions"},
    {
        "_allocator",
        "_messages",
        "_registration",
        "_threads",
        "_version",
        "typing",
    },
    {"_control_groups", "_deferred_imports", "_imblearn_import", "_phases", "_process"},
    {"_open_files"},
]
# Subpackages for files or the command line may import these at the top of a file.
OPENED_LATE = {
    "batch": {"pyarrow"},
    "storage": {"pyarrow"},
    "cli": {"typer", "pyarrow"},
    "kernels": {"pynndescent"},
}
# Files that may import numba: for its decorators and threads, its cache, and its events.
NUMBAS = {"kernels/compile.py", "kernels/compile_cache.py", "kernels/compile_events.py"}
HEAVY = {
    "numba", "pynndescent", "pyarrow", "pandas", "polars", "narwhals", "typer", "rich",
    "matplotlib", "dask", "distributed", "pyspark",
}  # fmt: skip


def layer_of(subpackage: str) -> int:
    for depth, layer in enumerate(LAYERS):
        if subpackage in layer:
            return depth
    raise AssertionError(f"{subpackage} has no layer: add it to LAYERS and to docs/")


def subpackage_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0]


def imports(path: Path, *, top_level_only: bool = False):
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield str(node.module)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports__point_down(path):
    subpackage = subpackage_of(path)
    if subpackage == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "smotefast" or len(parts) == 1 or parts[1] == subpackage:
            continue
        assert layer_of(parts[1]) > layer_of(subpackage), f"{path} imports {name}"


def test_every_subpackage__is_in_the_page_and_the_picture():
    docs = ROOT.parent / "docs" / "development"
    page, picture = ((docs / f"architecture.{kind}").read_text() for kind in ("md", "svg"))
    for folder in ROOT.glob("*/__init__.py"):
        name = folder.parent.name
        assert f"`{name}/`" in page, name
        assert re.search(rf">(.*, )?{name}(, .*)?</text>", picture), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_numba__is_imported_by_three_files_only_and_njit_said_in_one(path):
    where = path.relative_to(ROOT).as_posix()
    assert ("njit(" in path.read_text()) == (where == "kernels/compile.py")
    found = [name for name in imports(path) if name.split(".")[0] == "numba"]
    if found and where not in NUMBAS:
        # numba.core is what an intrinsic is written with; flags stay in compile.py
        assert set(found) <= {"numba.core"}, f"{path} imports {found}"
        assert subpackage_of(path) == "kernels"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages__are_imported_inside_functions(path):
    if path.relative_to(ROOT).as_posix() in NUMBAS:
        return
    at_top = {name.split(".")[0] for name in imports(path, top_level_only=True)}
    assert not at_top & HEAVY - OPENED_LATE.get(subpackage_of(path), set())


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_smotefast__loads_nothing_heavy():
    assert not loaded_after("import smotefast") & (HEAVY | {"numpy", "sklearn", "scipy"})


def test_import_over_sampling__loads_neither_numba_nor_file_formats():
    # scikit-learn itself loads pandas and pyarrow where they are installed.
    scikit_learns = loaded_after("import sklearn.base, sklearn.utils.validation")
    ours = loaded_after("from smotefast.over_sampling import SMOTE")
    assert not (ours - scikit_learns) & HEAVY


# The guards below hold for these subpackages; extend the sets, and remove them once all pass.
SUBPACKAGES = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "_"}
WITHOUT_FRAGMENTS = SUBPACKAGES
WITH_FEW_FILES = SUBPACKAGES - {"batch"}
WITH_THE_VOCABULARY = SUBPACKAGES
MOST_FILES, FEWEST_LINES = 22, 25
SHORT_FILES = {"__init__.py", "__main__.py", "_version.py"}


def files_of(subpackages: set[str]) -> list[Path]:
    """Return the files of subpackages, and the modules that are in none."""
    return [path for path in FILES if subpackage_of(path) in subpackages or path.parent == ROOT]


@pytest.mark.parametrize("name", sorted(WITH_FEW_FILES))
def test_subpackages__have_few_files(name):
    folders = {path.parent for path in files_of({name}) if path.parent != ROOT}
    assert max(len(list(folder.glob("*.py"))) for folder in folders) <= MOST_FILES


def test_files__are_no_fragments():
    short = {
        path.relative_to(ROOT).as_posix()
        for path in files_of(WITHOUT_FRAGMENTS)
        if len(path.read_text().splitlines()) < FEWEST_LINES and path.name not in SHORT_FILES
    }
    assert short <= {"_typing.py"}  # aliases alone


# Subpackages and modules that use samplers by their public contract.
USERS = {"batch", "bench", "diagnosis", "evaluation", "combine", "registry", "plot", "cli"}
NAMED_TUPLES = {"_replace", "_asdict", "_make", "_fields"}


def private_attributes(tree: ast.AST, own: frozenset[str] = frozenset()):
    """Yield private attributes of objects that are neither ``self`` nor an imported module."""
    for node in ast.iter_child_nodes(tree):
        names = own
        if isinstance(tree, ast.ClassDef) and isinstance(node, ast.FunctionDef):
            names = own | {argument.arg for argument in node.args.args[:1]}
        if isinstance(node, ast.Attribute) and re.match(r"_(?!_)", node.attr):
            is_own = isinstance(node.value, ast.Name) and node.value.id in own
            if not is_own and node.attr not in NAMED_TUPLES:
                yield ast.unparse(node)
        yield from private_attributes(node, names)


@pytest.mark.parametrize("name", sorted(USERS))
def test_users_of_samplers__touch_no_private_attribute(name):
    for path in (path for path in FILES if subpackage_of(path) == name):
        tree = ast.parse(path.read_text())
        nodes = [
            node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        modules = {alias.asname or alias.name for node in nodes for alias in node.names}
        assert not list(private_attributes(tree, frozenset(modules))), path


# Words of a former private language; docs/development/architecture.md has the terms to use.
BANNED_NAMES = {
    "alike", "anew", "asked", "chosen", "damage", "door", "doubt", "doubts", "foreign",
    "found_soon", "made", "note", "notes", "own", "own_come_first", "place", "places", "quota",
    "some", "wanted",
}  # fmt: skip
BANNED_PHRASES = re.compile(
    r"g(?:o|oes|one|oing) out from|went out from|made anew|written anew|comes? out in kind|"
    r"foreign (?:class|neighbor|row)|look(?:s|ed|ing)? wider|the one door|"
    r"tak(?:e|es|en|ing) (?:rows )?away|rows (?:are|were) filled up|of this room",
    re.IGNORECASE,
)
DOCUMENTS = [
    path
    for folder in (ROOT.parent, ROOT.parent / "docs", ROOT.parent / "docs/development")
    for path in sorted(folder.glob("*.md"))
    if path.name != "architecture.md"  # which lists them
]


@pytest.mark.parametrize(
    "path", files_of(WITH_THE_VOCABULARY), ids=lambda path: str(path.relative_to(ROOT))
)
def test_names__are_of_the_vocabulary(path):
    fields = "id", "arg", "attr", "name", "asname"
    names = {
        getattr(node, field, None)
        for node in ast.walk(ast.parse(path.read_text()))
        for field in fields
    }
    assert not {
        name for name in names if isinstance(name, str) and name.strip("_") in BANNED_NAMES
    }


@pytest.mark.parametrize(
    "path", [*files_of(WITH_THE_VOCABULARY), *DOCUMENTS], ids=lambda path: path.name
)
def test_texts__have_no_invented_phrases(path):
    text = " ".join(path.read_text().split())
    assert not BANNED_PHRASES.findall(text)
