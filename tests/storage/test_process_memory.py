from __future__ import annotations

import sys

import numpy as np
import pytest

from smotefast.storage.process_memory import (
    PeakMemory,
    format_size,
    parse_size,
    peak_bytes,
    release_memory,
    resident_bytes,
)


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [
        ("1GiB", 2**30),
        ("1 gib", 2**30),
        ("512MiB", 512 * 2**20),
        ("512m", 512 * 2**20),
        ("2GB", 2 * 10**9),
        ("1.5kb", 1500),
        ("123", 123),
        ("7B", 7),
        (4096, 4096),
    ],
)
def test_parse_size__accepts_usual_units(text, n_bytes):
    assert parse_size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "GiB", "-1GiB", "1 GiB 2", "1.2.3MB", "lots", None, True])
def test_parse_size__refuses_other_text_with_an_example(text):
    with pytest.raises(ValueError, match=r'memory_limit=.* is not a size.*"512MiB"'):
        parse_size(text)


def test_parse_size__refuses_zero():
    with pytest.raises(ValueError, match="must be at least 1 byte"):
        parse_size("0")


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(512, "512 B"), (2048, "2 KiB"), (300 << 20, "300 MiB"), (3 << 29, "1.5 GiB")],
)
def test_format_size__is_short(n_bytes, text):
    assert format_size(n_bytes) == text


def test_resident_bytes__grows_with_used_memory():
    before = resident_bytes()
    held = np.ones(64 << 20, dtype=np.uint8)
    if sys.platform.startswith("linux"):
        assert resident_bytes() >= before + held.nbytes // 2
    assert peak_bytes() >= resident_bytes() > 0


def test_peak_memory__includes_memory_released_before_the_end():
    peak = PeakMemory()
    base = resident_bytes()
    held = np.ones(64 << 20, dtype=np.uint8)
    peak.sample()
    del held
    release_memory()
    assert peak.result() >= base + (32 << 20)
