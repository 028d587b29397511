"""What a sampler needs of the data: read by jobs on files, combinations and reports."""

from __future__ import annotations

from typing import Literal, NamedTuple

Reads = Literal["nothing", "classes", "neighbors", "everything"]


class Needs(NamedTuple):
    """What a sampler, with its parameters, needs of the data.

    Attributes
    ----------
    reads
        Values of X that the sampler computes with: "nothing" (class sizes and positions are
        enough), the rows of the "classes" that change, besides them their "neighbors" among
        all rows, or "everything".
    takes_categories
        Whether columns may hold categories of any type.
    measures_distance
        Whether the scales of the columns matter.
    exact_counts
        Whether each class gets exactly the number of samples that was asked for.
    neighbors_parameter
        The parameter that holds the number of neighbors, or the user's estimator; None for
        samplers without one.
    searches_all
        Parameters that do the same for searches among the rows of all classes.
    text_advice
        What to do about columns of text; None for the general advice.
    why_everything
        For samplers that read everything: the reason, for the message of a job that refuses.
    alternative
        The closest sampler that works from files.
    """

    reads: Reads = "classes"
    takes_categories: bool = False
    measures_distance: bool = True
    exact_counts: bool = True
    neighbors_parameter: str | None = None
    searches_all: tuple[str, ...] = ()
    text_advice: str | None = None
    why_everything: str = ""
    alternative: str = ""

    @property
    def copies_rows(self) -> bool:
        """Whether rows are copied or dropped without looking at their values."""
        return self.reads == "nothing"
