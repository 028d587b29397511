"""Bars for classes: their sizes, and what kinds of rows a diagnosis has found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._messages import short_label
from smotefast._typing import Container, Label
from smotefast.engine.class_counts import class_counts as counts_of
from smotefast.plot.style import COLORS, GRAY, open_axes, plain_text, with_defaults
from smotefast.tables import open_target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from smotefast.diagnosis import Diagnosis

_LABEL_LENGTH = 24
# Attribute of the figures of a class, what the legend calls these rows, color and hatch.
_KINDS = (
    ("safe", "safe", COLORS[4], ""),
    ("danger", "borderline", COLORS[5], "//"),
    ("noise", "noise", COLORS[1], "xx"),
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


def neighborhood(report: Diagnosis, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    r"""Draw the shares of safe, borderline and noise rows of each class.

    Less than half of the neighbors of a safe row are of other classes, at least half of those
    of a borderline row, and all of those of noise.

    Parameters
    ----------
    report : Diagnosis
        The result of :func:`smotefast.diagnose`.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    **kwargs
        Keyword arguments for ``Axes.barh``.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with a bar for each class, whose parts add up to 1.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    ValueError
        If the diagnosis could not search for neighbors.

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
    axes = open_axes(ax, n_bars=2 * len(classes))
    positions, left = np.arange(len(classes)), np.zeros(len(classes))
    for kind, text, color, hatch in _KINDS:
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
