"""The summary of a job, as text and HTML."""

from __future__ import annotations

import os
from xml.etree import ElementTree

import pytest

from smotefast.report import Summary
from tests.helpers.parquet_files import imbalanced, resample, write_file


def test_summary__lists_classes_and_facts(tmp_path):
    destination = tmp_path / "out.parquet"
    summary = resample(write_file(tmp_path / "in.parquet", imbalanced()), destination)
    lines = str(summary).splitlines()
    assert lines[0].split() == ["class", "before", "after", "new"]
    assert lines[2].split() == ["1", "60", "540", "480"]
    assert f"rows written  1,080 to {destination}" in lines
    assert any(line.startswith("neighbors     exact") for line in lines)


def test_summary__lists_the_first_of_many_classes():
    counts = {f"c{i}": 1 for i in range(30)}
    text = str(Summary("out", counts, counts, 30, 1.0, 1, 1, "approximate", 0.9876))
    assert "... and 10 more classes" in text
    assert "approximate (recall 0.988 on a sample)" in text


def test_summary__lists_changed_classes_first_if_there_are_many():
    before = {f"c{i}": 5 for i in range(30)}
    lines = str(Summary("out", before, {**before, "c29": 9}, 154, 1.0, 1, 1)).splitlines()
    assert lines[1].split() == ["c29", "5", "9", "4"]
    assert lines[2].split()[0] == "c0"
    assert lines[21] == "... and 10 more classes"


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


def test_summary__has_a_table_with_units_for_notebooks():
    counts = {"<b>": 900_000, "b": 100_000}
    after = {"<b>": 900_000, "b": 100_000}
    summary = Summary("a&b.parquet", counts, after, 1_000_000, 13.14, 648 << 20, 2 << 30)
    text = summary._repr_html_()
    for part in ("1,000,000 rows to a&amp;b.parquet", "648 MiB (limit 2.0 GiB)", "13.1 s"):
        assert part in text
    assert "<td>&lt;b&gt;</td><td>900,000</td>" in text
    assert "<b>" not in text
    assert "style" not in text
    assert "class=" not in text
    assert str(summary).splitlines()[0].split() == ["class", "before", "after", "new"]


def test_summary__is_well_formed_html_with_as_many_cells_in_each_row():
    counts = {f"c{i}": 5 for i in range(30)}
    after = dict.fromkeys(counts, 4)
    summary = Summary("out", counts, after, 120, 1.0, 1, 1, "exact", counts_made={})
    table = ElementTree.fromstring(f"<div>{summary._repr_html_()}</div>")[0]
    assert [cell.text for cell in table[0]] == ["class", "before", "after", "new", "removed"]
    assert {len(row) for row in table[:-1]} == {5}
    assert table[-1][0].text == "... and 10 more classes"


def test_summary__escapes_a_path_that_is_not_utf8():
    summary = Summary(os.fsdecode(b"caf\xe9"), {0: 1, 1: 1}, {0: 1, 1: 1}, 2, 1.0, 1, 1)
    for text in (str(summary), summary._repr_html_()):
        assert "caf\\xe9" in text
        text.encode()
