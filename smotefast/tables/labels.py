"""Targets: labels for the samplers, and the same kind of container back.

y flows in as any container; plain labels flow out. New rows repeat labels that exist, so
any container is extended by taking rows of it: no dtype is ever converted back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast.tables.categories import is_missing
from smotefast.tables.protocol import library_of

Take = Callable[[np.ndarray], Any]

_MULTILABEL = (
    "y must be one label per row, or one-hot with exactly one 1 in each row. Multilabel and "
    "multioutput targets are not supported."
)


class Target:
    """An open target.

    Parameters
    ----------
    values
        Labels of shape (n_samples,), without missing ones. A one-hot target has the
        position of the 1 here.
    take
        Returns rows of the caller's container by position.
    """

    def __init__(self, values: np.ndarray, take: Take) -> None:
        self.values = values
        self._take = take

    def take(self, indices: np.ndarray) -> Any:
        """Return the labels at these positions, in the caller's kind of container."""
        return self._take(indices)

    def extend(self, labels: np.ndarray) -> Any:
        """Return the caller's kind of container with labels added; they must exist in it."""
        return self._take(np.concatenate([np.arange(len(self.values)), self._examples(labels)]))

    def _examples(self, labels: np.ndarray) -> np.ndarray:
        """Return for each label the position of a row that has it."""
        if not len(labels):
            return np.empty(0, dtype=np.int64)
        # Labels come class by class: a handful of runs, however many rows.
        starts = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
        known: dict[Any, int] = {}
        keys = label_keys(labels[starts])
        for label in keys:
            if label not in known:
                known[label] = self._first(label)
        examples = [known[label] for label in keys]
        return np.repeat(examples, np.diff(np.r_[starts, len(labels)]))

    def _first(self, label: Any) -> int:
        found = np.flatnonzero(self.values == label)
        if not len(found):
            raise ValueError(f"Label {label!r} does not occur in y.")
        return int(found[0])


def label_keys(labels: np.ndarray) -> list[Any]:
    """Return labels as plain objects; dates and time spans as NumPy's.

    ``tolist`` makes integers of nanoseconds and dates of days, which equal no label.
    """
    return list(labels) if labels.dtype.kind in "mM" else list(labels.tolist())


def open_target(y: Any) -> Target:
    """Open a container of labels, whatever library it comes from.

    Raises
    ------
    ValueError
        If y is not binary or multiclass: continuous, multilabel, missing or mixed labels.
    """
    match library_of(y):
        case "pandas":
            from smotefast.tables.native_labels import pandas_labels

            return _target(*pandas_labels(y))
        case "polars":
            from smotefast.tables.native_labels import polars_labels

            return _target(*polars_labels(y))
        case "pyarrow":
            from smotefast.tables.native_labels import arrow_labels

            return _target(*arrow_labels(y))
        case "narwhals":
            from smotefast.tables.narwhals_frames import wrapper_like

            inner, wrap = open_target(y.to_native()), wrapper_like(y)
            return Target(inner.values, lambda indices: wrap(inner.take(indices)))
        case "scipy":
            raise ValueError("y is sparse; pass y.toarray().")
    if isinstance(y, list):
        return _target(y, lambda indices: [y[i] for i in indices.tolist()])
    plain = np.asarray(y) if hasattr(y, "__array__") else y
    if getattr(plain, "dtype", None) is not None and plain.dtype.kind == "T":
        # scikit-learn does not know NumPy's variable-width strings yet.
        return _target(plain.astype(object), lambda at: np.take(plain.reshape(-1), at))
    return _target(plain, None)


def _target(plain: Any, take: Take | None) -> Target:
    values = label_values(plain)
    if take is None:
        # A column of shape (n, 1) comes back as (n,), one-hot as it was.
        array = np.asarray(plain)
        kept = array if array.ndim == 2 and array.shape[1] > 1 else values
        return Target(values, lambda indices: np.take(kept, indices, axis=0))
    return Target(values, take)


