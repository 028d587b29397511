"""The only numba code: arrays in, arrays out. Flags live in ``compile.py``."""
