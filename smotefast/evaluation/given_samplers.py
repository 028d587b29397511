"""Samplers that users pass to a comparison as objects: their parameters that choose columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from sklearn.base import clone

from smotefast._messages import list_names
from smotefast.over_sampling.columns.options import ColumnOptions
from smotefast.over_sampling.columns.positions import categorical_positions
from smotefast.tables import open_table


def refuse_column_options(sampler: Any) -> None:
    """Refuse parameters for columns, in the sampler or a step of it.

    Rows are standardized, imputed and encoded before a sampler of numbers gets them.
    """
    params = sampler.get_params() if hasattr(sampler, "get_params") else {}
    for step in (sampler, *params.values()):
        if isinstance(step, ColumnOptions) and (names := step.column_options()):
            raise ValueError(
                f"samplers has {type(step).__name__} with {list_names(names)}, and a "
                "comparison imputes, standardizes and encodes the columns before it resamples: "
                "values and positions are not those of X. Leave the parameters out of the "
                "comparison, or score ResampledClassifier(sampler, model) on X with "
                "sklearn.model_selection.cross_validate."
            )


def with_categories(sampler: Any, positions: list[int]) -> Any:
    """Return a copy of a sampler, told which prepared columns are categories."""
    sampler = clone(sampler)
    sampler.set_params(**dict.fromkeys(_column_choices(sampler), positions))
    return sampler


def _column_choices(sampler: Any) -> dict[str, Any]:
    """Return the parameters that choose categorical columns, of a sampler and its steps."""
    params = sampler.get_params() if hasattr(sampler, "get_params") else {}
    return {key: v for key, v in params.items() if key.endswith("categorical_features")}


def categories_of_samplers(samplers: Iterable[Any] | None, X: Any) -> set[Hashable]:
    """Return the columns of X that sampler objects name as categories.

    Raises
    ------
    ValueError
        If two samplers name different ones: all options compare the same columns.
    """
    choices = [
        value
        for sampler in samplers or ()
        if not isinstance(sampler, str)
        for value in _column_choices(sampler).values()
        if not isinstance(value, str)
    ]
    if not choices:
        return set()
    table = open_table(X)
    names = list(range(table.n_features) if table.names is None else table.names)
    found = [{names[j] for j in categorical_positions(value, table)} for value in choices]
    if any(each != found[0] for each in found):
        raise ValueError(
            "The samplers name different columns as categorical_features. Name all columns of "
            "categories in categorical=, and use categorical_features='auto'."
        )
    return found[0]
