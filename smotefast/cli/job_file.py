"""Job files: the options of one or several jobs in TOML, checked before any job runs.

``read_jobs`` reads a file. The options are those of the command that reads it, by their names.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from smotefast._messages import did_you_mean, list_names
from smotefast.cli.output import UsageError
from smotefast.cli.wording import SETTINGS

# Options that are paths, relative to the folder of the file.
_PATHS = {"source", "destination", "report", "scratch"}
# Options of the command line alone.
_NO_KEYS = {"config", "job", "help"}
# Options that take NAME=VALUE, and those that take JSON.
_SETTINGS, _TABLES = ("settings", "then_settings"), ("sampling_strategy",)
_TABLE = "a table of names and values"


class Job(NamedTuple):
    """A job of a file.

    Attributes
    ----------
    name
        Name of its table; of the file, if the file is a single job.
    where
        The file and the table, for messages.
    values
        Values of the parameters of the command.
    """

    name: str
    where: str
    values: dict[str, Any]


class Option(NamedTuple):
    """An option or an argument of a command, as a key of a file.

    Attributes
    ----------
    parameter
        The parameter of the function.
    type
        ``str``, ``int``, ``bool``, ``list`` of text, or an enumeration.
    """

    parameter: str
    type: type


def read_jobs(path: str, options: Mapping[str, Option]) -> list[Job]:
    """Read the jobs of a file.

    Parameters
    ----------
    path
        The file.
    options
        Options of the command, by the names of their keys.

    Raises
    ------
    UsageError
        If the file cannot be read, or has unknown keys or values of other types.
    """
    tables = _read(path)
    if "jobs" not in tables:
        _refuse_tables(path, tables, options)
        name = os.path.splitext(os.path.basename(path))[0]
        return [Job(name, path, _Table(path, path, options).values(tables))]
    for key, table in tables.items():
        _check_top_level(path, key, table)
    defaults = _Table(path, f"{path}, [defaults]", options).values(tables.get("defaults", {}))
    jobs = []
    for name, table in tables["jobs"].items():
        where = f"{path}, [jobs.{name}]"
        if not isinstance(table, dict):
            raise UsageError(f"{where} must be a table of options.")
        jobs.append(
            Job(name, where, {**defaults, **_Table(path, where, options).values(table)})
        )
    if not jobs:
        raise UsageError(f"{path} has no job. Add a table such as [jobs.nightly].")
    return jobs


def selected(jobs: list[Job], name: str | None, path: str) -> list[Job]:
    """Return all jobs, or the one with a name."""
    if name is None:
        return jobs
    found = [job for job in jobs if job.name == name]
    if not found:
        names = [job.name for job in jobs]
        raise UsageError(
            f"--job {name} is not in {path}.{did_you_mean(name, names)} Its jobs are "
            f"{list_names(names)}."
        )
    return found


def command_options(command: Any) -> dict[str, Option]:
    """Return the options of a command by their names, with _ for -.

    Those of another command that it takes the job files of have no parameter.
    """
    hints = get_type_hints(inspect.unwrap(command.callback))
    found = {}
    for param in command.params:
        longest = max(param.opts, key=len).lstrip("-")
        name = param.name if param.param_type_name == "argument" else longest
        if name not in _NO_KEYS and param.name in hints:
            found[name.replace("-", "_")] = Option(param.name, _plain_type(hints[param.name]))
    ignored = {name: Option("", kind) for name, kind in command.ignored_keys.items()}
    return {**ignored, **found}


def _plain_type(hint: Any) -> type:
    """Return the type of a hint without None; ``list`` for a list of text."""
    types = [each for each in get_args(hint) if each is not type(None)]
    plain = hint if isinstance(hint, type) or not types else types[0]
    found: type = get_origin(plain) or plain
    return found


def _read(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise UsageError(f"--config {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path} is not valid TOML: {error}.") from error


def _refuse_tables(path: str, tables: Mapping[str, Any], options: Mapping[str, Option]) -> None:
    """Refuse a file without [jobs.NAME] that is no single job either."""
    for key, table in tables.items():
        is_tables = isinstance(table, dict) or (
            isinstance(table, list) and any(isinstance(each, dict) for each in table)
        )
        if key == "defaults" or (is_tables and key.replace("-", "_") not in options):
            raise UsageError(
                f"{path} has a table [{key}], but no job. Each job is a table such as "
                "[jobs.nightly]."
            )


def _check_top_level(path: str, key: str, table: Any) -> None:
    if key not in ("jobs", "defaults"):
        raise UsageError(
            f"{path}: {key!r} is outside of the jobs. Move it to [defaults], which holds for "
            "all jobs, or to a table [jobs.NAME]."
        )
    if not isinstance(table, dict):
        raise UsageError(f"{path}: each job is a table such as [jobs.nightly], not [[jobs]].")


class _Table:
    """Converts a table of a file to values of parameters."""

    def __init__(self, path: str, where: str, options: Mapping[str, Option]) -> None:
        self._folder, self._where, self._options = os.path.dirname(path), where, options

    def values(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of each parameter."""
        values: dict[str, Any] = {}
        settings: dict[str, Any] = {}
        names: dict[str, str] = {}
        for key, value in table.items():
            name = key.replace("-", "_")
            if name in names:
                raise self._error(f"has both {names[name]!r} and {key!r}.")
            names[name] = key
            option = self._options.get(name)
            if option is not None:
                found = self._value(key, option, value)
                if option.parameter:
                    values[option.parameter] = found
            elif name in SETTINGS and "set" in self._options:
                settings[name] = value
            else:
                known = sorted({*self._options, *(SETTINGS if "set" in self._options else ())})
                raise self._error(f"has an unknown key {key!r}.{did_you_mean(name, known)}")
        if settings:
            values["settings"] = [*values.get("settings", []), *self._settings("set", settings)]
        return values

    def _value(self, key: str, option: Option, value: Any) -> Any:
        if option.parameter in _SETTINGS and isinstance(value, dict):
            return self._settings(key, value)
        if option.parameter in _TABLES and isinstance(value, dict | list):
            return self._json(key, value)
        if option.type is list:
            return self._texts(key, value)
        convert: Callable[[str, Any], Any] = {bool: self._flag, int: self._whole}.get(
            option.type, self._text
        )
        if option.parameter not in _PATHS:
            return convert(key, value)
        if not isinstance(value, str):
            raise self._wrong(key, value, "the path of a file or a folder, as text")
        return self._path(value)

    def _flag(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong(key, value, "true or false")
        return value

    def _whole(self, key: str, value: Any) -> int:
        if type(value) is not int:  # True is an int as well
            raise self._wrong(key, value, "a whole number")
        return value

    def _text(self, key: str, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self._wrong(key, value, "text")
        return str(value)

    def _texts(self, key: str, value: Any) -> list[str]:
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            expected = "a list of texts"
            if self._options[key.replace("-", "_")].parameter in _SETTINGS:
                expected = f"{_TABLE}, or a list of texts NAME=VALUE"
            raise self._wrong(key, value, expected)
        return texts

    def _settings(self, key: str, table: Mapping[str, Any]) -> list[str]:
        return [f"{name}={self._json(f'{key}.{name}', each)}" for name, each in table.items()]

    def _json(self, key: str, value: Any) -> str:
        try:
            return json.dumps(value)
        except TypeError as error:
            raise self._wrong(key, value, "text, a number, a list or a table") from error

    def _path(self, path: str) -> str:
        """Return a path that is relative to the folder of the file; URLs are as they are."""
        return (
            path
            if "://" in path or path[:1] in ("~", "-")
            else os.path.join(self._folder, path)
        )

    def _wrong(self, key: str, value: Any, expected: str) -> UsageError:
        shown = json.dumps(value, default=str)
        return self._error(f"has {key} = {shown}, which must be {expected}.")

    def _error(self, message: str) -> UsageError:
        return UsageError(f"{self._where} {message}")
