"""The only numba code: arrays in, arrays out. Flags live in ``compile.py``."""

import sys


def kernels_are_loaded() -> bool:
    """Whether this process has paid for importing numba (0.4 s) and the kernels already.

    Until then, little work is done without compiled code; the bits are the same.
    """
    return "smotefast.kernels.compile" in sys.modules
