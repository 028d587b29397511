"""What is shipped: names, version, types, the command; and what it depends on."""

import ast
import importlib
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import smotefast
from tests.run_page import PROJECT, declared_modules, required_by


def test_version__is_that_of_the_installed_package():
    assert smotefast.__version__ == version("smotefast")


def test_package__says_that_it_is_typed():
    assert (Path(smotefast.__file__).parent / "py.typed").is_file()


def test_command__is_installed():
    (command,) = entry_points(group="console_scripts", name="smotefast")
    assert callable(command.load())


@pytest.mark.parametrize("name", smotefast.__all__)
def test_public_names__can_be_had(name):
    assert getattr(smotefast, name) is not None
    assert name in dir(smotefast)


def test_unknown_names__are_refused():
    with pytest.raises(AttributeError, match="no attribute 'SMOTER'"):
        _ = smotefast.SMOTER


@pytest.mark.parametrize("subpackage", ["over_sampling", "neighbors", "tables", "storage"])
def test_subpackages__export_what_they_name(subpackage):
    module = importlib.import_module(f"smotefast.{subpackage}")
    assert module.__doc__
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler"])
def test_samplers__show_an_example(name):
    sampler = getattr(smotefast.over_sampling, name)
    assert ">>> " in sampler.__doc__
    assert sampler.__module__.startswith("smotefast.over_sampling.")


def imported_by(folder):
    """What the files of a folder import that is not part of Python or of the project."""
    trees = [ast.parse(path.read_text()) for path in (PROJECT / folder).rglob("*.py")]
    names = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    top_level = {name.partition(".")[0] for name in names}
    return top_level - sys.stdlib_module_names - {"smotefast", "tests", "benchmarks", ""}


def test_imports__are_declared_and_what_is_declared_is_imported():
    declared = declared_modules()
    imported = imported_by("smotefast") - UNDECLARED["smotefast"]
    assert imported - declared["all"] - declared["spark"] == declared[""]


# What no extra brings by its name: packages that are compared or trained if they are
# installed, and packages that come with Sphinx and matplotlib.
UNDECLARED = {
    "smotefast": {"faiss", "hnswlib", "imblearn_extra", "sklearnex", "smote_variants"},
    "tests": {"imblearn_extra", "imbreg", "pyspark", "smote_variants"},
    "benchmarks": {"faiss", "hnswlib", "usearch"},
    "docs": {"lightgbm", "torch", "xgboost", "docutils", "contourpy"},
}


@pytest.mark.parametrize(
    ("folder", "extra"), [("tests", "test"), ("benchmarks", "bench"), ("docs", "docs")]
)
def test_imports_outside_of_the_package__are_declared(folder, extra):
    declared = declared_modules()
    known = declared[""] | declared[extra] | {"pytest"}
    assert imported_by(folder) <= known | UNDECLARED[folder]


def test_all__is_every_package_that_is_optional_for_a_user():
    declared = declared_modules()
    extras = "pandas", "polars", "imblearn", "plot", "fsspec", "delta", "dask"
    optional = [declared[extra] for extra in extras]
    assert declared["all"] == set().union(*optional) < declared["docs"]
    assert "narwhals" not in declared[""]


@pytest.mark.parametrize("extra", ["test", "bench"])
def test_extras_with_benchmarks__bring_what_draws_histograms(extra):
    assert any(one.startswith("pytest-benchmark[histogram]") for one in required_by()[extra])


SAMPLERS = [
    (subpackage, name)
    for subpackage in ("over_sampling", "under_sampling", "combine")
    for name in getattr(smotefast, subpackage).__all__
]


@pytest.mark.parametrize(("subpackage", "name"), SAMPLERS, ids=[name for _, name in SAMPLERS])
def test_samplers__can_be_imported_from_the_package(subpackage, name):
    assert getattr(smotefast, name) is getattr(getattr(smotefast, subpackage), name)
    assert name in smotefast.__all__


def test_a_star_import__brings_every_public_name():
    names = {}
    exec("from smotefast import *", names)
    assert set(smotefast.__all__) <= set(names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Smote", "SMOTE"), ("tomek_links", "TomekLinks"), ("resample", "resample_dataset")],
)
def test_misspelled_names__are_suggested(name, meant):
    with pytest.raises(AttributeError, match=f"Did you mean '{meant}'"):
        getattr(smotefast, name)
