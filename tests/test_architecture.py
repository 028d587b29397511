"""Imports point one way, only one file owns numba, and importing is cheap."""

from __future__ import annotations

import ast
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
    {"diagnosis"},
    {"batch"},
    {"registry"},
    {"combine"},
    {"report", "over_sampling", "under_sampling"},
    {"engine"},
    {"neighbors", "storage", "tables"},
    {"kernels"},
    {"exceptions"},
    {"_allocator", "_messages", "_threads", "_typing", "_version"},
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
HEAVY = {"numba", "pynndescent", "pyarrow", "pandas", "polars", "narwhals", "typer", "rich"}


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
