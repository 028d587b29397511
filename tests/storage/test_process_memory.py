from __future__ import annotations

import sys

import numpy as np
import pytest

from smotefast import _allocator
from smotefast.storage import process_memory
from smotefast.storage.process_memory import (
    PeakMemory,
    check_resident_memory,
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


@pytest.mark.parametrize(
    ("is_relaxed", "has_plenty", "n_calls"),
    [(True, False, 1), (True, True, 0), (False, False, 0)],
)
def test_free_memory__is_returned_at_each_look_if_it_is_kept_and_there_is_no_plenty(
    monkeypatch, is_relaxed, has_plenty, n_calls
):
    calls = []
    monkeypatch.setattr(process_memory, "release_memory", lambda: calls.append(1))
    for name, value in {"_is_relaxed": is_relaxed, "_releases_often": False}.items():
        monkeypatch.setattr(_allocator, name, value)
    if has_plenty:
        _allocator.relax_allocator()
    else:
        _allocator.release_often()
    check_resident_memory(1 << 50)
    assert len(calls) == n_calls


@pytest.mark.parametrize(
    ("has_compiled", "advice"),
    [(False, r"memory_limit='.*'\.$"), (True, r"memory_limit='.*'\. Kernels were compiled")],
)
def test_a_process_above_the_limit__says_what_helps(monkeypatch, has_compiled, advice):
    monkeypatch.setattr(process_memory, "kernels_were_compiled", lambda: has_compiled)
    with pytest.raises(MemoryError, match=advice):
        check_resident_memory(1 << 20)
