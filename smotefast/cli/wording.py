"""Messages in the words of the shell: options where Python has parameters.

Every message is written once, for Python. A message flows in; the same with the names and
values of parameters as options flows out. What stands in quotes, such as the name of a column
or a path, is left as it is.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from typing import Any

# What has an option of its own; --set takes every other parameter of a sampler.
OPTIONS = {
    "source": "SOURCE",
    "destination": "DESTINATION",
    "target": "--target",
    "sampler": "--sampler",
    "sampling_strategy": "--sampling-strategy",
    "k_neighbors": "--k-neighbors",
    "n_neighbors": "--k-neighbors",
    "search": "--search",
    "small_class": "--small-class",
    "categorical_features": "--categorical",
    "random_state": "--seed",
    "memory_limit": "--memory-limit",
    "rows": "--rows",
    "drop": "--drop",
    "keep": "--keep",
    "keep_fill": "--keep-fill",
    "if_balanced": "--if-balanced",
    "absent_classes": "--absent-classes",
    "overwrite": "--overwrite",
    "progress": "--quiet",
}
SETTINGS = (
    *("cluster_balance_threshold", "density_exponent", "categorical_encoder", "kind"),
    *("kmeans_estimator", "m_neighbors", "n_jobs", "out_step", "replacement", "shrinkage"),
    *("svm_estimator", "smote", "tomek", "enn", "creation", "selection"),
)
_OF_SAMPLERS = (
    *("sampling_strategy", "k_neighbors", "n_neighbors", "search", "small_class"),
    *("categorical_features", "random_state"),
)
# What only Python can give, in the lists of what a parameter may be.
# A quote begins the second of the methods that an object has to implement.
_ONLY_PYTHON = ("a callable", "an object implementing", "an instance of 'numpy", "'")
_AT_THE_SHELL = {
    "an instance of 'collections.abc.Mapping'": "a JSON object {class: rows}",
    "an instance of 'dict'": "a JSON object",
    "an instance of 'list'": "a JSON list",
    "an instance of 'float'": "a number",
    "an instance of 'int'": "an int",
    "an array-like": "names of columns",
}

_QUOTED = r"(?<!\w)'(?:\\.|[^'\\])*'|(?<!\w)\"(?:\\.|[^\"\\])*\""
_NAMES = "|".join(sorted((*OPTIONS, *SETTINGS), key=len, reverse=True))
_LONG = "|".join(name for name in (*OPTIONS, *SETTINGS) if "_" in name)
_VALUE = rf"\d+(?:\.\d+)? [KMGT]i?B\b|{_QUOTED}|\[[^\]]*\]|\{{[^}}]*\}}|[\w.+-]*\w|"
_TOKEN = re.compile(
    rf"(?<![\w/.='\"-])(?P<mark>['\"`]?)(?P<name>{_NAMES})(?P=mark)=(?P<value>{_VALUE})"
    r"|(?<!olumn )(?<!, )['\"](?P<quoted>sampling_strategy)['\"](?=[ .;])"
    rf"|`(?P<ticked>{_NAMES})`"
    rf"|{_QUOTED}"
    rf"|(?<![\w/.='\"-])(?P<bare>{_LONG})\b(?![=/.]\w)"
)
# scikit-learn's text, kept for Python; what follows says it in terms of the parameter.
_SCIKIT_LEARNS = re.compile(
    r"Expected n_neighbors <= n_samples_fit, but n_neighbors = [^,]+, n_samples_fit = [^:]+: "
)
_CONSTRAINT = re.compile(
    r"The '(?P<name>\w+)' parameter of (?P<kind>\w+) must be (?P<may>.*?)\. Got (?P<got>.*)",
    re.DOTALL,
)


def in_shell_words(message: str, setting: str = "--set") -> str:
    """Return a message with options for parameters.

    Parameters
    ----------
    message
        As Python users read it.
    setting
        The option that takes parameters of the sampler that the message is about. With
        "--then-set" it takes all of them.

    Examples
    --------
    >>> in_shell_words("memory_limit='2 GB' is not enough. Leave out drop=['a b', 'c'].")
    "--memory-limit 2GB is not enough. Leave out --drop 'a b' --drop c."
    >>> in_shell_words("Column 'drop=1' needs m_neighbors=20.")
    "Column 'drop=1' needs --set m_neighbors=20."
    """
    text = _SCIKIT_LEARNS.sub("", " ".join(message.split()))
    found = _CONSTRAINT.match(text)
    if found:
        may = _taken_at_the_shell(found["may"])
        option = _option(found["name"], setting)
        return f"{option} of {found['kind']} must be {may}. Got {found['got']}"
    return _TOKEN.sub(lambda match: _replaced(match, setting), text)


def _option(name: str, setting: str) -> str:
    if name in SETTINGS or (setting != "--set" and name in _OF_SAMPLERS):
        return f"{setting} {name}"
    return OPTIONS.get(name, f"{setting} {name}")


def _replaced(match: re.Match[str], setting: str) -> str:
    name = match["name"]
    if name is not None:
        return _given(_option(name, setting), match["value"])
    name = match["quoted"] or match["ticked"] or match["bare"]
    return match[0] if name is None else _option(name, setting)


def _given(option: str, text: str) -> str:
    """Return an option with its value as one types it; lists repeat the option."""
    between = "=" if option.startswith(("--set ", "--then-set ")) else " "
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text.replace(" ", "") if text[:1].isdigit() else text
    if option in ("--overwrite", "--quiet"):
        return option
    if isinstance(value, list) and between == " ":
        return " ".join(f"{option} {shlex.quote(str(one))}" for one in value) or option
    shown = _typed(value)
    return f"{option}{between}{shown}" if shown else option


def _typed(value: Any) -> str:
    if isinstance(value, dict | list):
        return shlex.quote(json.dumps(value, default=str))
    text = str(value)
    if re.fullmatch(r"\d+(\.\d+)? [KMGT]i?B", text):
        text = text.replace(" ", "")
    return text if re.fullmatch(r"[\w.+-]*", text) else shlex.quote(text)


def _taken_at_the_shell(constraints: str) -> str:
    """Return a list such as "a float, a str among {...} or a callable" without Python's."""
    parts = [part for part in _parts(constraints) if not part.startswith(_ONLY_PYTHON)]
    words = [_AT_THE_SHELL.get(part, part.replace("a str among", "one of")) for part in parts]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _parts(text: str) -> list[str]:
    """Split at commas and "or" outside of brackets."""
    parts, depth = [""], 0
    for piece in re.split(r"(, | or |[\[\]{}()])", text):
        depth += (piece in ("[", "{", "(")) - (piece in ("]", "}", ")"))
        if piece in (", ", " or ") and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part]
