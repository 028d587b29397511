"""scikit-learn tags with the fields that imbalanced-learn's test suite reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from sklearn.utils import InputTags as _InputTags
from sklearn.utils import Tags as _Tags
from sklearn.utils import TargetTags


@dataclass(slots=True)
class InputTags(_InputTags):  # type: ignore[misc]  # scikit-learn ships no types
    """What X may be; ``dataframe`` is imbalanced-learn's addition."""

    dataframe: bool = True


@dataclass(slots=True)
class SamplerTags:
    """What a sampler offers: ``sample_indices`` says whether ``sample_indices_`` is set."""

    sample_indices: bool = False


@dataclass(slots=True)
class Tags(_Tags):  # type: ignore[misc]
    """Tags of a sampler."""

    input_tags: InputTags = field(default_factory=InputTags)
    sampler_tags: SamplerTags | None = None


def sampler_tags(
    *,
    copies_rows: bool = False,
    takes_categories: bool = False,
    sets_sample_indices: bool = False,
) -> Tags:
    """Return the tags of a sampler.

    ``copies_rows``: values are not read. ``takes_categories``: columns may hold text and
    missing values as categories. ``sets_sample_indices``: ``sample_indices_`` is set.
    """
    anything = copies_rows or takes_categories
    return Tags(
        estimator_type="sampler",
        target_tags=TargetTags(required=True),
        transformer_tags=None,
        classifier_tags=None,
        regressor_tags=None,
        input_tags=InputTags(sparse=True, string=anything, allow_nan=anything),
        sampler_tags=SamplerTags(sample_indices=sets_sample_indices),
    )
