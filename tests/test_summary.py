"""What is shown when a job is done."""

from __future__ import annotations

import pytest

from smotefast.report import Summary
from tests.batch_files import imbalanced, resample, write_file


def test_summary__reads_well(tmp_path):
    destination = tmp_path / "out.parquet"
    summary = resample(write_file(tmp_path / "in.parquet", imbalanced()), destination)
    lines = str(summary).splitlines()
    assert lines[0].split() == ["class", "before", "after", "new"]
    assert lines[2].split() == ["1", "60", "540", "480"]
    assert f"rows written  1,080 to {destination}" in lines
    assert any(line.startswith("neighbours    exact") for line in lines)


def test_summary__names_the_first_of_many_classes():
    counts = {f"c{i}": 1 for i in range(30)}
    text = str(Summary("out", counts, counts, 30, 1.0, 1, 1, "approximate", 0.9876))
    assert "... and 10 more classes" in text
    assert "approximate (recall 0.988 on a sample)" in text


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("two\nlines\x1b", r"'two\nlines\x1b'"),
        ("", "''"),
        (" ", "' '"),
        ("é", "é"),
        (1.0, "1.0"),
        ("x" * 99, "x" * 37 + "..."),
    ],
)
def test_summary__keeps_a_class_on_one_line(label, shown):
    counts = {label: 1, 2: 3}
    lines = str(Summary("out", counts, counts, 4, 1.0, 1, 1)).splitlines()
    assert lines[1].rsplit(maxsplit=3) == [shown, "1", "1", "0"]
    assert lines[3] == ""
