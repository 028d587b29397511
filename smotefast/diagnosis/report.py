"""The result as users hold it: figures, and the forms that they are shown in."""

from __future__ import annotations

from typing import Any

from smotefast.diagnosis.findings import Findings
from smotefast.diagnosis.page import as_fragment, as_page
from smotefast.diagnosis.plain import as_plain
from smotefast.diagnosis.render import as_text


class Diagnosis(Findings):
    """What is likely to go wrong in resampling a data set, and what to do about it.

    ``print`` it, look at it in a notebook, or take the figures from its attributes.

    Attributes
    ----------
    n_rows, n_features
        Size of the data.
    counts
        Rows of each class, in label order.
    sampled
        Rows of each class that were drawn and looked at closely.
    judged
        The sampler that the points are about; where none was given, SMOTE's defaults.
    distance
        Which distance neighbours were found by, in words.
    n_neighbors
        Neighbours that told noise, danger and safety.
    classes
        Figures of each class.
    points
        What was found, most serious first.
    advice
        Which sampler fits.
    """

    def __str__(self) -> str:
        return as_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain dicts, lists, texts and numbers, ready for JSON.

        Keys are texts; labels stand as they are in ``classes``.
        """
        plain: dict[str, Any] = as_plain(self)
        return plain

    def to_html(self) -> str:
        """Return a page that stands alone: no scripts, nothing to load."""
        return as_page(self)

    def _repr_html_(self) -> str:
        return as_fragment(self)
