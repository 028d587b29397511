"""Parts of messages: suggestions for misspelled names, short lists of names, short labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

MAX_NAMES = 10
_MAX_SUGGESTIONS = 3
# difflib's default: "aprox" and "approximate" have a similarity of 0.63.
_MIN_SIMILARITY = 0.6
# Names this much less similar than the best one are not suggested.
_MAX_GAP = 0.05
# Comparing 10,000 names takes about 0.2 s.
_MAX_COMPARED = 10_000
_MAX_NAME_LENGTH = 60

Name = TypeVar("Name", bound=Hashable)

# A note of an interrupt that comes after the result was moved to the destination.
COMPLETE = "the destination is complete; the next run removes what is left of the job."
# And of one that comes while the report is written.
COMPLETE_WITHOUT_REPORT = "the destination is complete, but the report may not be."
# What to do if the memory limit is not enough for a process that has compiled.
RUN_AGAIN = (
    "Kernels were compiled in this process, which takes 60 to 270 MiB; the next process "
    "loads them from the cache and needs less: run the job again in a new process."
)


def did_you_mean(
    given: object, known: Iterable[Hashable], aliases: Mapping[str, Hashable] = {}
) -> str:
    """Return a sentence that suggests known names similar to ``given``, or an empty text.

    Parameters
    ----------
    given
        The name that is unknown.
    known
        All valid names.
    aliases
        Valid names by former or alternative names.

    Examples
    --------
    >>> did_you_mean("lable", ["age", "label"])
    " Did you mean 'label'?"
    >>> did_you_mean("colour", ["age", "label"])
    ''
    """
    return suggestion(similar_names(given, known, aliases))


def suggestion(names: Iterable[Hashable]) -> str:
    """Return a sentence that suggests these names, or an empty text if there are none.

    Examples
    --------
    >>> suggestion(["age", "label"])
    " Did you mean 'age' or 'label'?"
    """
    shown = " or ".join(map(quote_name, names))
    return f" Did you mean {shown}?" if shown else ""


def similar_names(
    given: object, known: Iterable[Name], aliases: Mapping[str, Name] = {}
) -> list[Name]:
    """Return the known names most similar to ``given``, at most three.

    Examples
    --------
    >>> similar_names("class", ["Class", "glass"]), similar_names("1", [1, 10])
    (['Class'], [1])
    >>> similar_names("enn", ["tomek-links", "edited-nearest-neighbours"])
    ['edited-nearest-neighbours']
    """
    known, text = list(known), str(given)
    alias = aliases.get(text.casefold())
    if alias is not None and alias in known:
        return [alias]
    normalized = _normalized(text)
    texts = {name: str(name) for name in known}
    for matches in (
        lambda candidate: candidate == text,
        lambda candidate: _normalized(candidate) == normalized,
        lambda candidate: len(normalized) > 1 and _initials(candidate) == normalized,
    ):
        names = [name for name, candidate in texts.items() if matches(candidate)]
        if names:
            return names[:_MAX_SUGGESTIONS]
    return _similarly_spelled(normalized, texts)


def _similarly_spelled(normalized: str, texts: Mapping[Name, str]) -> list[Name]:
    """Return names with a similar spelling or, failing that, names that contain the text."""
    from difflib import SequenceMatcher, get_close_matches

    names: dict[str, Name] = {}
    for name, text in texts.items():
        names.setdefault(_normalized(text), name)
    candidates = list(names)[:_MAX_COMPARED]
    close = get_close_matches(normalized, candidates, _MAX_SUGGESTIONS, _MIN_SIMILARITY)
    if not close and len(normalized) > 2:
        close = [text for text in names if normalized in text][:_MAX_SUGGESTIONS]
        return [names[text] for text in close]
    similarity = {text: SequenceMatcher(None, text, normalized).ratio() for text in close}
    return [names[text] for text in close if similarity[text] > similarity[close[0]] - _MAX_GAP]


def _normalized(text: str) -> str:
    """Return a name in lower case and without separators."""
    return text.casefold().replace("-", "").replace("_", "").replace(" ", "")


def _initials(text: str) -> str:
    """Return the initials of a name, the usual abbreviation of a sampler."""
    words = text.casefold().replace("_", "-").replace(" ", "-").split("-")
    return "".join(word[0] for word in words if word)


def list_names(names: Iterable[Hashable]) -> str:
    """Format names for a message: the first ten, and how many more there are.

    Examples
    --------
    >>> list_names(["age", "income"])
    "'age', 'income'"
    >>> list_names(range(4_000))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3,990 more'
    """
    names = list(names)
    shown = ", ".join(map(quote_name, names[:MAX_NAMES]))
    n_more = len(names) - MAX_NAMES
    return f"{shown} and {n_more:,} more" if n_more > 0 else shown


def one_class(target: str, label: object) -> str:
    """Say that all rows of a file are of one class."""
    return (
        f"The target column {target!r} needs to have more than 1 class, and all rows are of "
        f"class {label!r}."
    )


def quote_name(name: object) -> str:
    """Return the repr of a name for a message, shortened if it is very long."""
    text = repr(name)
    cut = _MAX_NAME_LENGTH - 4
    return text if len(text) <= _MAX_NAME_LENGTH else f"{text[:cut]}...{text[-1]}"


def short_label(label: object, max_length: int) -> str:
    r"""Return a class label as printable text on one line, shortened if it is long.

    Examples
    --------
    >>> short_label("fraud", 10), short_label("card\nfraud", 13), short_label("a" * 9, 6)
    ('fraud', "'card\\nfraud'", 'aaa...')
    """
    text = str(label)
    text = text if text.strip() and text.isprintable() else repr(label)
    return text if len(text) <= max_length else text[: max_length - 3] + "..."
