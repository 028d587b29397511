"""ML-ROS: copies of rows with minority labels."""

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


class MLROS(MultilabelSampler):
    """Over-sample multilabel data by copying rows with minority labels.

    Minority labels are those whose imbalance ratio is above the mean of all labels. Each of
    them in turn gets a copy of one of its rows, drawn with replacement, until the data have
    grown by ``percentage``. A label whose ratio has fallen to the mean gets no more.

    Parameters
    ----------
    percentage : float, default=25
        Number of rows to add, in percent of the rows of X.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Attributes
    ----------
    imbalance_ : LabelImbalance
        Imbalance of the labels before resampling.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Position in X of the row that each row of the result is, or is a copy of.
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
        If fewer rows are added, because all labels are balanced.

    See Also
    --------
    MLRUS : Remove rows instead.
    MLSMOTE : Interpolate between rows instead of copying them.

    References
    ----------
    F. Charte, A. J. Rivera, M. J. del Jesus, F. Herrera, "Addressing imbalance in multilabel
    classification: Measures and random resampling algorithms", Neurocomputing 163, 3-16, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.multilabel import MLROS, label_imbalance
    >>> X, y = np.arange(200).reshape(100, 2), np.zeros((100, 3), dtype=int)
    >>> y[:90, 0] = y[80:, 1] = y[90:, 2] = 1
    >>> X_new, y_new = MLROS(percentage=8, random_state=0).fit_resample(X, y)
    >>> print(y.sum(axis=0), "->", y_new.sum(axis=0))
    [90 20 10] -> [90 28 18]
    >>> print(f"{label_imbalance(y).mean_ir:.2f} -> {label_imbalance(y_new).mean_ir:.2f}")
    4.83 -> 3.07
    """

    _needs: ClassVar[Needs] = Needs(
        reads="nothing", measures_distance=False, target=SEVERAL_LABELS
    )
    _sets_sample_indices = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "percentage": [Interval(Real, 0, None, closed="neither")],
        **RANDOM_STATE,
    }

    sample_indices_: np.ndarray

    def __init__(self, *, percentage: float = 25, random_state: Seed = None) -> None:
        self.percentage = percentage
        self.random_state = random_state

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "sample_indices_", msg=NOT_RESAMPLED)
        return [Alignment(self._n_samples, self.sample_indices_)]

    def _resample_labels(
        self, table: Table, values: Any, labels: Labels
    ) -> tuple[Container, Container]:
        n_new = int(table.n_samples * self.percentage / 100)
        copies = self._draw_copies(labels, n_new)
        if len(copies) < n_new:
            self._messages.append(
                f"MLROS adds {len(copies)} rows instead of {n_new} (percentage="
                f"{self.percentage:g}): no label is left with an imbalance ratio above the "
                f"mean, {self.imbalance_.mean_ir:.3g}."
            )
        self.sample_indices_ = np.concatenate([np.arange(table.n_samples), copies])
        kept = self.sample_indices_
        return table.take(kept), labels.table.take(kept)

    def _draw_copies(self, labels: Labels, n_new: int) -> np.ndarray:
        """Return the positions of the rows to copy."""
        random_state = check_random_state(self.random_state)
        minority = self.imbalance_.minority()
        bags = labels.rows_with(minority)
        shares = iter(random_state.random_sample(n_new).tolist())

        def draw(index: int) -> int:
            rows = bags[index]
            return int(rows[int(next(shares) * len(rows))])

        mean = self.imbalance_.mean_ir
        return rows_in_turn(
            labels.matrix, minority, n_new, draw, sign=1, is_balanced=lambda ir: ir <= mean
        )
