"""Folder of numba's compile cache, so that only the first process compiles.

numba writes beside the source or to the user's cache folder. If it can write to neither, a
private folder in the temporary directory is used. pynndescent needs a cache when it is
imported: without one the import fails.
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
    """Whether numba can write its cache; uses a private folder if it must."""
    return _is_writable() or (_use_private_directory() and _is_writable())


@functools.cache
def pynndescent_is_possible() -> bool:
    """Import pynndescent, with a cache for its compiled code; tell whether that worked."""
    if not cache_is_possible():
        return False
    # Its cache may be in another folder than ours, and that one may be read-only.
    return _imports_pynndescent() or (_use_private_directory() and _imports_pynndescent())


def _is_writable() -> bool:
    try:
        FunctionCache(private_directory)  # any function of this package
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


def _use_private_directory() -> bool:
    directory = private_directory()
    if directory is not None:
        config.CACHE_DIR = directory
    return directory is not None


def private_directory() -> str | None:
    """Return a temporary folder that only this user can write to; None if there is none.

    numba loads and runs code from it, so a folder of the expected name that another user
    made is not used.
    """
    try:
        owner = os.getuid() if hasattr(os, "getuid") else "user"
        directory = os.path.join(tempfile.gettempdir(), f"smotefast-numba-{owner}")
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if _is_private(directory):
            return directory
    except FileExistsError:
        pass
    except OSError:
        return None
    return _directory_of_process()


def _is_private(directory: str) -> bool:
    """Whether a path is a folder, not a link, and only this user can write to it."""
    status = os.lstat(directory)
    if not stat.S_ISDIR(status.st_mode) or not os.access(directory, os.W_OK):
        return False
    if not hasattr(os, "getuid"):  # Windows: the temporary folder is the user's own
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _directory_of_process() -> str | None:
    """Create a folder that is deleted when the process ends."""
    try:
        directory = tempfile.mkdtemp(prefix="smotefast-numba-")
    except OSError:
        return None
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory
