"""What is shipped: names, version, types, the command."""

import importlib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import smotefast


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


@pytest.mark.parametrize("room", ["over_sampling", "neighbors", "tables", "storage"])
def test_rooms__export_what_they_name(room):
    module = importlib.import_module(f"smotefast.{room}")
    assert module.__doc__
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler"])
def test_samplers__show_an_example(name):
    sampler = getattr(smotefast.over_sampling, name)
    assert ">>> " in sampler.__doc__
    assert sampler.__module__.startswith("smotefast.over_sampling.")
