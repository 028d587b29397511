"""The report as text, as a dict and as a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import smotefast
from smotefast.diagnosis.text import WIDTH
from smotefast.over_sampling import SMOTE
from tests.helpers.diagnosis_data import mixed_frame, two_classes


@pytest.fixture
def wide():
    X, y = two_classes(2_000, 60)
    X[:, 2] *= 1000
    return smotefast.diagnose(X, y)


def test_text__has_a_table_points_and_the_decision_guide(wide):
    lines = str(wide).splitlines()
    assert lines[:3] == [
        "2,060 rows, 4 columns, 2 classes (smallest: 1, 1 to 33.3); checked for SMOTE's "
        "defaults",
        "(k_neighbors=5)",
        "",
    ]
    assert lines[3] == "class   rows  new rows  searched  noise  danger    safe  overlap"
    assert lines[4].startswith("0      2,000         0     2,000   0.0%    0.0%  100.0%     0.")
    assert lines[5].startswith("1         60     1,940        60")
    assert max(map(len, lines)) <= WIDTH
    marks = [line.split()[0] for line in lines if line[:7] in ("PROBLEM", "WARNING", "NOTE   ")]
    assert marks[0] == "PROBLEM"
    assert marks == sorted(marks, key=["PROBLEM", "WARNING", "NOTE"].index)
    assert "\x1b" not in str(wide)
    assert sum(line.startswith("- ") for line in lines) == len(wide.guide)
    assert f"Candidates: {', '.join(wide.candidates)}." in str(wide)


def test_text__has_no_control_characters_of_names_and_labels():
    frame, y = mixed_frame()
    frame = frame.rename(columns={"city": "ci\nty\x1b[31m"})
    text = str(smotefast.diagnose(frame, y.replace("fraud", "fra\nud\x07" + "x" * 60)))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert max(len(line) for line in text.splitlines() if "report.rows" not in line) <= WIDTH
    assert "..." in text


def test_dict__is_ready_for_json(wide):
    plain = json.loads(json.dumps(wide.to_dict(), allow_nan=False))
    assert plain["counts"] == {"0": 2_000, "1": 60}
    assert plain["points"][0]["name"] == "scales"
    assert plain["points"][0]["columns"] == [2]
    assert plain["classes"][1]["label"] == 1
    assert plain["points"][0]["threshold"] == 0.9
    assert plain["minority"] == 1
    assert plain["candidates"] == list(wide.candidates)
    assert plain["guide"][0]["candidates"] == ["threshold", "class-weight"]
    assert sum(map(len, plain["rows"]["1"].values())) == 60
    assert "pictures" not in plain


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1], dtype=np.int8),
        np.array([False, True]),
        np.array([0.0, 1.0]),
        np.array(["fine", "rare"]),
        np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[D]"),
        pd.Categorical(["fine", "rare"]),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_dict__takes_labels_of_any_type(labels):
    X, y = two_classes()
    diagnosis = smotefast.diagnose(X, labels[y])
    plain = diagnosis.to_dict()
    assert list(plain["counts"].values()) == [400, 100]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


class Page(HTMLParser):
    """Tags that were opened and closed, and what they load."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.loads, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def test_page__is_self_contained_and_has_the_texts_of_all_points(wide):
    page = read(wide.to_html())
    assert page.loads == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    text = "".join(page.text)
    for point in wide.points:
        assert point.text in text
        assert point.advice in text
        assert point.code in text
    for step in wide.guide:
        assert step.reason in text
    assert page.tags.count("svg") == 3  # class bars, map, distribution of column 2
    assert "Rows of each class" in text
    assert page.tags.count("circle") == 1_030  # every second row of the sample
    assert "@import" not in text
    assert "url(" not in text
    assert "color-scheme: light dark" in text


def test_page__escapes_names_and_labels():
    frame, y = mixed_frame()
    frame = frame.rename(columns={"stage": "<script>alert(1)</script>", "city": '"&<b>'})
    frame['"&<b>'] = frame['"&<b>'].replace("Oslo", "</svg><script>2</script>")
    html = smotefast.diagnose(frame, y.replace("fraud", "<img src=x>")).to_html()
    page = read(html)
    assert not {"script", "img", "b"} & set(page.tags)
    text = "".join(page.text)
    for hostile in ("<script>alert(1)</script>", "<img src=x>", '"&<b>', "</svg><..."):
        assert hostile in text
    assert page.tags.count("figure") == 3  # the map and two columns


def test_pictures__show_the_columns_that_points_name():
    frame, y = mixed_frame()
    frame["age"] *= 1000
    frame["only missing"] = np.nan
    diagnosis = smotefast.diagnose(frame, y)
    shown = {each.column: each for each in diagnosis.pictures.columns}
    assert set(shown) == {"age", "city", "stage"}
    stages = frame["stage"][y == "fraud"]
    assert shown["stage"].shares["fraud"] == pytest.approx(
        [(stages == stage).mean() for stage in range(1, 6)]
    )
    assert set(shown["city"].ticks) == {"Oslo", "Roma", "Turku"}
    for each in shown.values():
        assert all(0.9 < sum(shares) <= 1.0001 for shares in each.shares.values())
    points = diagnosis.pictures.rows
    assert len(points.points) == 300
    assert np.bincount(points.kinds, minlength=3).tolist() == [
        sum(len(rows[kind]) for rows in diagnosis.rows.values())
        for kind in ("noise", "danger", "safe")
    ]


def test_pictures__need_two_dimensions():
    diagnosis = smotefast.diagnose(np.arange(60.0)[:, np.newaxis], np.repeat([0, 1], [40, 20]))
    assert diagnosis.pictures.rows is None
    assert "Map of the searched rows" not in diagnosis.to_html()


def test_notebooks__display_a_fragment_of_the_page(wide):
    assert wide._repr_html_() in wide.to_html()
    assert "<html" not in wide._repr_html_()


def test_very_many_classes__are_not_all_shown():
    X, _ = two_classes(400, 200)
    y = np.arange(600) % 30
    diagnosis = smotefast.diagnose(X, y)
    assert "... and 10 more classes" in str(diagnosis)
    assert read(diagnosis.to_html()).tags.count("tr") == 21
    assert len(diagnosis.to_dict()["classes"]) == 30


def test_clean_data__have_no_points_in_any_format():
    diagnosis = smotefast.diagnose(*two_classes(), SMOTE(k_neighbors=3))
    assert "No points" in str(diagnosis)
    assert "no check found a problem" in diagnosis.to_html()
    assert diagnosis.to_dict()["points"] == []
    assert diagnosis.judged == "SMOTE"


def test_levels_that_do_not_exist__are_refused(wide):
    with pytest.raises(ValueError, match="'bad' is not one of 'problem', 'warning', 'note'"):
        wide.has("bad")
