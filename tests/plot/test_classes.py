"""``plot.class_counts`` and ``plot.neighborhood``: bars, their sizes, colors and texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib.colors import to_hex

import smotefast
from smotefast import plot


def widths(container):
    return [bar.get_width() for bar in container]


def names(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


@pytest.mark.parametrize("container", [list, np.array, pd.Series, pl.Series])
def test_counts__are_bars_in_label_order(container):
    axes = plot.class_counts(container(["b"] * 3 + ["a"] * 1_200))
    (bars,) = axes.containers
    assert widths(bars) == [1_200, 3]
    assert names(axes) == ["a", "b"]
    assert [text.get_text() for text in axes.texts] == ["1,200", "3"]
    assert axes.yaxis_inverted()
    assert axes.get_legend() is None


def test_counts_before_and_after__stand_side_by_side():
    axes = plot.class_counts([0] * 5 + [1] * 2, [0] * 5 + [2] * 4)
    before, after = axes.containers
    assert (widths(before), widths(after)) == ([5, 2, 0], [5, 0, 4])
    assert names(axes) == ["0", "1", "2"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["before", "after"]
    for first, second in zip(before, after, strict=True):
        assert first.get_y() + first.get_height() <= second.get_y()


def test_a_new_figure__has_room_for_many_classes():
    few = plot.class_counts(range(3)).figure.get_figheight()
    assert plot.class_counts(range(60)).figure.get_figheight() > 2 * few


def test_arguments__reach_the_bars(ax):
    assert plot.class_counts([0, 1], [0, 1], ax=ax, color="black", height=0.2) is ax
    assert {bar.get_height() for bar in ax.patches} == {0.2}
    assert {to_hex(bar.get_facecolor()) for bar in ax.patches} == {"#000000"}


def overlapping(distance, n=(300, 40)):
    rng = np.random.default_rng(0)
    y = np.repeat(["$a$", "b"], n)
    return rng.normal(size=(len(y), 2)) + distance * (y == "b")[:, np.newaxis], y


def report_of(distance):
    return smotefast.diagnose(*overlapping(distance))


def test_neighborhoods__are_the_shares_of_the_report(ax):
    report = report_of(1.5)
    assert plot.neighborhood(report, ax=ax, height=0.5) is ax
    for bars, kind in zip(ax.containers, ("safe", "danger", "noise"), strict=True):
        assert np.allclose(widths(bars), [getattr(each, kind) for each in report.classes])
    ends = np.sum([widths(bars) for bars in ax.containers], axis=0)
    assert np.allclose(ends, 1)
    assert names(ax) == [r"\$a\$" + "\n300 rows", "b\n40 rows"]
    assert {bar.get_height() for bar in ax.patches} == {0.5}


def test_kinds_of_rows__differ_in_color_and_hatch():
    axes = plot.neighborhood(report_of(1.5))
    looks = {
        (to_hex(bars[0].get_facecolor()), bars[0].get_hatch() or "") for bars in axes.containers
    }
    assert (
        len(looks)
        == len({color for color, _ in looks})
        == len({hatch for _, hatch in looks})
        == 3
    )
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "safe",
        "borderline",
        "noise",
    ]


def test_a_report_without_neighbors__is_refused():
    report = smotefast.diagnose(np.full((40, 2), np.nan), [0] * 30 + [1] * 10)
    with pytest.raises(ValueError, match="has no neighbors"):
        plot.neighborhood(report)


def test_rows_of_the_report__are_drawn_by_their_kind(ax):
    X, y = overlapping(1.5)
    report = smotefast.diagnose(X, y)
    assert plot.neighborhood(report, X, ax=ax, s=9) is ax
    drawn = {one.get_label().partition(":")[0]: one for one in ax.collections}
    for kind, name in (("safe", "safe"), ("danger", "borderline"), ("noise", "noise")):
        rows = report.rows["b"][kind]
        assert rows
        assert np.array_equal(drawn[name].get_offsets(), X[rows])
        assert drawn[name].get_label() == f"{name}: {len(rows)} rows"
    assert len(drawn[r"class \$a\$"].get_offsets()) == 300
    assert all(one.get_sizes() == [9] for one in ax.collections)
    assert len({to_hex(one.get_facecolor()[0]) for one in ax.collections}) == 4
    assert len({one.get_paths()[0].vertices.tobytes() for one in ax.collections}) == 4


def test_other_data_than_those_of_the_report__are_refused():
    X, y = overlapping(1.5)
    with pytest.raises(ValueError, match="X has 339 rows, and the data of the report 340"):
        plot.neighborhood(smotefast.diagnose(X, y), X[1:])
