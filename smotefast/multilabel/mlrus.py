"""ML-RUS: fewer rows with majority labels only."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from smotefast._typing import Container
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import RANDOM_STATE, Interval
from smotefast.multilabel.base import SEVERAL_LABELS, MultilabelSampler
from smotefast.multilabel.labels import Labels
from smotefast.multilabel.turns import rows_in_turn
from smotefast.tables import Table
from smotefast.typing import Seed


class MLRUS(MultilabelSampler):
    """Under-sample multilabel data by removing rows that have majority labels only.

    Majority labels are those whose imbalance ratio is below the mean of all labels. Each of
    them in turn loses a row, drawn without replacement among its rows without a minority label,
    until ``percentage`` of the rows are removed. A label whose ratio has risen to the mean
    loses no more.

    Parameters
    ----------
    percentage : float, default=25
        Number of rows to remove, in percent of the rows of X.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Attributes
    ----------
    imbalance_ : LabelImbalance
        Imbalance of the labels before resampling.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Positions in X of the rows that are kept, ascending.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If y is not a matrix of 0 and 1.

    Warns
    -----
    ResamplingWarning
        If fewer rows are removed, because no label has such rows, or all are balanced.

    See Also
    --------
    MLROS : Copy rows with minority labels instead.

    Notes
    -----
    That rows with a minority label are never removed is the rule of the authors' reference
    implementation (the R package mldr.resampling). The turns of the labels are those of the
    paper.

    References
    ----------
    F. Charte, A. J. Rivera, M. J. del Jesus, F. Herrera, "Addressing imbalance in multilabel
    classification: Measures and random resampling algorithms", Neurocomputing 163, 3-16, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.multilabel import MLRUS
    >>> y = np.zeros((100, 3), dtype=int)
    >>> y[:90, 0] = y[80:, 1] = y[96:, 2] = 1
    >>> X_new, y_new = MLRUS(random_state=0).fit_resample(np.arange(200).reshape(100, 2), y)
    >>> print(y.sum(axis=0), "->", y_new.sum(axis=0))
    [90 20  4] -> [71  8  4]
    """

    _needs: ClassVar[Needs] = Needs(
        reads="nothing", measures_distance=False, target=SEVERAL_LABELS
    )
    _sets_sample_indices = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "percentage": [Interval(Real, 0, 100, closed="neither")],
        **RANDOM_STATE,
    }

    sample_indices_: np.ndarray

    def __init__(self, *, percentage: float = 25, random_state: Seed = None) -> None:
        self.percentage = percentage
        self.random_state = random_state

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "sample_indices_", msg=NOT_RESAMPLED)
        return [Alignment(self._n_samples, self.sample_indices_, keeps_index=True)]

    def _resample_labels(
        self, table: Table, values: Any, labels: Labels
    ) -> tuple[Container, Container]:
        n_removed = int(table.n_samples * self.percentage / 100)
        removed = self._draw_removed(labels, n_removed)
        if len(removed) < n_removed:
            self._messages.append(
                f"MLRUS removes {len(removed)} rows instead of {n_removed} (percentage="
                f"{self.percentage:g}): no label is left with an imbalance ratio below the "
                f"mean, {self.imbalance_.mean_ir:.3g}, and rows without a minority label."
            )
        kept = np.delete(np.arange(table.n_samples), removed)
        self.sample_indices_ = kept
        return table.take(kept), labels.table.take(kept)

    def _draw_removed(self, labels: Labels, n_removed: int) -> np.ndarray:
        """Return the positions of the rows to remove."""
        random_state = check_random_state(self.random_state)
        imbalance = self.imbalance_
        majority = imbalance.majority()
        is_gone = np.zeros(labels.matrix.shape[0], dtype=bool)  # and rows that never go
        for rows in labels.rows_with(imbalance.minority()):
            is_gone[rows] = True
        queues = [iter(random_state.permutation(rows)) for rows in labels.rows_with(majority)]

        def draw(index: int) -> int:
            row = next((row for row in queues[index] if not is_gone[row]), -1)
            is_gone[row] = row >= 0 or is_gone[row]
            return int(row)

        mean = imbalance.mean_ir
        return rows_in_turn(
            labels.matrix,
            majority,
            n_removed,
            draw,
            sign=-1,
            is_balanced=lambda ir: not ir < mean,
        )
