"""The process as the system sees it: its resident memory, and the signals that end it.

This module imports nothing large: a process that measures another library loads it, too.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator


def read_status(name: str) -> int:
    """Return a number of bytes of Linux's status of this process; 0 on other systems."""
    try:
        with open("/proc/self/status") as lines:
            for line in lines:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def resident_bytes() -> int:
    """Return the current resident memory of this process.

    On macOS, which does not report it, this is the peak so far; on Windows it is 0.
    """
    return read_status("VmRSS") or peak_bytes()


def peak_bytes() -> int:
    """Return the peak resident memory since the start of this process; 0 on Windows."""
    peak = read_status("VmHWM")
    if peak:
        return peak
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def reset_peak() -> bool:
    """Let Linux count the peak of this process from here on; return whether it does."""
    try:
        with open("/proc/self/clear_refs", "w") as control:
            control.write("5")
    except OSError:
        return False
    return True


class SignalError(KeyboardInterrupt):
    """SIGTERM or SIGHUP, to be handled as Ctrl-C is.

    Attributes
    ----------
    number
        The number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def signal_name(error: KeyboardInterrupt) -> str:
    """Return what interrupted a program: "SIGINT", "SIGTERM" or "SIGHUP"."""
    number = error.number if isinstance(error, SignalError) else signal.SIGINT
    return signal.Signals(number).name


def _exit(number: int) -> BaseException:
    return SystemExit(128 + number)


@contextlib.contextmanager
def exit_on_signals(error: Callable[[int], BaseException] = _exit) -> Iterator[None]:
    """Raise SystemExit(128 + number) on SIGTERM and SIGHUP, so that cleanup code runs.

    Signals that the program handles or ignores are not changed, nor is anything outside the
    main thread.

    Parameters
    ----------
    error
        Function of the number of the signal that returns the exception to raise in place of
        SystemExit.
    """
    is_main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    unhandled = [n for n in numbers if is_main and signal.getsignal(n) is signal.SIG_DFL]

    def raise_error(number: int, frame: object) -> None:
        raise error(number)

    for number in unhandled:
        signal.signal(number, raise_error)
    try:
        yield
    finally:
        for number in unhandled:
            signal.signal(number, signal.SIG_DFL)
