"""MLSMOTE: SMOTE for multilabel data."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from scipy.sparse import vstack
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from smotefast._phases import phase
from smotefast._threads import thread_count
from smotefast._typing import Container
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.needs import Needs
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import RANDOM_STATE, SEARCH, Interval, StrOptions
from smotefast.engine.recipes import Origins, Provenance
from smotefast.multilabel.bags import find_bag, label_sets, sample_recipe
from smotefast.multilabel.base import SEVERAL_LABELS, MultilabelSampler
from smotefast.multilabel.labels import Labels
from smotefast.over_sampling.columns.positions import MixedColumns
from smotefast.tables import Table
from smotefast.typing import Search, Seed


class MLSMOTE(MultilabelSampler):
    """Over-sample multilabel data: interpolate between rows that share a minority label.

    Minority labels are those whose imbalance ratio is above the mean of all labels. For each of
    them, every row that has it is the base row of one synthetic sample. Its numbers lie between
    those of the row and of one of its nearest neighbors among the rows with the label; each
    category is the most frequent one of the neighbors. The labels of the sample come from the
    row and all of its neighbors, by ``label_set``.

    Parameters
    ----------
    label_set : {"ranking", "union", "intersection"}, default="ranking"
        Which labels a sample gets: those that more than half of the row and its neighbors have,
        that any of them has, or that all of them have.
    k_neighbors : int, default=5
        Number of nearest neighbors to choose from, and to take labels and categories from.
    categorical_features : {"not numeric", "auto"} or array-like, default="not numeric"
        The categorical columns; as for :class:`~smotefast.over_sampling.SMOTENC`. "not
        numeric": columns of text, categories, booleans and dates.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. All labels draw from one generator.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`~smotefast.over_sampling.SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.

    Attributes
    ----------
    imbalance_ : LabelImbalance
        Imbalance of the labels before resampling.
    minority_labels_ : ndarray
        The labels whose rows are base rows: columns of y.
    categorical_features_ : ndarray
        Positions of the categorical columns.
    provenance_ : Provenance
        Base row, neighbor and step of each synthetic sample, computed at each access.
    search_ : str or None
        How neighbors were found: "exact", "approximate", or None if there are no samples.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If y is not a matrix of 0 and 1, or X is not finite.

    Warns
    -----
    ResamplingWarning
        If a minority label has ``k_neighbors`` rows or fewer: its samples use fewer neighbors,
        and a label with one row gets none. If there is no minority label.

    See Also
    --------
    MLROS : Copy rows with minority labels.
    label_imbalance : IRLbl, MeanIR and CVIR.

    Notes
    -----
    A sample has one step for all columns, as in SMOTE, so that it lies between two rows; the
    paper's pseudo-code draws a number for each column. Synthetic samples are neither base rows
    nor neighbors of later labels, as in the authors' reference implementation (the R package
    mldr.resampling). The distance is Euclidean for numbers; a category counts by the value
    difference metric for the label: with p and q the shares of rows of two categories that have
    it, 2 (p - q)^2 is added to the squared distance.

    References
    ----------
    F. Charte, A. J. Rivera, M. J. del Jesus, F. Herrera, "MLSMOTE: Approaching imbalanced
    multilabel learning through synthetic instance generation", Knowledge-Based Systems 89,
    385-397, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.multilabel import MLSMOTE
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> y = np.zeros((100, 3), dtype=int)
    >>> y[:90, 0] = y[80:, 1] = y[90:, 2] = 1
    >>> X_new, y_new = MLSMOTE(random_state=0).fit_resample(X, y)
    >>> print(y.sum(axis=0), "->", y_new.sum(axis=0))
    [90 20 10] -> [90 30 20]
    """

    _needs: ClassVar[Needs] = Needs(
        reads="everything",
        takes_categories=True,
        neighbors_parameter="k_neighbors",
        text_advice="Name it in categorical_features, or drop it.",
        target=SEVERAL_LABELS,
    )
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "label_set": [StrOptions({"ranking", "union", "intersection"})],
        "k_neighbors": [Interval(Integral, 1, None, closed="left")],
        "categorical_features": [StrOptions({"auto", "not numeric"}), "array-like"],
        **RANDOM_STATE,
        **SEARCH,
    }

    _origins: list[Origins]

    def __init__(
        self,
        *,
        label_set: Literal["ranking", "union", "intersection"] = "ranking",
        k_neighbors: int = 5,
        categorical_features: Any = "not numeric",
        random_state: Seed = None,
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.label_set = label_set
        self.k_neighbors = k_neighbors
        self.categorical_features = categorical_features
        self.random_state = random_state
        self.search = search
        self.n_jobs = n_jobs

    @property
    def provenance_(self) -> Provenance:
        """Base row, neighbor and step of each synthetic sample, computed at each access.

        Synthetic sample i is row ``len(X) + i`` of the result.
        """
        self._check_fitted("provenance_", "_origins")
        return provenance_of(self._origins)

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "_origins", msg=NOT_RESAMPLED)
        provenance = self.provenance_
        positions = np.concatenate([np.arange(self._n_samples), provenance.base])
        return [Alignment(self._n_samples, positions, provenance)]

    def _read(self, table: Table) -> MixedColumns:
        columns = MixedColumns.read(table, self.categorical_features, self)
        self.categorical_features_ = np.array(columns.categorical, dtype=np.int64)
        return columns

    def _resample_labels(
        self, table: Table, columns: Any, labels: Labels
    ) -> tuple[Container, Container]:
        random_state = check_random_state(self.random_state)
        search = NeighborSearch(self.search, thread_count(self.n_jobs))
        self.minority_labels_ = self.imbalance_.minority()
        if not len(self.minority_labels_):
            self._messages.append(
                "MLSMOTE adds no samples: no label has an imbalance ratio above the mean, "
                f"{self.imbalance_.mean_ir:.3g}."
            )
        bags = [
            find_bag(columns, labels.matrix, int(label), rows, k, search)
            for label, rows in zip(
                self.minority_labels_, labels.rows_with(self.minority_labels_), strict=True
            )
            if (k := self._neighbors_in(label, len(rows)))
        ]
        recipes = [sample_recipe(columns, bag, random_state) for bag in bags]
        job = Job(recipes, n_threads=search.n_threads, method=search.method)
        self.search_, self.recall_ = search.method, search.recall
        self._origins = job.origins()
        none = labels.matrix[:0]
        new_labels = [label_sets(labels.matrix, bag, self.label_set) for bag in bags]
        with phase("generating samples", job.n_rows):
            new_X = _append(table, columns, job)
        return new_X, labels.extend(vstack([none, *new_labels], format="csr"))

    def _neighbors_in(self, label: int, n_rows: int) -> int:
        """Return the number of neighbors to choose from among the rows of a label."""
        if n_rows > self.k_neighbors:
            return self.k_neighbors
        if n_rows == 1:
            self._messages.append(
                f"Label {label} has one row and gets no samples: it has no neighbor."
            )
        else:
            self._messages.append(
                f"Label {label} has {n_rows} rows, too few for k_neighbors={self.k_neighbors}: "
                f"its samples use {n_rows - 1} neighbors."
            )
        return n_rows - 1


def _append(table: Table, columns: MixedColumns, job: Job) -> Container:
    """Return the rows of a table and the samples."""
    n_new = job.n_rows
    if table.is_sparse:
        return table.append_sparse(job.sparse_rows(0, n_new) if n_new else None)
    if not columns.categorical:
        return table.extend(n_new, lambda out: job.fill(0, n_new, out), job.dtype)
    width = max(1, len(columns.numeric))
    sizes = width, len(columns.categorical)
    numbers, codes = job.mixed_rows(0, n_new, *sizes, np.dtype(np.float64))
    everything = np.arange(table.n_samples)

    def fill(_: Table, out: np.ndarray) -> None:
        out[:] = numbers

    return columns.append(table, everything, codes, fill)
