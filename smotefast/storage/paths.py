"""Paths as users give them: which are taken, and how Arrow opens names that are not UTF-8.

Anything flows in; a local path as text flows out, or an error with the next step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PARQUET = (".parquet", ".pq", ".parq")
# Names that end so are taken for data in another format, or packed.
OTHER_DATA = {
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
    **dict.fromkeys((".gz", ".gzip", ".bz2", ".xz", ".lzma", ".zst", ".lz4"), "a packed file"),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar", ".br"), "a packed file"),
    **dict.fromkeys((".snappy", ".sz", ".z"), "a packed file"),
}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")


def local_path(path: Any, name: str) -> str:
    """Return the path of a source or destination as text.

    Parameters
    ----------
    path
        A str, bytes or ``os.PathLike`` that names a file or folder of this machine.
    name
        "source" or "destination", for messages.

    Raises
    ------
    TypeError
        If it is no path; says what to do with a frame, a list or an open file.
    ValueError
        If it is empty, a URL, a pattern, or stands for standard input or output.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise TypeError(_no_path(path, name))
    text = os.fsdecode(path)
    if not text.strip():
        raise ValueError(f"{name}={text!r} is empty. Give the path of {_WANTED[name]}.")
    if "\0" in text:
        raise ValueError(f"{name}={text!r} holds a null byte, which no path can.")
    if text == "-":
        raise ValueError(
            f"{name}='-' is not taken: Parquet is not {_PIPED[name]}. "
            f"Give the path of {_WANTED[name]}."
        )
    if not os.path.lexists(text):
        _refuse_url(text, name)
        _refuse_pattern(text, name)
    return text


_WANTED = {
    "source": "a Parquet file, or of a folder of Parquet files",
    "destination": "the file to make, such as 'balanced.parquet', or of a folder",
}
_PIPED = {
    "source": "read from standard input, because its index is at the end",
    "destination": "written to standard output, because a result is complete or absent",
}


def _no_path(given: Any, name: str) -> str:
    """Say what to do with something that is no path."""
    kind = f"{type(given).__module__.partition('.')[0]}.{type(given).__qualname__}"
    kind = "None" if given is None else f"a {kind.removeprefix('builtins.')}"
    if hasattr(given, "read") or hasattr(given, "write"):
        advice = "Open files are not taken: give the path, such as file.name."
    elif isinstance(given, list | tuple | set | frozenset) or hasattr(given, "__next__"):
        advice = "Several paths are not taken: " + (
            "move or link the files into one folder and name the folder."
            if name == "source"
            else "one job has one destination."
        )
    elif name == "source" and (hasattr(given, "columns") or hasattr(given, "schema")):
        advice = (
            "Tables in memory are resampled by fit_resample of a sampler. Or write the table "
            "to a Parquet file first and give its path."
        )
    else:
        advice = f"Give the path of {_WANTED[name]}, as a str or pathlib.Path."
    return f"{name} is {kind}, not a path. {advice}"


def _refuse_url(text: str, name: str) -> None:
    found = _URL.match(text)
    if found is None:
        return
    advice = "Copy the data to this machine first, or mount the storage, and give that path."
    if name == "destination":
        advice = "Write to a path of this machine, and copy the result afterwards."
    if found[1].lower() == "file":
        advice = "Leave 'file://' out."
    raise ValueError(f"{name}={text!r} is a URL, and jobs take local paths only. {advice}")


def _refuse_pattern(text: str, name: str) -> None:
    if text.startswith("~"):
        raise ValueError(
            f"{name}={text!r} begins with '~', which is not replaced by a home folder. Give "
            "os.path.expanduser of it, or the whole path."
        )
    if name == "source" and any(sign in text for sign in "*?[{"):
        raise ValueError(
            f"source={text!r} does not exist, and patterns are not expanded. Name the folder "
            "that holds the files; move or link them into one if it holds others too."
        )
    if name == "destination" and any(sign in text for sign in "*?"):
        raise ValueError(
            f"destination={text!r} is a pattern. Give the name of one file or folder."
        )


def other_format(path: str) -> str | None:
    """Return what a name's ending says that it is, if that is data other than Parquet."""
    ending = os.path.splitext(path)[1].lower()
    what = OTHER_DATA.get(ending)
    return None if what is None else f"ends in {ending!r}, as {what} does"


def shown_path(path: str) -> str:
    r"""Return a path for people: bytes that are not UTF-8 as ``\xff``.

    Examples
    --------
    >>> print(shown_path(os.fsdecode(b"caf\xe9.parquet")))
    caf\xe9.parquet
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def arrow_path(path: str, flags: int = os.O_RDONLY) -> Iterator[str]:
    """Yield a name under which Arrow opens a file; Arrow takes UTF-8 only.

    Parameters
    ----------
    path
        The file.
    flags
        How the system opens it where Arrow cannot open it by its own name.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        descriptor = os.open(path, flags, 0o666)
        try:  # opened a second time by this name, so the descriptor can be closed
            yield f"/dev/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        yield path
