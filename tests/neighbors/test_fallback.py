import importlib

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.approximate import fallback
from smotefast.neighbors.approximate.settings import settings_for

pytestmark = pytest.mark.skipif(
    JIT_DISABLED, reason="pynndescent's building blocks run compiled only"
)


@pytest.mark.parametrize("name", fallback.BLOCKS)
def test_building_block__is_where_and_what_we_take_it_to_be(name):
    assert fallback.block_fits(name)


def test_building_block__missing_or_changed_is_noticed(monkeypatch):
    utils = importlib.import_module("pynndescent.utils")
    name = "utils.sort_updates_by_block"
    monkeypatch.setattr(utils, "sort_updates_by_block", lambda update_array, threads: None)
    assert not fallback.block_fits(name)
    monkeypatch.delattr(utils, "sort_updates_by_block")
    assert not fallback.block_fits(name)
    fallback.missing_blocks.cache_clear()
    with pytest.warns(RuntimeWarning, match="uses NNDescent instead"):
        assert fallback.missing_blocks() == (name,)
    fallback.missing_blocks.cache_clear()


@pytest.mark.long
def test_build_by_nn_descent__fills_the_graph():
    data = np.random.default_rng(0).normal(size=(5_000, 5)).astype(np.float32)
    settings = settings_for(5_000, 5, 5)
    assert settings is not None
    graph, order = fallback.build_by_nn_descent(data, settings, n_threads=2)
    assert graph.shape == (5_000, settings.n_neighbors + 1)
    assert np.array_equal(order, np.arange(5_000))
