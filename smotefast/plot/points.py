"""Points of rows: names of the classes, samples of many rows, axes and legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smotefast._messages import short_label
from smotefast._typing import Container, Label
from smotefast.plot.plane import Plane
from smotefast.plot.style import add_legend, plain_text
from smotefast.tables import open_target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ROWS = 10_000
# Each group of rows gets at least this share of the rows that are drawn, if it has them.
_LEAST_SHARE = 0.05
_LABEL_LENGTH = 24


def class_name(label: Label) -> str:
    """Return a class in words."""
    return plain_text(f"class {short_label(label, _LABEL_LENGTH)}")


def labels_of(y: Container, n_rows: int, names: str = "X and y") -> np.ndarray:
    """Return the class of each row; raise ValueError if there is not one for each."""
    labels = open_target(y).values
    if len(labels) != n_rows:
        raise ValueError(
            f"{names} have {n_rows} and {len(labels)} rows; pass one label for each row."
        )
    return labels


def thinned(points: np.ndarray, n_rows: int, max_rows: int) -> np.ndarray:
    """Return at most the share of a group in ``max_rows``, at regular steps."""
    if n_rows <= max_rows:
        return points
    share = max(len(points) / n_rows, _LEAST_SHARE)
    n_drawn = min(len(points), max(1, int(share * max_rows)))
    return points[np.linspace(0, len(points) - 1, n_drawn).astype(np.int64)]


def label_axes(axes: Axes, plane: Plane, n_rows: int, max_rows: int) -> None:
    """Name the axes, and add the legend, which says whether a sample of the rows is drawn."""
    x_name, y_name = map(plain_text, plane.axis_names)
    axes.set(xlabel=x_name, ylabel=y_name)
    add_legend(axes, f"a sample of {n_rows:,} rows" if n_rows > max_rows else None)
