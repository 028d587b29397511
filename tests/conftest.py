"""Profiles of Hypothesis, and fixtures for the tests of several folders."""

from __future__ import annotations

import os
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.hypothesis_examples import FRESH, USUAL

# Neither profile keeps a database: a failure prints the example and how to draw it again.
_BOTH = settings(
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("usual", _BOTH, max_examples=USUAL, derandomize=True)
settings.register_profile("fresh", _BOTH, max_examples=FRESH)
settings.load_profile("usual")

# Its tables of characters and constants are no part of the checkout either.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(tempfile.gettempdir(), "hypothesis")
)


# Programs for type checkers; running them is an error.
collect_ignore_glob = ["types/*"]


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """Draw the same examples whatever was imported before, unless they are to be fresh.

    Hypothesis draws a few numbers from the source of the modules that are loaded. Which ones
    are differs between a run of one file and of all, and between parallel processes.
    """
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    if providers is not None and not config.getoption("--hypothesis-profile"):
        providers.is_local_module_file = lambda path: False


# Whether kernels are compiled already differs between machines; what is said of it is
# tested by itself.
os.environ["SMOTEFAST_QUIET"] = "1"


@pytest.fixture
def destination(tmp_path):
    """Where a job may write a file; nothing is there yet."""
    return tmp_path / "out.parquet"
