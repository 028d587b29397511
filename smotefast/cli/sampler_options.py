"""Samplers from command-line options: parse the values, and make the samplers of a job."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from smotefast.cli.output import usage_errors

if TYPE_CHECKING:
    from smotefast.engine.base import BaseSampler


# Options that are parameters of a job, of the same name.
_JOB_OPTIONS = (
    "memory_limit", "rows", "order", "schema", "keep_fill", "if_balanced", "absent_classes",
    "weight_column", "weights_from", "provenance", "compression", "compression_level",
    "row_group_size", "part_size", "report", "scratch", "format",
)  # fmt: skip


def job_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a job, without paths and target, from options of a command."""
    from smotefast.registry import neighbors_parameter

    name, seed = given["sampler"], given["seed"]
    with usage_errors():
        categorical = parse_categorical(given["categorical"])
        params: dict[str, tuple[str, object]] = {
            "--sampling-strategy": (
                "sampling_strategy", parse_strategy(given["sampling_strategy"])
            ),
            "--k-neighbors": (neighbors_parameter(name), given["k_neighbors"]),
            "--search": ("search", given["search"]),
            "--small-class": ("small_class", given["small_class"]),
            "--categorical": ("categorical_features", categorical),
        }  # fmt: skip
        first = first_sampler(name, seed, params, given["settings"] or ())
    sampler = with_second_step(first, given["then"], seed, given["then_settings"] or ())
    columns = {option: given[option] or () for option in ("drop", "keep", "feature")}
    columns["partition_by"] = [
        name for names in given["partition_by"] or () for name in names.split(",")
    ]
    options = {option: _value(given[option]) for option in _JOB_OPTIONS}
    return {"sampler": sampler, **columns, **options}


def _value(option: Any) -> Any:
    return option.value if isinstance(option, Enum) else option


def first_sampler(
    name: str, seed: int, params: Mapping[str, tuple[str, object]], settings: Sequence[str]
) -> BaseSampler:
    """Return the sampler of ``--sampler``, with the parameters of its options and ``--set``.

    ``params`` has the name and value of a parameter for each option.
    """
    from smotefast.registry import make_seeded_sampler

    own_options = {parameter: option for option, (parameter, _) in params.items()}
    own_options["random_state"] = "--seed"
    values = {parameter: value for parameter, value in params.values() if value is not None}
    values.update(parse_settings(settings, own_options))
    return make_seeded_sampler(name, seed, values)


def with_second_step(
    first: BaseSampler, name: str | None, seed: int, settings: Sequence[str]
) -> BaseSampler:
    """Return a sampler that runs ``first`` and then the sampler of ``--then``, if given."""
    if name is None:
        with usage_errors():
            if settings:
                raise ValueError("--then-set needs --then, the sampler that removes rows.")
        return first
    from smotefast.combine import Combination
    from smotefast.registry import make_seeded_sampler

    with usage_errors("--then-set"):
        values = parse_settings(settings, {}, "--then-set")
        second = make_seeded_sampler(name, seed, values, is_second_step=True)
        second.check_params()
    return Combination(first, second)


def parse_categorical(columns: Sequence[str] | None) -> str | Sequence[str] | None:
    """Parse ``--categorical``: names of columns, or "auto" or "not numeric".

    Examples
    --------
    >>> parse_categorical(["city", "auto"]), parse_categorical(["not numeric"])
    (['city', 'auto'], 'not numeric')
    """
    if columns and len(columns) == 1 and columns[0] in ("auto", "not numeric"):
        return columns[0]
    return columns or None


def parse_strategy(text: str) -> float | str | dict[str, int] | list[Any]:
    """Parse ``--sampling-strategy``: a number, JSON, or a word.

    Examples
    --------
    >>> parse_strategy("0.5"), parse_strategy('{"fraud": 1e5}'), parse_strategy("auto")
    (0.5, {'fraud': 100000}, 'auto')
    """
    text = text.strip()
    if text.startswith(("{", "[")):
        return _parse_counts(text)
    try:
        return float(text)
    except ValueError:
        return text


def _parse_counts(text: str) -> dict[str, int] | list[Any]:
    try:
        counts: dict[str, int] | list[Any] = json.loads(
            text, parse_float=_parse_number, object_pairs_hook=_refuse_duplicate_keys
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"--sampling-strategy {text!r} is not valid JSON: {error}") from error
    for label, n in counts.items() if isinstance(counts, dict) else ():
        if type(n) is not int or n < 0:  # True is an int as well
            raise ValueError(
                f"--sampling-strategy has {json.dumps(n)} rows for class {label!r}. Use a "
                "whole number, 0 or more."
            )
    return counts


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raise if a key occurs twice; json would silently use the last value."""
    for key, n in Counter(key for key, _ in pairs).items():
        if n > 1:
            raise ValueError(f"A JSON object contains {key!r} twice. Name it once.")
    return dict(pairs)


def _parse_number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def parse_settings(
    settings: Sequence[str], own_options: Mapping[str, str], option: str = "--set"
) -> dict[str, Any]:
    """Parse ``--set``: values are JSON if possible, otherwise text.

    Parameters
    ----------
    settings
        NAME=VALUE texts.
    own_options
        Parameters that have their own option, with that option.
    option
        The option that the settings belong to, for messages.

    Examples
    --------
    >>> parse_settings(["m_neighbors=20", "kind=borderline-2", "shrinkage=0.5"], {})
    {'m_neighbors': 20, 'kind': 'borderline-2', 'shrinkage': 0.5}
    """
    values = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not (equals and name.strip()):
            raise ValueError(
                f"{option} {setting!r} must be NAME=VALUE, such as m_neighbors=20."
            )
        name = name.strip().replace("-", "_")
        if name in own_options:
            raise ValueError(f"{option} {setting!r} is not allowed: use {own_options[name]}.")
        try:
            values[name] = json.loads(text, object_pairs_hook=_refuse_duplicate_keys)
        except json.JSONDecodeError:
            values[name] = text.strip()
    return values
