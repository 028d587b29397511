"""Messages of a verbose patch: what is replaced, and how many calls and seconds at exit."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Usage:
    """Calls of ``fit_resample`` of replaced samplers in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = threading.local()
        self._is_verbose = self._prints_at_exit = False
        self._calls: Counter[str] = Counter()
        self._seconds = 0.0

    def set_verbose(self, is_verbose: bool) -> None:
        """Print messages, or do not; a summary at exit is printed only if it ever did."""
        self._is_verbose = is_verbose
        if is_verbose and not self._prints_at_exit:
            self._prints_at_exit = True
            atexit.register(self._print_summary)

    def announce_patch(self, n_classes: int, version: str) -> None:
        """Print how many classes are replaced."""
        if self._is_verbose:
            _print(f"samplers of imbalanced-learn {version} that are replaced: {n_classes}")

    @contextmanager
    def call_of(self, original: type) -> Iterator[None]:
        """Count a call, unless it is a step of another one."""
        if not self._is_verbose or getattr(self._inside, "a_call", False):
            yield
            return
        self._announce_class(original)
        self._inside.a_call = True
        start = time.perf_counter()
        try:
            yield
        finally:
            self._inside.a_call = False
            with self._lock:
                self._calls[original.__name__] += 1
                self._seconds += time.perf_counter() - start

    def _announce_class(self, original: type) -> None:
        with self._lock:
            is_first = original.__name__ not in self._calls
            self._calls[original.__name__] += 0
        if is_first:
            subpackage = ".".join(original.__module__.split(".")[:2])
            _print(f"{subpackage}.{original.__name__} is replaced")

    def _print_summary(self) -> None:
        n_calls = self._calls.total()
        calls = ", ".join(f"{name} {n}" for name, n in self._calls.items())
        _print(
            f"{n_calls} call{'' if n_calls == 1 else 's'} of fit_resample in this process took "
            f"{self._seconds:.2f} s{f' ({calls})' if calls else ''}"
        )


def _print(text: str) -> None:
    if sys.stderr is not None:
        print(f"smotefast: {text}", file=sys.stderr)


USAGE = Usage()
