"""Translate messages for Python users into messages for the shell: options for parameters.

Each message is written once, with Python parameters such as ``drop=['a']``, which become
options such as ``--drop a``. Quoted text, such as a column name or a path, is not changed.
"""

from __future__ import annotations

import ast
import json
import re
import shlex

# Parameters with their own option; --set sets every other parameter of a sampler. A name in
# both is the option if its value is a word that no sampler takes, else the parameter.
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
    "order": "--order",
    "drop": "--drop",
    "keep": "--keep",
    "keep_fill": "--keep-fill",
    "feature": "--feature",
    "schema": "--schema",
    "if_balanced": "--if-balanced",
    "absent_classes": "--absent-classes",
    "overwrite": "--overwrite",
    "resume": "--resume",
    "weight_column": "--weight-column",
    "weights_from": "--weights-from",
    "provenance": "--provenance",
    "compression": "--compression",
    "compression_level": "--compression-level",
    "row_group_size": "--row-group-size",
    "part_size": "--part-size",
    "partition_by": "--partition-by",
    "report": "--report",
    "scratch": "--scratch",
    "format": "--format",
    "models": "--models",
    "samplers": "--samplers",
    "ratios": "--ratios",
    "folds": "--folds",
    "repeats": "--repeats",
    "metric": "--metric",
    "cost_fn": "--cost-fn",
    "cost_fp": "--cost-fp",
    "groups": "--groups",
    "time": "--time",
    "categorical": "--categorical",
    "max_rows": "--max-rows",
    "time_limit": "--time-limit",
    "holdout": "--holdout",
    "scaling": "--scaling",
    "progress": "--quiet",
    "in_process": "--in-process",
    "plugin": "--plugin",
    "contender": "--contender",
    "tolerance": "--tolerance",
}
SETTINGS = (
    *("cluster_balance_threshold", "density_exponent", "categorical_encoder", "kind"),
    *("kmeans_estimator", "m_neighbors", "n_jobs", "out_step", "replacement", "shrinkage"),
    *("svm_estimator", "smote", "tomek", "enn", "creation", "selection"),
    *("truncation_factor", "deformation_factor", "selection_strategy", "L", "theta"),
    *("topology", "order", "metric"),
    *("missing", "distance_columns", "bounds", "round_columns"),
)
# Words that samplers take for parameters with the name of an option.
_SAMPLER_WORDS = {"metric": ("euclidean", "manhattan", "cosine", "mahalanobis")}
_COMMA_LISTS = ("--models", "--samplers", "--ratios", "--k-neighbors")
_SAMPLER_OPTIONS = (
    *("sampling_strategy", "k_neighbors", "n_neighbors", "search", "small_class"),
    *("categorical_features", "random_state"),
)
# Allowed values that exist in Python only. A quote starts the second method in a list of
# methods that an object must implement.
_PYTHON_ONLY = ("a callable", "an object implementing", "an instance of 'numpy", "'")
_SHELL_TYPES = {
    "an instance of 'collections.abc.Mapping'": "a JSON object {class: rows}",
    "an instance of 'dict'": "a JSON object",
    "an instance of 'list'": "a JSON list",
    "an instance of 'float'": "a number",
    "an instance of 'int'": "an int",
    "an array-like": "names of columns",
}
_TYPES_OF_BOUNDS = {
    "an instance of 'collections.abc.Mapping'": "a JSON object {column: [low, high]}",
    "an array-like": "a JSON list [low, high]",
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
# The text of scikit-learn at the start of a message; the rest names the parameter.
_SCIKIT_LEARN_TEXT = re.compile(
    r"Expected n_neighbors <= n_samples_fit, but n_neighbors = [^,]+, n_samples_fit = [^:]+: "
)
_CONSTRAINT = re.compile(
    r"The '(?P<name>\w+)' parameter of (?P<sampler>\w+) must be (?P<allowed>.*?)\. "
    r"Got (?P<value>.*)",
    re.DOTALL,
)


def to_shell_words(message: str, settings_option: str = "--set") -> str:
    """Replace the parameters in a message by options of the command line.

    Parameters
    ----------
    message
        A message for Python users.
    settings_option
        The option that sets parameters of the sampler: "--set", or "--then-set", which sets
        all parameters of the second sampler.

    Examples
    --------
    >>> to_shell_words("memory_limit='2 GB' is not enough. Leave out drop=['a b', 'c'].")
    "--memory-limit 2GB is not enough. Leave out --drop 'a b' --drop c."
    >>> to_shell_words("Column 'drop=1' needs m_neighbors=20.")
    "Column 'drop=1' needs --set m_neighbors=20."
    """
    text = _SCIKIT_LEARN_TEXT.sub("", " ".join(message.split()))
    constraint = _CONSTRAINT.match(text)
    if constraint:
        allowed = _allowed_in_shell(constraint["allowed"], constraint["name"])
        option = _option(constraint["name"], settings_option)
        value = constraint["value"]
        return f"{option} of {constraint['sampler']} must be {allowed}. Got {value}"
    return _TOKEN.sub(lambda match: _replacement(match, settings_option), text)


def _option(name: str, settings_option: str) -> str:
    if name in SETTINGS or (settings_option != "--set" and name in _SAMPLER_OPTIONS):
        return f"{settings_option} {name}"
    return OPTIONS.get(name, f"{settings_option} {name}")


def _is_option_of_job(name: str, value: str) -> bool:
    """Tell whether a name that a sampler has as well, with this value, is the option."""
    is_word = value[:1] in ("'", '"') and value[1:-1] not in _SAMPLER_WORDS.get(name, ())
    return name in OPTIONS and name in SETTINGS and is_word


def _replacement(match: re.Match[str], settings_option: str) -> str:
    name = match["name"]
    if name is not None:
        value = match["value"]
        is_option = _is_option_of_job(name, value)
        option = OPTIONS[name] if is_option else _option(name, settings_option)
        return _option_with_value(option, value)
    name = match["quoted"] or match["ticked"] or match["bare"]
    return match[0] if name is None else _option(name, settings_option)


def _option_with_value(option: str, text: str) -> str:
    """Return an option with its value as typed in a shell; a list repeats the option."""
    separator = "=" if option.startswith(("--set ", "--then-set ")) else " "
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text.replace(" ", "") if text[:1].isdigit() else text
    if option in ("--overwrite", "--quiet", "--in-process"):
        return option
    if isinstance(value, list) and option in _COMMA_LISTS:
        return f"{option} {','.join(map(str, value))}"
    if isinstance(value, list) and separator == " ":
        return " ".join(f"{option} {shlex.quote(str(item))}" for item in value) or option
    quoted = _shell_value(value)
    return f"{option}{separator}{quoted}" if quoted else option


def _shell_value(value: object) -> str:
    if isinstance(value, dict | list):
        return shlex.quote(json.dumps(value, default=str))
    text = str(value)
    if re.fullmatch(r"\d+(\.\d+)? [KMGT]i?B", text):
        text = text.replace(" ", "")
    return text if re.fullmatch(r"[\w.+-]*", text) else shlex.quote(text)


def _allowed_in_shell(constraints: str, name: str) -> str:
    """Return a list such as "a float, a str among {...} or a callable" without Python types."""
    types = _SHELL_TYPES | (_TYPES_OF_BOUNDS if name == "bounds" else {})
    parts = [part for part in _split(constraints) if not part.startswith(_PYTHON_ONLY)]
    words = [types.get(part, part.replace("a str among", "one of")) for part in parts]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _split(text: str) -> list[str]:
    """Split at commas and "or" outside brackets."""
    parts, depth = [""], 0
    for piece in re.split(r"(, | or |[\[\]{}()])", text):
        depth += (piece in ("[", "{", "(")) - (piece in ("]", "}", ")"))
        if piece in (", ", " or ") and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part]
