"""Base class of samplers for multilabel data: checks, containers and fitted attributes.

A sampler adds ``_resample_labels``.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from smotefast._typing import Container
from smotefast.engine.base import BaseSampler
from smotefast.engine.needs import Tags
from smotefast.exceptions import warn_resampling
from smotefast.multilabel.labels import (
    LabelImbalance,
    Labels,
    counts_of,
    imbalance_of_counts,
    open_labels,
)
from smotefast.tables import Table, open_table
from smotefast.typing import XType, YType

# The target of these samplers, for messages.
SEVERAL_LABELS = "rows with several labels each"


class MultilabelSampler(BaseSampler):
    """Base of samplers that balance labels of which a row may have several."""

    imbalance_: LabelImbalance
    random_state: Any

    def fit(self, X: Container, y: Container, **params: Any) -> Self:
        """Check the data and measure the imbalance of the labels, without resampling.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_labels)
            1 where a row has a label, else 0.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        MultilabelSampler
            The sampler itself.
        """
        return super().fit(X, y, **params)

    def fit_resample(self, X: XType, y: YType, **params: Any) -> tuple[XType, YType]:
        """Resample the rows so that the labels are less imbalanced.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_labels)
            1 where a row has a label, else 0.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        X_resampled : same type as X, of shape (n_samples_new, n_features)
            Over-samplers return the rows of X in order, then the new rows. MLRUS returns a
            subset of the rows.
        y_resampled : same type as y, of shape (n_samples_new, n_labels)
            The labels of each row.

        Raises
        ------
        ValueError
            If the data or a parameter cannot be used; the message names it and says what to
            do.
        """
        return super().fit_resample(X, y, **params)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.two_d_labels = tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags

    def _check(self, X: Container, y: Container) -> tuple[Table, Any, Labels]:
        self._validate_params()
        labels, table = open_labels(y), open_table(X)
        n_features = self._learn_names(X)
        values = self._read(table)
        self.n_features_in_ = n_features
        if table.n_samples != labels.table.n_samples:
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {labels.table.n_samples}."
            )
        self.imbalance_ = imbalance_of_counts(counts_of(labels.matrix))
        return table, values, labels

    def _read(self, table: Table) -> Any:
        """Return the values of X after a check, if the sampler computes with them."""
        return None

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        table, values, labels = self._check(X, y)
        self._n_samples = table.n_samples
        self._messages: list[str] = []
        resampled = self._resample_labels(table, values, labels)
        warn_resampling(self.__dict__.pop("_messages"))
        return resampled

    @abstractmethod
    def _resample_labels(
        self, table: Table, values: Any, labels: Labels
    ) -> tuple[Container, Container]:
        """Return the resampled X and y, and set fitted attributes."""