def label_values(y: Any) -> np.ndarray:
    """Return labels of shape (n_samples,); refuse what is not a classification target.

    Parameters
    ----------
    y
        Array-like of labels, or one-hot of shape (n_samples, n_classes).
    """
    from sklearn.utils import column_or_1d
    from sklearn.utils.multiclass import check_classification_targets, type_of_target

    if _are_plain(y):
        return np.asarray(y)
    _refuse_missing(y)
    try:
        kind = type_of_target(y, input_name="y")
    except TypeError as why:
        if "bytes" in str(why):
            raise
        raise ValueError(
            f"y mixes labels that cannot be sorted: {why}. Make them one type, such as text: "
            "y.astype(str)."
        ) from why
    if kind == "multilabel-indicator":
        return _from_one_hot(np.asarray(y))
    if kind == "unknown" and np.asarray(y).dtype == object:
        raise ValueError(_unknown_objects(y))
    if kind not in {"binary", "multiclass", "multiclass-multioutput"}:
        check_classification_targets(y)  # raises, in scikit-learn's words
    return np.asarray(column_or_1d(y))


def _are_plain(y: Any) -> bool:
    """Whether y is an array of integers or texts, which are labels without a further look.

    scikit-learn sorts them twice to find out: 33,000 texts take 50 ms, this 1 ms.
    """
    if not (type(y) is np.ndarray and y.ndim == 1 and len(y)):
        return False
    if y.dtype.kind in "biuU":
        return True
    try:
        return y.dtype.kind == "O" and all(type(label) is str for label in set(y.tolist()))
    except TypeError:  # what cannot be hashed is no text
        return False


def _from_one_hot(y: np.ndarray) -> np.ndarray:
    """Return which column holds the 1 in each row.

    imbalanced-learn lets a row without any 1 pass, as the first class.
    """
    if np.any((y != 0).sum(axis=1) != 1):
        raise ValueError(_MULTILABEL)
    return np.asarray((y != 0).argmax(axis=1))


def _unknown_objects(y: Any) -> str:
    """Return why Python objects are no labels, and what to do."""
    labels = list(np.asarray(y).flat)
    kinds = sorted({type(label).__name__ for label in labels})
    to = _label_type(labels)
    step = f"[{to}(label) for label in y]" if isinstance(y, list) else f"y.astype({to})"
    return (
        "Unknown label type: unknown. y has dtype object and holds values of type "
        f"{' and '.join(kinds[:3])}, as frame.to_numpy()[:, -1] gives where columns have "
        f"several types. If they are classes, convert them first: {step}."
    )


def _label_type(labels: list[Any]) -> str:
    """Return the name of the type that Python objects can be converted to as labels."""
    if all(isinstance(label, bool | np.bool_) for label in labels):
        return "bool"
    try:
        whole = all(abs(int(label)) < 2**63 and label == int(label) for label in labels)
    except (TypeError, ValueError, OverflowError):
        return "str"
    return "int" if whole else "str"


def _refuse_missing(y: Any) -> None:
    from sklearn.utils import assert_all_finite

    from smotefast.tables.native_labels import missing_labels

    missing, then = 0, ""
    if isinstance(y, list | tuple):
        missing = sum(map(is_missing, y))
    elif isinstance(y, np.ndarray) and y.dtype.kind == "f":
        assert_all_finite(y, input_name="y")
    elif isinstance(y, np.ndarray) and y.dtype.kind in "mM":
        missing = int(np.isnat(y).sum())
    elif isinstance(y, np.ndarray) and y.dtype.kind == "O":
        known = [label for label in y.flat if not is_missing(label)]
        missing = y.size - len(known)
        if not all(isinstance(label, str) for label in known):
            to = _label_type(known)
            then = f", and convert the rest, which has dtype object: y.astype({to})"
    if missing:
        raise missing_labels(missing, then)
