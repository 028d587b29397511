"""The functions of pynndescent that the kernels call, with the parameters they expect."""

import importlib
import inspect

import pytest

from smotefast.kernels.compile import JIT_DISABLED

# Called by kernels/nn_descent.py by position.
FUNCTIONS = {
    "hybrid_forest.make_hybrid_leaf_array": ["data", "n_trees", "leaf_size", "seed"],
    "kernels.generate_graph_update_array_batched": [
        "update_array", "n_updates_per_thread", "new_candidate_block", "old_candidate_block",
        "current_graph", "data", "kernel", "n_threads",
    ],
    "utils.build_candidates_owner": [
        "current_graph", "max_candidates", "rng_state", "n_threads", "new_candidate_indices",
        "new_candidate_priority", "old_candidate_indices", "old_candidate_priority", "active",
        "reverse_dst", "reverse_src", "bucket_bounds",
    ],
    "utils.sort_updates_by_block": [
        "update_array", "n_updates_per_thread", "sorted_updates", "block_offsets",
        "n_vertices", "n_threads",
    ],
    "utils.apply_sorted_graph_update_array": [
        "current_graph", "sorted_updates", "block_offsets", "n_threads",
    ],
}  # fmt: skip


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
