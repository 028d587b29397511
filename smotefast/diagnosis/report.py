"""The ``Diagnosis`` object that users get: figures, and the report in several formats."""

from __future__ import annotations

from typing import Any

from smotefast.diagnosis.findings import Findings
from smotefast.diagnosis.render import to_html_fragment, to_html_page, to_plain, to_text


class Diagnosis(Findings):
    """What is likely to go wrong when a data set is resampled, and what to do about it.

    ``print`` it, display it in a notebook, or read its attributes.

    Attributes
    ----------
    n_rows, n_features
        Size of the data.
    counts
        Number of rows of each class, in label order.
    sampled
        Number of rows of each class that were sampled for a closer look.
    judged
        The sampler that the points are about; SMOTE's defaults if none was given.
    distance
        The distance used for neighbors, in words.
    n_neighbors
        Number of neighbors that decides between noise, danger and safe.
    classes
        Figures of each class.
    points
        The findings, most serious first.
    advice
        The recommended sampler.
    """

    def __str__(self) -> str:
        return to_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, strings and numbers for ``json.dumps``.

        All keys are strings. ``classes`` holds the labels as they are.
        """
        plain: dict[str, Any] = to_plain(self)
        return plain

    def to_html(self) -> str:
        """Return a self-contained HTML page without scripts."""
        return to_html_page(self)

    def _repr_html_(self) -> str:
        return to_html_fragment(self)
