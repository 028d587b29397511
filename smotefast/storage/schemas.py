"""One schema for all files of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import pyarrow as pa

from smotefast._messages import MAX_NAMES, list_names

SCHEMAS = ("unify", "strict")


def common_schema(
    schemas: Sequence[pa.Schema], paths: Sequence[str], drop: Collection[str], how: str
) -> pa.Schema:
    """Return the schema that the files are read in, with the metadata of the first.

    Parameters
    ----------
    schemas, paths
        Schema and path of each file.
    drop
        Columns that will not be read; files may differ in them.
    how
        "unify": columns may differ in order, in nullability, in the width of numbers and
        strings, may be dictionaries or plain values, or have no values. "strict": they may not.

    Raises
    ------
    ValueError
        If the files have other columns, or types that have no common one, or a column twice.
    """
    first = schemas[0]
    kept = [_without(schema, drop) for schema in schemas]
    for schema, path in zip(kept, paths, strict=True):
        _refuse_duplicates(schema, path)
        _check_columns(kept[0], schema, paths[0], path, drop)
        if how == "strict":
            _check_strictly(kept[0], schema, paths[0], path)
    if all(schema.equals(kept[0]) for schema in kept):
        return first
    fields = [_common_field(field.name, kept, paths) for field in kept[0]]
    dropped = [field for field in first if field.name in drop]
    return pa.schema([*fields, *dropped], metadata=first.metadata)


def _common_field(name: str, schemas: list[pa.Schema], paths: Sequence[str]) -> pa.Field:
    fields = [schema.field(name) for schema in schemas]
    types = {field.type for field in fields}
    if len(types) > 1 and any(map(pa.types.is_dictionary, types)):
        fields = [_plain(field) for field in fields]
    merged = pa.schema([fields[0].remove_metadata()])
    for field, path in zip(fields, paths, strict=True):
        try:
            other = pa.schema([field.remove_metadata()])
            merged = pa.unify_schemas([merged, other], promote_options="permissive")
        except pa.ArrowException as error:
            raise ValueError(
                f"{path!r} does not have the schema of {paths[0]!r}: column {name!r} is "
                f"{_text(field)}, not {_text(schemas[0].field(name))}, and no type holds both. "
                f"Rewrite the files with one schema, or leave it out with drop={[name]}."
            ) from error
    return merged.field(0).with_metadata(fields[0].metadata)


def _plain(field: pa.Field) -> pa.Field:
    is_dictionary = pa.types.is_dictionary(field.type)
    return field.with_type(field.type.value_type) if is_dictionary else field


def _without(schema: pa.Schema, drop: Collection[str]) -> pa.Schema:
    return pa.schema([field for field in schema if field.name not in drop])


def _refuse_duplicates(schema: pa.Schema, path: str) -> None:
    counts = Counter(schema.names)
    duplicates = sorted(name for name, n in counts.items() if n > 1)
    if duplicates:
        raise ValueError(
            f"{path!r} has more than one column named {list_names(duplicates)}. Rename them."
        )


def _check_columns(
    schema: pa.Schema, other: pa.Schema, first: str, path: str, drop: Collection[str]
) -> None:
    """Raise ValueError if a file lacks columns or has additional ones."""
    expected, found = dict.fromkeys(schema.names), dict.fromkeys(other.names)
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    parts = [f"lacks columns {list_names(missing)}"] if missing else []
    parts += [f"has additional columns {list_names(extra)}"] if extra else []
    if parts:
        raise ValueError(
            f"{path!r} does not have the schema of {first!r}: it {' and '.join(parts)}. "
            "Rewrite the files with one schema, or leave these columns out with "
            f"drop={[*missing, *extra][:MAX_NAMES]}."
        )


def _check_strictly(schema: pa.Schema, other: pa.Schema, first: str, path: str) -> None:
    """Raise ValueError if the same columns differ in order or type."""
    if schema.equals(other):
        return
    different = [field for field in schema if not field.equals(other.field(field.name))]
    detail, advice = "its columns are in another order", ""
    if different:
        name = different[0].name
        detail = f"column {name!r} is {_text(other.field(name))}, not {_text(different[0])}"
        advice = f", or leave it out with drop={[name]}"
    raise ValueError(
        f"{path!r} does not have the schema of {first!r}: {detail}. Rewrite the files with one "
        f"schema, use schema='unify'{advice}."
    )


def _text(field: pa.Field) -> str:
    return f"{field.type}" + ("" if field.nullable else " without nulls")
