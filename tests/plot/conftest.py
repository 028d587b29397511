"""Figures of a test are closed after it."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def closed_figures():
    """Close the figures of a test."""
    from matplotlib import pyplot

    yield
    pyplot.close("all")


@pytest.fixture
def ax():
    """Axes of a figure of the caller."""
    from matplotlib import pyplot

    return pyplot.subplots()[1]
