"""The only numba code: arrays in, arrays out. Flags live in ``compile.py``."""

import functools
import os
import sys
from pathlib import Path

_SEARCHES = {"tiles.pack_panels", "tiles.search_panels", "distances.rank_candidates"}


def kernels_are_loaded() -> bool:
    """Whether this process has paid for importing numba (0.4 s) and the kernels already.

    Until then, little work is done without compiled code; the bits are the same.
    """
    return "smotefast.kernels.compile" in sys.modules


def kernels_were_compiled() -> bool:
    """Whether this process has compiled code that the next one finds in numba's cache."""
    module = sys.modules.get("smotefast.kernels.compile_events")
    return module is not None and module.compilations.n_kept > 0


@functools.cache
def kernels_are_compiled() -> bool:
    """Whether an earlier process has compiled the searches, so that loading takes no longer.

    For some type of rows, that is: another one is compiled when it first comes. Looked for
    where numba keeps it for an installation that can be written, or where
    ``NUMBA_CACHE_DIR`` says. Elsewhere it is not seen, and the answer is no, as it is where
    numba is told not to compile.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    own = Path(__file__).parent
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folders = Path(chosen).glob(f"{own.name}_*") if chosen else [own / "__pycache__"]
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    changed = max(path.stat().st_mtime for path in own.glob("*.py"))
    left = {
        path.name.partition("-")[0]
        for folder in folders
        for path in folder.glob(f"*-*{version}*.nbi")
        if path.stat().st_mtime > changed
    }
    return left >= _SEARCHES
