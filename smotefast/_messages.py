"""Parts of error messages: a suggestion for a misspelled name, and lists cut at ten names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MOST_LISTED = 10
_MOST_SUGGESTED = 3
# difflib's default: "aprox" and "approximate" are alike by 0.63.
_ALIKE = 0.6
# A name that is so much less alike than the best one is not suggested besides.
_AS_GOOD = 0.05
# Comparing 10,000 names takes about 0.2 s.
_MOST_COMPARED = 10_000
_LONGEST = 60


def did_you_mean(given: Any, known: Iterable[Any], renamed: Mapping[str, Any] = {}) -> str:
    """Return a sentence that suggests known names, or an empty text.

    Parameters
    ----------
    given
        The name that is not known.
    known
        The names that are.
    renamed
        What former or other names are called.

    Examples
    --------
    >>> did_you_mean("lable", ["age", "label"])
    " Did you mean 'label'?"
    >>> did_you_mean("colour", ["age", "label"])
    ''
    """
    return suggestion(similar_names(given, known, renamed))


def suggestion(names: Iterable[Any]) -> str:
    """Return a sentence that suggests these names, or an empty text for none.

    Examples
    --------
    >>> suggestion(["age", "label"])
    " Did you mean 'age' or 'label'?"
    """
    shown = " or ".join(map(shown_name, names))
    return f" Did you mean {shown}?" if shown else ""


def similar_names(
    given: Any, known: Iterable[Any], renamed: Mapping[str, Any] = {}
) -> list[Any]:
    """Return the known names that are most like a given one, at most three.

    Examples
    --------
    >>> similar_names("class", ["Class", "glass"]), similar_names("1", [1, 10])
    (['Class'], [1])
    >>> similar_names("enn", ["tomek-links", "edited-nearest-neighbours"])
    ['edited-nearest-neighbours']
    """
    known = list(known)
    if not isinstance(given, str):
        given = str(given)
    if renamed.get(given.casefold()) in known:
        return [renamed[given.casefold()]]
    plain = _plain(given)
    texts = {name: str(name) for name in known}
    for test in (
        lambda text: text == given,
        lambda text: _plain(text) == plain,
        lambda text: len(plain) > 1 and _initials(text) == plain,
    ):
        found = [name for name, text in texts.items() if test(text)]
        if found:
            return found[:_MOST_SUGGESTED]
    return _alike(plain, texts)


def _alike(plain: str, texts: Mapping[Any, str]) -> list[Any]:
    """Return names that are spelled similarly; where none is, names that contain the text."""
    from difflib import SequenceMatcher, get_close_matches

    names: dict[str, Any] = {}
    for name, text in texts.items():
        names.setdefault(_plain(text), name)
    found = get_close_matches(plain, list(names)[:_MOST_COMPARED], _MOST_SUGGESTED, _ALIKE)
    if not found and len(plain) > 2:
        found = [text for text in names if plain in text][:_MOST_SUGGESTED]
        return [names[text] for text in found]
    alike = {text: SequenceMatcher(None, text, plain).ratio() for text in found}
    return [names[text] for text in found if alike[text] > alike[found[0]] - _AS_GOOD]


def _plain(text: str) -> str:
    """Return a name without case and separators."""
    return text.casefold().replace("-", "").replace("_", "").replace(" ", "")


def _initials(text: str) -> str:
    """Return the first letters of the words of a name, as samplers are abbreviated."""
    words = text.casefold().replace("_", "-").replace(" ", "-").split("-")
    return "".join(word[0] for word in words if word)


def listed(names: Iterable[Any]) -> str:
    """Write names for a message: all of ten, or ten and how many more there are.

    Examples
    --------
    >>> listed(["age", "income"])
    "'age', 'income'"
    >>> listed(range(4_000))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3,990 more'
    """
    names = list(names)
    shown = ", ".join(map(shown_name, names[:MOST_LISTED]))
    rest = len(names) - MOST_LISTED
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def shown_name(name: Any) -> str:
    """Write a name for a message; very long ones are cut."""
    text = repr(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[-1]}"


def one_line_label(label: Any, longest: int) -> str:
    """Write a class label in one line of a table; very long ones are cut.

    Examples
    --------
    >>> one_line_label("fraud", 8), one_line_label("a very long label", 8)
    ('fraud', 'a ver...')
    """
    text = str(label)
    text = text if text.strip() and text.isprintable() else repr(label)
    return text if len(text) <= longest else text[: longest - 3] + "..."
