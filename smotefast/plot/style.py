"""Axes to draw on, and the colors and markers of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The palette of Okabe and Ito, which color-blind readers can tell apart, without its yellow,
# which is hard to see on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
# As many markers as no multiple of the colors: the first 56 classes differ from each other.
MARKERS = ("o", "^", "s", "D", "v", "P", "p", "<")
GRAY = "#767676"
_LEGEND_ROWS = 12


def open_axes(ax: Axes | None, n_bars: int = 0) -> Axes:
    """Return the Axes to draw on: ``ax``, or those of a new figure.

    Parameters
    ----------
    ax
        The Axes of the caller; None for a new figure.
    n_bars
        Number of bars or lines of text below each other, which a new figure has room for.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ModuleNotFoundError(
            "smotefast.plot needs the package matplotlib. Install 'smotefast[plot]'.",
            name="matplotlib",
        ) from error
    width, height = pyplot.rcParams["figure.figsize"]
    size = width, max(height, 1.2 + 0.25 * n_bars)
    _, axes = pyplot.subplots(figsize=size, layout="constrained")
    return axes


def class_style(code: int) -> dict[str, Any]:
    """Return color and marker of a class, for ``scatter`` and ``plot``."""
    return {"color": COLORS[code % len(COLORS)], "marker": MARKERS[code % len(MARKERS)]}


def add_legend(axes: Axes, title: str | None = None) -> None:
    """Add a legend of everything that has a label, in columns if there is much."""
    handles, labels = axes.get_legend_handles_labels()
    n_columns = -(-len(labels) // _LEGEND_ROWS)
    axes.legend(handles, labels, title=title, fontsize="small", ncols=max(1, n_columns))


def with_defaults(given: Mapping[str, Any] | None, **defaults: Any) -> dict[str, Any]:
    """Return keyword arguments of the caller, and defaults for those that are missing."""
    return {**defaults, **(given or {})}


def plain_text(text: str) -> str:
    """Return a text in which matplotlib reads no mathematics."""
    return text.replace("$", r"\$")
