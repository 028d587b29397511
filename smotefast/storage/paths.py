"""Check paths of sources and destinations, and open names that are not UTF-8 with Arrow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

PARQUET = (".parquet", ".pq", ".parq")
# File extensions of other data formats and of compressed files.
OTHER_FORMATS = {
    **dict.fromkeys((".csv", ".tsv", ".psv", ".txt"), "a text table"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".xml", ".yaml", ".yml"), "structured text"),
    **dict.fromkeys((".arrow", ".feather", ".ipc", ".arrows"), "an Arrow file"),
    **dict.fromkeys((".avro", ".orc", ".lance", ".vortex"), "another columnar format"),
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"), "a spreadsheet"),
    **dict.fromkeys((".h5", ".hdf", ".hdf5", ".nc", ".zarr"), "an array file"),
    **dict.fromkeys((".npy", ".npz", ".mat", ".arff", ".svmlight", ".libsvm"), "an array file"),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), "a pickle"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".duckdb", ".mdb", ".sql"), "a database"),
    **dict.fromkeys((".dta", ".sas7bdat", ".xpt", ".sav", ".rds", ".rdata"), "statistics data"),
    **dict.fromkeys(
        (".gz", ".gzip", ".bz2", ".xz", ".lzma", ".zst", ".lz4"), "compressed data"
    ),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar", ".br"), "compressed data"),
    **dict.fromkeys((".snappy", ".sz", ".z"), "compressed data"),
}
_EXPECTED = {
    "source": "a Parquet file, of a folder of Parquet files, or a pattern",
    "destination": "the file to create, such as 'balanced.parquet', or of a folder",
}
_NO_STREAM = {
    "source": "read from standard input, because its index is at the end",
    "destination": "written to standard output, because a result is either complete or absent",
}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")


def local_path(path: object, name: str) -> str:
    """Return the path of a source or destination as text.

    Parameters
    ----------
    path
        A str, bytes or ``os.PathLike`` with the name of a local file or folder, or a URL that
        begins with ``file://``. That of a source may be a pattern.
    name
        "source" or "destination", for messages.

    Raises
    ------
    TypeError
        If it is not a path, but for example a frame or an open file.
    ValueError
        If it is empty, another URL, a pattern for a destination, or "-" for standard input or
        output.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise TypeError(_not_a_path(path, name))
    text = os.fsdecode(path)
    if not text.strip():
        raise ValueError(f"{name}={text!r} is empty. Use the path of {_EXPECTED[name]}.")
    if "\0" in text:
        raise ValueError(f"{name}={text!r} contains a null byte, which is invalid in paths.")
    if text == "-":
        raise ValueError(
            f"{name}='-' is not supported: Parquet is not {_NO_STREAM[name]}. "
            f"Use the path of {_EXPECTED[name]}."
        )
    if os.path.lexists(text):
        return text
    if text.lower().startswith("file://"):
        return _path_of_url(text, name)
    _refuse_url(text, name)
    refuse_pattern(text, name)
    return text


def _path_of_url(url: str, name: str) -> str:
    from urllib.request import url2pathname  # imports HTTP clients: 0.02 s

    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise ValueError(f"{name}={url!r} names the host {parts.netloc!r}; use a local path.")
    return url2pathname(parts.path)


def _not_a_path(value: object, name: str) -> str:
    """Return the error message for a value that is not a path."""
    class_name = f"{type(value).__module__.partition('.')[0]}.{type(value).__qualname__}"
    described = "None" if value is None else f"a {class_name.removeprefix('builtins.')}"
    if hasattr(value, "read") or hasattr(value, "write"):
        advice = "Open files are not supported: use the path, such as file.name."
    elif isinstance(value, list | tuple | set | frozenset) or hasattr(value, "__next__"):
        advice = "Several paths are not supported: " + (
            "give a list of paths." if name == "source" else "a job has one destination."
        )
    elif name == "source" and (hasattr(value, "columns") or hasattr(value, "schema")):
        advice = (
            "Use a sampler's fit_resample for a table in memory, or write the table to a "
            "Parquet file first and use its path."
        )
    else:
        advice = f"Use the path of {_EXPECTED[name]}, as a str or pathlib.Path."
    return f"{name} is {described}, not a path. {advice}"


def _refuse_url(text: str, name: str) -> None:
    match = _URL.match(text)
    if match is None:
        return
    advice = f"Write {match[1]}:// with two slashes, as text: a pathlib.Path joins them."
    if match[1].lower() == "file":
        advice = "Use 'file:///', with three slashes."
    raise ValueError(f"{name}={text!r} is neither a path nor a complete URL. {advice}")


def refuse_pattern(text: str, name: str) -> None:
    """Raise ValueError for a pattern as a destination, and for a home folder."""
    if text.startswith("~"):
        raise ValueError(
            f"{name}={text!r} begins with '~', which is not expanded. Use os.path.expanduser, "
            "or the full path."
        )
    if name == "destination" and any(character in text for character in "*?"):
        raise ValueError(
            f"destination={text!r} is a pattern. Use the name of one file or folder."
        )


def other_format(path: str) -> str | None:
    """Return the part of a message that names the other format of a file extension, or None."""
    extension = os.path.splitext(path)[1].lower()
    what = OTHER_FORMATS.get(extension)
    return None if what is None else f"has the extension {extension!r} of {what}"


def printable_path(path: str) -> str:
    r"""Return a path as printable text: bytes that are not UTF-8 as ``\xff``.

    Examples
    --------
    >>> print(printable_path(os.fsdecode(b"caf\xe9.parquet")))
    caf\xe9.parquet
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def arrow_path(path: str, flags: int = os.O_RDONLY) -> Iterator[str]:
    """Yield a name by which Arrow can open a file; Arrow supports UTF-8 names only.

    Parameters
    ----------
    path
        The file.
    flags
        Flags for ``os.open``, which opens a file whose name is not UTF-8.
    """
    if is_utf8(path):
        yield path
        return
    descriptor = os.open(path, flags, 0o666)
    try:  # Arrow opens this name again, so the descriptor can be closed
        yield f"/dev/fd/{descriptor}"
    finally:
        os.close(descriptor)


def is_utf8(path: str) -> bool:
    """Whether a path is UTF-8, so that Arrow can open a file by its name."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
