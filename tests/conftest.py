"""What tests of several folders are given."""

from __future__ import annotations

import pytest


@pytest.fixture
def destination(tmp_path):
    """Where a job may write a file; nothing is there yet."""
    return tmp_path / "out.parquet"
