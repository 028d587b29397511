"""Where synthetic samples come from: base row, neighbor and the way between them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._typing import Container
from smotefast.engine.recipes import Provenance
from smotefast.plot.plane import Plane
from smotefast.plot.points import MAX_ROWS, class_name, label_axes, labels_of, thinned
from smotefast.plot.style import GRAY, class_style, open_axes, with_defaults
from smotefast.tables.labels import label_keys

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def provenance(
    sampler: Any,
    X: Container,
    y: Container,
    *,
    columns: Sequence[Hashable] | None = None,
    max_samples: int = 50,
    max_rows: int = MAX_ROWS,
    ax: Axes | None = None,
    scatter_kwargs: Mapping[str, Any] | None = None,
    line_kwargs: Mapping[str, Any] | None = None,
) -> Axes:
    """Draw synthetic samples on the way from their base row to a neighbor.

    Parameters
    ----------
    sampler : sampler
        An over-sampler or a combination that has resampled X and y. Samples that a combination
        removed again are not drawn.
    X : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_features)
        The data that were resampled.
    y : array-like of shape (n_samples,)
        The class of each row.
    columns : two column names or positions, default=None
        The columns to draw, as for :func:`resampling`.
    max_samples : int, default=50
        Draw at most so many synthetic samples, at regular steps.
    max_rows : int, default=10000
        Draw at most about so many rows of X, as for :func:`resampling`.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    scatter_kwargs : dict, default=None
        Keyword arguments for ``Axes.scatter`` of the synthetic samples.
    line_kwargs : dict, default=None
        Keyword arguments for the ``LineCollection`` of the ways from base row to neighbor.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with the points, the ways and a legend.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    NotFittedError
        If the sampler has resampled nothing yet.
    ValueError
        If X is not what the sampler has resampled, or has not two columns of numbers; or if
        the sampler generates no samples between two rows, but copies or none.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from smotefast import SMOTE, plot
    >>> X, y = make_moons((80, 20), noise=0.1, random_state=0)
    >>> sampler = SMOTE(random_state=0)
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> axes = plot.provenance(sampler, X, y, max_samples=10)
    >>> [text.get_text() for text in axes.get_legend().get_texts()][2:]
    ['base row', 'neighbor', 'way between them', 'synthetic sample']
    """
    plane = Plane(X, columns)
    points = plane.points(plane.numbers(X))
    labels = labels_of(y, len(points))
    origins = _origins_of(sampler, len(points))
    axes = open_axes(ax)
    _draw_classes(axes, points, labels, max_rows)
    if len(origins.base) > max_samples:
        subset = np.linspace(0, len(origins.base) - 1, max_samples).astype(np.int64)
        origins = Provenance(*(values[subset] for values in origins))
    if len(origins.base):
        _draw_origins(axes, points, origins, scatter_kwargs, line_kwargs)
    label_axes(axes, plane, len(points), max_rows)
    return axes


def _origins_of(sampler: Any, n_rows: int) -> Provenance:
    """Return where the samples in the result of a sampler come from."""
    first, *others = sampler.alignments()
    name = type(sampler).__name__
    if not _has_ways(first.provenance):
        raise ValueError(
            f"{name} generates no samples between two rows; plot.resampling draws the rows "
            "that it adds or removes."
        )
    if first.n_samples != n_rows:
        raise ValueError(
            f"{name} has resampled {first.n_samples} rows, and X has {n_rows}. Pass the X and "
            "y of fit_resample."
        )
    remaining = np.arange(len(first.positions))
    for alignment in others:
        remaining = remaining[alignment.positions]
    is_sample = remaining >= n_rows
    index = remaining[is_sample] - n_rows
    return Provenance(*(values[index] for values in first.provenance))


def _has_ways(origins: Provenance | None) -> bool:
    """Tell whether samples lie between two rows; copies, with noise or without, do not."""
    if origins is None or np.isnan(origins.step).any():
        return False
    return not len(origins.base) or bool((origins.base != origins.neighbor).any())


def _draw_origins(
    axes: Axes,
    points: np.ndarray,
    origins: Provenance,
    scatter_kwargs: Mapping[str, Any] | None,
    line_kwargs: Mapping[str, Any] | None,
) -> None:
    from matplotlib.collections import LineCollection

    base, neighbor = points[origins.base], points[origins.neighbor]
    samples = base + origins.step[:, np.newaxis] * (neighbor - base)
    hollow: dict[str, Any] = {
        "facecolors": "none",
        "edgecolors": "black",
        "linewidths": 0.8,
        "s": 40,
    }
    axes.scatter(*base.T, marker="o", label="base row", **hollow)
    axes.scatter(*neighbor.T, marker="s", label="neighbor", **hollow)
    lines = with_defaults(
        line_kwargs, colors=GRAY, linewidths=0.8, label="way between them", zorder=1.5
    )
    axes.add_collection(LineCollection(list(np.stack([base, neighbor], axis=1)), **lines))
    drawn = with_defaults(
        scatter_kwargs, marker="*", s=45, color="black", linewidths=0, label="synthetic sample"
    )
    axes.scatter(*samples.T, **{"zorder": 3, **drawn})


def _draw_classes(axes: Axes, points: np.ndarray, y: np.ndarray, max_rows: int) -> None:
    """Draw the rows of X by class, faint."""
    labels, codes = np.unique(y, return_inverse=True)
    for code, label in enumerate(label_keys(labels)):
        of_class = points[codes == code]
        style = {**class_style(code), "alpha": 0.55, "linewidths": 0, "s": 20}
        text = f"{class_name(label)}: {len(of_class):,} rows"
        axes.scatter(*thinned(of_class, len(points), max_rows).T, label=text, **style)
