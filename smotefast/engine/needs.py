"""What a sampler declares: what it needs of the data, and scikit-learn tags.

Jobs on files, combinations and reports read ``Needs`` and never look at a sampler's class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sklearn.utils import InputTags as _InputTags
from sklearn.utils import Tags as _Tags
from sklearn.utils import TargetTags

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
        Whether each class gets exactly the requested number of samples.
    neighbors_parameter
        The parameter that holds the number of neighbors, or the user's estimator; None for
        samplers without one.
    searches_all
        Parameters that do the same for searches among the rows of all classes.
    takes_files
        Whether the rows of the classes that change may be in temporary files, as ``RowFile``.
    takes_missing
        Whether numeric columns may have missing values.
    memory_only
        Parameters, with their values, for which all rows must be in memory; empty for none.
    text_advice
        What to do about columns of text; None for the general advice.
    why_everything
        For samplers that jobs refuse because they read everything: the reason, for the message.
    alternative
        The closest sampler that works from files.
    target
        What y must be, for messages, if it holds no classes; then the sampler works in memory
        only. Empty for classes.
    """

    reads: Reads = "classes"
    takes_categories: bool = False
    measures_distance: bool = True
    exact_counts: bool = True
    neighbors_parameter: str | None = None
    searches_all: tuple[str, ...] = ()
    takes_files: bool = False
    takes_missing: bool = False
    memory_only: str = ""
    text_advice: str | None = None
    why_everything: str = ""
    alternative: str = ""
    target: str = ""

    @property
    def copies_rows(self) -> bool:
        """Whether rows are copied or dropped without looking at their values."""
        return self.reads == "nothing"


@dataclass(slots=True)
class InputTags(_InputTags):  # type: ignore[misc]  # scikit-learn ships no types
    """Tags of X; imbalanced-learn's checks read ``dataframe``."""

    dataframe: bool = True


@dataclass(slots=True)
class SamplerTags:
    """Tags of a sampler: ``sample_indices`` is whether it sets ``sample_indices_``."""

    sample_indices: bool = False


@dataclass(slots=True)
class Tags(_Tags):  # type: ignore[misc]
    """scikit-learn tags with the fields that imbalanced-learn's checks read."""

    input_tags: InputTags = field(default_factory=InputTags)
    sampler_tags: SamplerTags | None = None


def sampler_tags(
    *, takes_any_type: bool, takes_missing: bool, sets_sample_indices: bool
) -> Tags:
    """Return the tags of a sampler.

    Parameters
    ----------
    takes_any_type
        Whether columns may hold text and missing values: rows are copied whatever their values
        are, or such values are categories.
    takes_missing
        Whether numbers may be missing.
    sets_sample_indices
        Whether the sampler sets ``sample_indices_``.
    """
    allow_nan = takes_any_type or takes_missing
    return Tags(
        estimator_type="sampler",
        target_tags=TargetTags(required=True),
        transformer_tags=None,
        classifier_tags=None,
        regressor_tags=None,
        input_tags=InputTags(sparse=True, string=takes_any_type, allow_nan=allow_nan),
        sampler_tags=SamplerTags(sample_indices=sets_sample_indices),
    )
