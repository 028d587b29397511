"""Classes: bars of their sizes, and the kinds of rows that a diagnosis has found in them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._messages import short_label
from smotefast._typing import Container, Label
from smotefast.engine.class_counts import class_counts as counts_of
from smotefast.plot.plane import Plane
from smotefast.plot.points import class_name, label_axes
from smotefast.plot.style import COLORS, GRAY, open_axes, plain_text, with_defaults
from smotefast.tables import open_target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from smotefast.diagnosis import Diagnosis

_LABEL_LENGTH = 24
# Name in a diagnosis, what the legend calls these rows, color, hatch and marker.
_KINDS = (
    ("safe", "safe", COLORS[4], "", "o"),
    ("danger", "borderline", COLORS[5], "//", "D"),
    ("noise", "noise", COLORS[1], "xx", "X"),
)
_WHITE_BOX = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1}


def class_counts(
    y: Container, y_new: Container | None = None, *, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw the number of rows of each class, before and after resampling.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The class of each row.
    y_new : array-like of shape (n_samples_new,), default=None
        The class of each row after resampling.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    **kwargs
        Keyword arguments for ``Axes.barh``.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with the bars, the first class at the top.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> from smotefast import plot
    >>> axes = plot.class_counts(["a"] * 9 + ["b"] * 3, ["a"] * 9 + ["b"] * 9)
    >>> [int(bar.get_width()) for bar in axes.patches]
    [9, 3, 9, 9]
    """
    before = counts_of(open_target(y).values)
    after = {} if y_new is None else counts_of(open_target(y_new).values)
    labels = [*before, *(label for label in after if label not in before)]
    axes = open_axes(ax, n_bars=len(labels) * (1 if y_new is None else 2))
    if y_new is None:
        _draw_counts(axes, labels, before, 0.0, with_defaults(kwargs, color=COLORS[0]))
    else:
        styles = {"color": GRAY, "label": "before"}, {"color": COLORS[0], "label": "after"}
        for counts, shift, style in zip((before, after), (-0.2, 0.2), styles, strict=True):
            drawn = with_defaults(kwargs, height=0.38, **style)
            _draw_counts(axes, labels, counts, shift, drawn)
    _label_classes(axes, [_tick_text(label) for label in labels], has_legend=y_new is not None)
    axes.set(xlabel="rows", ylabel="class")
    return axes


def _draw_counts(
    axes: Axes, labels: list[Label], counts: dict[Any, int], shift: float, drawn: dict[str, Any]
) -> None:
    sizes = [counts.get(label, 0) for label in labels]
    bars = axes.barh(np.arange(len(labels)) + shift, sizes, **drawn)
    axes.bar_label(bars, [f"{n:,}" for n in sizes], padding=2, fontsize="small")
    axes.margins(x=0.12)


def _label_classes(axes: Axes, texts: list[str], *, has_legend: bool) -> None:
    """Name the classes beside the y axis, the first one at the top, below the legend."""
    axes.set_yticks(np.arange(len(texts)), texts)
    top = 0.14 * len(texts) if has_legend else 0.0
    axes.set_ylim(len(texts) - 0.5, -0.5 - top)
    if has_legend:
        axes.legend(fontsize="small", ncols=3, loc="upper right")


def _tick_text(label: Label) -> str:
    return plain_text(short_label(label, _LABEL_LENGTH))


def neighborhood(
    report: Diagnosis,
    X: Container | None = None,
    *,
    columns: Sequence[Hashable] | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    r"""Draw safe, borderline and noise rows: their shares of each class, or the rows.

    Less than half of the neighbors of a safe row are of other classes, at least half of those
    of a borderline row, and all of those of noise.

    Parameters
    ----------
    report : Diagnosis
        The result of :func:`smotefast.diagnose`.
    X : {array-like, dataframe, Arrow table} of shape (n_samples, n_features), default=None
        The data of the report. With it, the searched rows are drawn: by their kind, and those
        of the largest class in gray. Without it, the shares are drawn.
    columns : two column names or positions, default=None
        The columns of X to draw, as for :func:`resampling`.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    **kwargs
        Keyword arguments for ``Axes.barh``, or with X for ``Axes.scatter``.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with a bar for each class, whose parts add up to 1, or with the points.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    ValueError
        If the diagnosis could not search for neighbors, or X has fewer rows than its data or
        not two columns of numbers.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from smotefast import diagnose, plot
    >>> X, y = make_moons((80, 20), noise=0.1, random_state=0)
    >>> axes = plot.neighborhood(diagnose(X, y))
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['0\n80 rows', '1\n20 rows']
    """
    classes = [figures for figures in report.classes if figures.safe is not None]
    if not classes:
        raise ValueError("The diagnosis has no neighbors: str(report) says why.")
    if X is not None:
        return _draw_kinds(report, X, columns, ax, kwargs)
    axes = open_axes(ax, n_bars=2 * len(classes))
    positions, left = np.arange(len(classes)), np.zeros(len(classes))
    for kind, text, color, hatch, _ in _KINDS:
        shares = np.array([getattr(figures, kind) for figures in classes])
        drawn = with_defaults(kwargs, color=color, hatch=hatch, label=text, edgecolor="white")
        bars = axes.barh(positions, shares, left=left, **drawn)
        texts = [f"{share:.0%}" if share >= 0.06 else "" for share in shares]
        axes.bar_label(bars, texts, label_type="center", fontsize="small", bbox=_WHITE_BOX)
        left += shares
    names = [f"{_tick_text(each.label)}\n{each.n_rows:,} rows" for each in classes]
    _label_classes(axes, names, has_legend=True)
    axes.set(xlim=(0, 1), ylabel="class")
    axes.set_xlabel(f"share of rows, by their {report.n_neighbors} neighbors")
    return axes


def _draw_kinds(
    report: Diagnosis,
    X: Container,
    columns: Sequence[Hashable] | None,
    ax: Axes | None,
    given: dict[str, Any],
) -> Axes:
    """Draw the searched rows, those of the largest class in gray."""
    plane = Plane(X, columns)
    points = plane.points(plane.numbers(X))
    if len(points) != report.n_rows:
        raise ValueError(
            f"X has {len(points)} rows, and the data of the report {report.n_rows}."
        )
    largest = max(report.counts, key=report.counts.__getitem__)
    axes = open_axes(ax)
    for kind, text, color, _, marker in reversed(_KINDS):
        found = [rows[kind] for label, rows in report.rows.items() if label != largest]
        subset = np.concatenate([np.empty(0, np.int64), *found]).astype(np.int64)
        style = {"color": color, "marker": marker, "s": 30, "linewidths": 0, "zorder": 2}
        label = f"{text}: {len(subset):,} rows"
        axes.scatter(*points[subset].T, **with_defaults(given, label=label, **style))
    others = [row for rows in report.rows.get(largest, {}).values() for row in rows]
    style = {"color": GRAY, "alpha": 0.4, "marker": ".", "s": 14, "zorder": 1.5}
    label = f"{class_name(largest)}: {len(others):,} rows"
    axes.scatter(*points[others].T, **with_defaults(given, label=label, **style))
    label_axes(axes, plane, len(points), len(points))
    return axes
