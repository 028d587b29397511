"""Where compiled code is kept, so that no process but the first compiles.

numba keeps it beside the source or in the user's own cache folder. Where neither can be
written, a folder of the user's below the temporary directory serves. pynndescent asks for
a cache when it is imported, and cannot be imported where there is none.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import os
import shutil
import stat
import tempfile

from numba import config
from numba.core.caching import FunctionCache

from smotefast.kernels.compile_events import compiling_for_us


@functools.cache
def cache_is_possible() -> bool:
    """Make sure of a place for compiled code; tell whether there is one."""
    return _has_place() or (_take_own_directory() and _has_place())


@functools.cache
def graph_is_possible() -> bool:
    """Import pynndescent, with a place for its compiled code; tell whether that worked."""
    if not cache_is_possible():
        return False
    # It may lie in a folder of its own, which may be the one that is read-only.
    return _imports_pynndescent() or (_take_own_directory() and _imports_pynndescent())


def _has_place() -> bool:
    try:
        FunctionCache(own_directory)  # any function of this package
    except RuntimeError as error:  # "cannot cache function: no locator available"
        if "cannot cache" not in str(error):
            raise
        return False
    return True


def _imports_pynndescent() -> bool:
    try:
        with compiling_for_us():  # it compiles some of its functions when it is imported
            importlib.import_module("pynndescent")
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        return False
    return True


def chosen_directory() -> str | None:
    """Return where compiled code is kept, if that was said by somebody."""
    return config.CACHE_DIR or None


def _take_own_directory() -> bool:
    directory = own_directory()
    if directory is not None:
        config.CACHE_DIR = directory
    return directory is not None


def own_directory() -> str | None:
    """Return a folder below the temporary one that nobody else can write; None without.

    numba loads code from it: a folder that somebody else made under the name expected
    is not used.
    """
    try:
        owner = os.getuid() if hasattr(os, "getuid") else "user"
        directory = os.path.join(tempfile.gettempdir(), f"smotefast-numba-{owner}")
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if _is_own(directory):
            return directory
    except FileExistsError:
        pass
    except OSError:
        return None
    return _for_this_process()


def _is_own(directory: str) -> bool:
    """Whether a folder, not a link, belongs to this user and to nobody else."""
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode) or not os.access(directory, os.W_OK):
        return False
    if not hasattr(os, "getuid"):  # Windows: the temporary folder is the user's own
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _for_this_process() -> str | None:
    try:
        directory = tempfile.mkdtemp(prefix="smotefast-numba-")
    except OSError:
        return None
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory
