"""``smotefast.progress``: display the progress of calls in memory as jobs display theirs."""

from __future__ import annotations

from contextlib import AbstractContextManager, ContextDecorator
from typing import Any

from smotefast._phases import displayed_by
from smotefast.report.progress import Callback, check_progress, make_progress


def progress(progress: bool | Callback | None = None) -> DisplayedBlock:
    """Display the progress of samplers called in this block.

    A display begins with a call of ``fit_resample`` and ends with it, also after an error or
    Ctrl-C. It shows one phase after the other, such as the search for neighbors, with the share
    of its rows that is done. Calls in other threads need their own block.

    Parameters
    ----------
    progress : bool, callable or None, default=None
        None shows a progress bar in a terminal or a notebook; True or False shows it or not. A
        callable is called with ``(rows_done, rows_total)`` of the current phase; an exception
        that it raises ends the call.

    Returns
    -------
    DisplayedBlock
        A context manager, which can be used again, and a decorator.

    Raises
    ------
    TypeError
        If ``progress`` is none of these.

    See Also
    --------
    smotefast.resample_dataset : Resample files; it has a parameter of the same name.

    Examples
    --------
    >>> import smotefast
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> calls = []
    >>> with smotefast.progress(lambda *rows: calls.append(rows)):
    ...     X_new, y_new = smotefast.SMOTE(random_state=0).fit_resample(X, y)
    >>> calls[-1]  # of the samples that were generated
    (802, 802)
    """
    check_progress(progress)
    return DisplayedBlock(progress)


class DisplayedBlock(ContextDecorator):
    """The context manager of ``progress``."""

    def __init__(self, progress: bool | Callback | None) -> None:
        self._progress = progress
        self._entered: list[AbstractContextManager[None]] = []

    def __enter__(self) -> None:
        block = displayed_by(lambda: make_progress(self._progress))
        block.__enter__()
        self._entered.append(block)

    def __exit__(self, *error: Any) -> None:
        self._entered.pop().__exit__(*error)
