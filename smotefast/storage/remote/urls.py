"""URLs of remote sources and destinations: their parts, and which of them are secret.

The path of a URL is taken literally, as by the tools of the stores: ``%20`` is no space.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+)://(?P<authority>[^/?]*)(?P<rest>.*)", re.DOTALL
)
# Options follow the path, such as ?region=eu-west-1&scheme=http; ? is also a wildcard.
_OPTIONS = re.compile(r"\?(?=[A-Za-z_]+=)(?P<options>.*)\Z", re.DOTALL)
# Options that are no secret: those of Arrow that say which store it is.
_PUBLIC = {"endpoint_override", "region", "scheme"}
# In these schemes, the name before @ is a key; in others, it is part of the address.
_KEYS_BEFORE_AT = {"s3"}
_HTTP = {"http", "https"}
_SAME = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}


class RemoteUrl(NamedTuple):
    """A URL.

    Attributes
    ----------
    scheme
        Such as "s3", in lower case.
    root
        Scheme and authority as given, with passwords.
    options
        What follows the path, such as ``region=eu-west-1``; empty if there is nothing.
    shown
        The URL without passwords and options.
    secrets
        Texts that must not be shown.
    """

    scheme: str
    root: str
    options: str
    shown: str
    secrets: tuple[str, ...]

    def without_secrets(self, text: str) -> str:
        """Return a text with passwords replaced."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    @property
    def address(self) -> str:
        """The URL with the options that say which store it is, and no others."""
        public = [each for each in self.options.split("&") if each.partition("=")[0] in _PUBLIC]
        return self.shown + ("?" + "&".join(public) if public else "")

    def __repr__(self) -> str:
        return f"RemoteUrl({self.shown!r})"


def parse_url(text: str) -> RemoteUrl | None:
    """Return the parts of a URL, or None if the text is none."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme = _SAME.get(match["scheme"].lower(), match["scheme"].lower())
    authority, rest = match["authority"], match["rest"]
    found = _OPTIONS.search(rest)
    options = found["options"] if found else ""
    path = rest[: found.start()] if found else rest
    secrets = _values_of(options, everything=scheme in _HTTP)
    before, at, host = authority.rpartition("@")
    user, _, password = before.partition(":")
    if scheme in _KEYS_BEFORE_AT:
        hidden, shown_authority = [user, password], host
    else:
        hidden, shown_authority = [password], f"{user}{at}{host}"
    secrets += [each for each in hidden if each]
    shown = f"{scheme}://{shown_authority}{path.rstrip('/')}"
    forms = {form for each in secrets for form in (each, unquote(each))}
    root = f"{scheme}://{authority}"
    return RemoteUrl(scheme, root, options, shown, tuple(sorted(forms, key=len, reverse=True)))


def _values_of(options: str, *, everything: bool) -> list[str]:
    """Return the values of options that may be secret."""
    pairs = (each.partition("=") for each in options.split("&") if each)
    values = [value for name, _, value in pairs if name not in _PUBLIC and len(value) > 5]
    return [*values, options] if everything and options else values
