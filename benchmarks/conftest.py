"""What a case calls in fresh processes can be called in the process of the tests."""

from __future__ import annotations

import importlib
import json

import pytest
from threadpoolctl import threadpool_limits

from benchmarks import data, measure
from smotefast.bench.processes import Finished


@pytest.fixture
def in_this_process(monkeypatch):
    """Call what a case calls in fresh processes here: what is tested is that it runs."""

    def call(function, env=None, **arguments):
        module, name = function.split(":")
        answer = getattr(importlib.import_module(module), name)(**arguments)
        process = Finished(1.0, 1.0, 0.0, 1, "").times()
        return json.loads(json.dumps(answer or {})) | {"process": process}

    for module in (data, measure):
        monkeypatch.setattr(module, "call", call)
    monkeypatch.setattr("benchmarks.sides._limit_address_space", lambda: None)
    with threadpool_limits(1):  # on a busy machine k-means threads wait for each other
        yield
