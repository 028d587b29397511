"""Compiled kernels, the only numba code: arrays in, arrays out. Flags are in ``compile.py``."""

import functools
import os
import sys
from pathlib import Path

# Cache entries of these show that an earlier process has compiled the searches.
_SEARCH_KERNELS = {
    "tiles.pack_panels",
    "tiles.search_panels",
    "distances.rank_candidates",
}


def kernels_are_loaded() -> bool:
    """Whether this process has already imported numba and the kernels (0.4 s).

    Until then small inputs are processed without compiled code, with the same results.
    """
    return "smotefast.kernels.compile" in sys.modules


def kernels_were_compiled() -> bool:
    """Whether this process has compiled code that the next process loads from numba's cache."""
    module = sys.modules.get("smotefast.kernels.compile_events")
    return module is not None and module.compilations.n_kept > 0


@functools.cache
def kernels_are_compiled() -> bool:
    """Whether numba's cache on disk holds the search kernels for at least one dtype.

    Looks in ``__pycache__`` of this folder, or in ``NUMBA_CACHE_DIR``. False if the cache is
    in another folder or compiling is disabled.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    here = Path(__file__).parent
    cache = os.environ.get("NUMBA_CACHE_DIR")
    folders = Path(cache).glob(f"{here.name}_*") if cache else [here / "__pycache__"]
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    compiled = set()
    for entry in (path for folder in folders for path in folder.glob(f"*-*{version}*.nbi")):
        kernel = entry.name.partition("-")[0]
        source = here / f"{kernel.partition('.')[0]}.py"
        if kernel in _SEARCH_KERNELS and entry.stat().st_mtime > source.stat().st_mtime:
            compiled.add(kernel)
    return compiled == _SEARCH_KERNELS
