"""Rows before and after resampling: which are kept, new or removed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from smotefast._typing import Container
from smotefast.neighbors.row_hashes import hash_rows
from smotefast.plot.plane import Plane, dense_numbers
from smotefast.plot.points import MAX_ROWS, class_name, label_axes, labels_of, thinned
from smotefast.plot.style import class_style, open_axes, with_defaults
from smotefast.tables import Table, open_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class _Group(NamedTuple):
    """Points of one class with one fate: kept, new or removed."""

    code: int
    text: str
    points: np.ndarray
    fate: str


def resampling(
    X: Container,
    y: Container,
    X_new: Container,
    y_new: Container,
    *,
    columns: Sequence[Hashable] | None = None,
    max_rows: int = MAX_ROWS,
    ax: Axes | None = None,
    scatter_kwargs: Mapping[str, Any] | None = None,
) -> Axes:
    """Draw the rows before and after resampling in one picture.

    Filled markers are rows of X that are in the result, hollow ones are new rows, and crosses
    are rows that were removed. Rows are the same if their class and all their values are, of
    sparse matrices those that are drawn. Each class has a color and a marker.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_features)
        The data before resampling. ``resampling(X, y, X, y)`` draws them alone.
    y : array-like of shape (n_samples,)
        The class of each row.
    X_new : same type as X, of shape (n_samples_new, n_features)
        The result of ``fit_resample``.
    y_new : array-like of shape (n_samples_new,)
        The class of each row of the result.
    columns : two column names or positions, default=None
        The columns to draw. None means all columns of numbers; more than two are projected on
        the two principal components of the standardized columns of X.
    max_rows : int, default=10000
        Draw at most about so many rows, at regular steps through the data. Rows of a class
        that are kept, new or removed keep their share, but not less than 5%.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    scatter_kwargs : dict, default=None
        Keyword arguments for ``Axes.scatter`` of all rows.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with the points and a legend.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    ValueError
        If there are not two columns of numbers, or not a label for each row.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from smotefast import SMOTE, plot
    >>> X, y = make_moons((80, 20), noise=0.1, random_state=0)
    >>> X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    >>> axes = plot.resampling(X, y, X_new, y_new)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['class 0: 80 rows', 'class 1: 20 rows', 'class 1, new: 60 rows']
    """
    plane = Plane(X, columns)
    groups = _groups(_Rows.read(plane, X, y), _Rows.read(plane, X_new, y_new, "_new"))
    n_rows = sum(len(group.points) for group in groups)
    axes = open_axes(ax)
    for group in groups:
        points = thinned(group.points, n_rows, max_rows)
        _draw_group(axes, group._replace(points=points), scatter_kwargs)
    label_axes(axes, plane, n_rows, max_rows)
    return axes


class _Rows(NamedTuple):
    """Points, labels and keys of rows; rows of a class with equal keys are equal."""

    points: np.ndarray
    labels: np.ndarray
    keys: np.ndarray

    @classmethod
    def read(cls, plane: Plane, X: Container, y: Container, suffix: str = "") -> Self:
        numbers = plane.numbers(X)
        labels = labels_of(y, len(numbers), f"X{suffix} and y{suffix}")
        return cls(plane.points(numbers), labels, _keys(open_table(X), numbers))


def _keys(table: Table, drawn: np.ndarray) -> np.ndarray:
    """Return a hash of each row: of numbers, booleans, categories and texts.

    Of sparse rows it is a hash of the columns that are drawn.
    """
    if table.is_sparse:
        return hash_rows(drawn + 0.0, np.empty((len(drawn), 0), dtype=np.int64))
    kinds = list(enumerate(table.column_types()))
    numbers = [j for j, kind in kinds if kind in ("number", "boolean")]
    others = [table.encode(j) for j, kind in kinds if kind in ("category", "text")]
    codes = np.empty((len(drawn), len(others)), dtype=np.int64)
    for column, encoded in zip(codes.T, others, strict=True):
        column[:] = np.array([hash(str(value)) for value in encoded.categories])[encoded.codes]
    return hash_rows(dense_numbers(table, numbers) + 0.0, codes)  # -0.0 becomes 0.0


def _groups(before: _Rows, after: _Rows) -> list[_Group]:
    """Return the rows by class and by what happened to them, classes in label order."""
    groups = []
    for code, label in enumerate(np.unique(np.concatenate([before.labels, after.labels]))):
        old, new = before.labels == label, after.labels == label
        is_kept = np.isin(before.keys[old], after.keys[new])
        is_new = ~np.isin(after.keys[new], before.keys[old])
        kept, removed = before.points[old][is_kept], before.points[old][~is_kept]
        added = after.points[new][is_new]
        name = class_name(label)
        text = f"{name}: {_kept_rows(len(kept), int(np.count_nonzero(~is_new)))}"
        groups.append(_Group(code, text, kept, "kept"))
        for fate, subset in (("new", added), ("removed", removed)):
            text = f"{name}, {fate}: {len(subset):,} rows"
            groups.append(_Group(code, text, subset, fate))
    return [group for group in groups if len(group.points)]


def _kept_rows(n_kept: int, n_after: int) -> str:
    copies = f", {n_after:,} with copies" if n_after > n_kept else ""
    return f"{n_kept:,} rows{copies}"


def _draw_group(axes: Axes, group: _Group, given: Mapping[str, Any] | None) -> None:
    style = class_style(group.code)
    if group.fate == "new":
        color = style.pop("color")
        style |= {"facecolors": "none", "edgecolors": color, "linewidths": 0.8, "zorder": 2.1}
    elif group.fate == "removed":
        style |= {"marker": "x", "linewidths": 0.9, "zorder": 2.2}
    else:
        style |= {"linewidths": 0, "zorder": 2.3}
    drawn = with_defaults(given, s=16, label=group.text, **style)
    axes.scatter(*group.points.T, **drawn)
