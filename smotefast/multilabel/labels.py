"""Indicator matrices of labels, and the measures of their imbalance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from smotefast._typing import Container
from smotefast.exceptions import NotNumericError
from smotefast.tables import Table, open_table
from smotefast.tables.arrays import refuse_masked


class LabelImbalance(NamedTuple):
    """How imbalanced labels are.

    Attributes
    ----------
    irlbl
        Imbalance ratio of each label: rows with the most frequent label for each row with this
        one, shape (n_labels,). Infinite for a label that no row has.
    mean_ir
        Mean of the ratios of labels that some row has.
    cvir
        Their coefficient of variation: the standard deviation of a sample over the mean.
    """

    irlbl: np.ndarray
    mean_ir: float
    cvir: float

    def minority(self) -> np.ndarray:
        """Return the minority labels, whose ratio is above the mean, by position."""
        return np.flatnonzero((self.irlbl > self.mean_ir) & np.isfinite(self.irlbl))

    def majority(self) -> np.ndarray:
        """Return the majority labels, whose ratio is below the mean, by position."""
        return np.flatnonzero(self.irlbl < self.mean_ir)


def label_imbalance(y: Container) -> LabelImbalance:
    """Measure how imbalanced labels are: IRLbl, MeanIR and CVIR.

    Parameters
    ----------
    y : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_labels)
        1 where a row has a label, else 0.

    Returns
    -------
    LabelImbalance
        ``irlbl`` of shape (n_labels,), ``mean_ir`` and ``cvir``.

    Raises
    ------
    ValueError
        If y has other values than 0 and 1, or no 1.

    References
    ----------
    F. Charte, A. J. Rivera, M. J. del Jesus, F. Herrera, "Addressing imbalance in multilabel
    classification: Measures and random resampling algorithms", Neurocomputing 163, 3-16, 2015.

    Examples
    --------
    >>> from smotefast.multilabel import label_imbalance
    >>> measured = label_imbalance([[1, 0], [1, 0], [1, 1], [1, 0]])
    >>> measured.irlbl
    array([1., 4.])
    >>> print(measured.mean_ir, round(measured.cvir, 2))
    2.5 0.85
    """
    return imbalance_of_counts(counts_of(open_labels(y).matrix))


def counts_of(labels: csr_array) -> np.ndarray:
    """Return the number of rows with each label, shape (n_labels,)."""
    return np.bincount(labels.indices, minlength=labels.shape[1])


def imbalance_of_counts(counts: np.ndarray) -> LabelImbalance:
    """Measure the imbalance of labels that so many rows have."""
    with np.errstate(divide="ignore"):
        irlbl = counts.max() / counts
    finite = irlbl[counts > 0]
    mean = float(finite.mean())
    deviation = float(np.std(finite, ddof=1)) if len(finite) > 1 else 0.0
    return LabelImbalance(irlbl, mean, deviation / mean)


class Labels:
    """The labels of y, and y itself to take rows from.

    Parameters
    ----------
    table
        y as a table.
    matrix
        The same as a CSR matrix with an entry of 1 for each label of a row.
    """

    def __init__(self, table: Table, matrix: csr_array) -> None:
        self.table, self.matrix = table, matrix

    def rows_with(self, labels: np.ndarray) -> list[np.ndarray]:
        """Return for each of some labels the positions of the rows that have it, ascending."""
        columns = self.matrix.tocsc()
        ends = columns.indptr
        return [np.sort(columns.indices[ends[label] : ends[label + 1]]) for label in labels]

    def extend(self, new: csr_array) -> Container:
        """Return y with rows of labels appended."""
        if self.table.is_sparse:
            return self.table.append_sparse(new if new.shape[0] else None)

        def fill(out: np.ndarray) -> None:
            out[:] = new.toarray()

        return self.table.extend(new.shape[0], fill)


def _dimensions(y: Container) -> int:
    """Return the number of dimensions of y; 1 for lists of labels."""
    try:
        return np.ndim(y)
    except ValueError:  # lists of different lengths
        return 1


def open_labels(y: Container) -> Labels:
    """Open an indicator matrix of any library.

    Raises
    ------
    ValueError
        If y has other values than 0 and 1, or no 1.
    """
    if y is None:
        raise ValueError("The sampler requires y to be passed, but the target y is None.")
    refuse_masked(y, "y")
    if _dimensions(y) == 1 and not hasattr(y, "schema"):
        raise ValueError(
            "y has one dimension. Multilabel data need a column for each label, with 1 in rows "
            "that have it, such as sklearn.preprocessing.MultiLabelBinarizer returns."
        )
    try:
        table = open_table(y)
        values: Any = table.to_matrix()
    except NotNumericError as error:
        column = "it" if error.args[1] is None else f"column {error.args[1]!r}"
        raise ValueError(
            f"y must be a matrix of 0 and 1 with a column for each label, and {column} holds "
            "text, categories or other objects. Convert 0 and 1 to numbers, such as by "
            "y.astype(int); sklearn.preprocessing.MultiLabelBinarizer makes a matrix of labels."
        ) from error
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"y must be a matrix of 0 and 1 with a column for each label ({error}). "
            "sklearn.preprocessing.MultiLabelBinarizer makes one of lists of labels."
        ) from error
    if values.dtype == np.float16:  # scipy has no such matrices
        values = values.astype(np.float32)
    matrix = csr_array(values, copy=True)
    matrix.eliminate_zeros()
    if not (matrix.data == 1).all():
        raise ValueError(
            "y has other values than 0 and 1. It must have a column for each label, with 1 in "
            "rows that have it; sklearn.preprocessing.MultiLabelBinarizer makes one."
        )
    if not matrix.nnz:
        raise ValueError("y has no 1: no row has a label, so there is nothing to balance.")
    return Labels(table, matrix.astype(np.int32))
