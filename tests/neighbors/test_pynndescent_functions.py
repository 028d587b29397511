"""The functions of pynndescent that the kernels call, with the parameters they expect."""

import importlib
import inspect

import pytest

from smotefast.kernels.compile import JIT_DISABLED

# Called by kernels/nn_descent.py by position.
FUNCTIONS = {"utils.checked_heap_push": ["priorities", "indices", "p", "n"]}


@pytest.mark.skipif(JIT_DISABLED, reason="pynndescent runs compiled only")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_of_pynndescent__has_the_parameters_that_the_kernels_pass(name):
    module, attribute = name.split(".")
    function = getattr(importlib.import_module(f"pynndescent.{module}"), attribute)
    parameters = inspect.signature(getattr(function, "py_func", function)).parameters.values()
    expected = FUNCTIONS[name]
    assert [parameter.name for parameter in parameters][: len(expected)] == expected
    for parameter in list(parameters)[len(expected) :]:
        assert parameter.default is not inspect.Parameter.empty
