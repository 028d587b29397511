"""The ``Comparison`` that users get: verdict, options, last estimate, and several formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smotefast.evaluation.curves import Curves
from smotefast.evaluation.decisions import Scoring
from smotefast.evaluation.holdout import LastEstimate
from smotefast.evaluation.summary import OptionSummary
from smotefast.evaluation.verdict import Verdict
from smotefast.report.plain_values import to_plain


@dataclass(frozen=True)
class Comparison:
    """Whether resampling helps on a data set, with everything that the answer is based on.

    ``print`` it, display it in a notebook, or read its attributes.

    Attributes
    ----------
    metric
        The metric to choose by.
    counts
        Rows of each class, in label order.
    positive
        The class that is looked for: the smallest one.
    n_folds, planned_folds
        Number of folds that were finished, and of folds in all.
    options
        The options with each classifier, in the order of the tables.
    decision
        The option to use, and why.
    estimate
        Its metrics on rows that were not used to choose; None if there are no such rows.
    warnings
        What limits the comparison.
    code
        The option to use as Python code.
    stopped
        "time limit", "Ctrl-C", "SIGTERM" or "SIGHUP" if not all folds were run.
    """

    metric: str
    counts: Mapping[Any, int]
    positive: Any
    n_folds: int
    planned_folds: int
    scoring: Scoring
    options: Sequence[OptionSummary]
    decision: Verdict
    estimate: LastEstimate | None
    warnings: Sequence[str]
    code: str
    stopped: str | None
    curves: Curves = field(repr=False)

    @property
    def verdict(self) -> str:
        """What is shown and what is not, in words."""
        return self.decision.text

    @property
    def winner(self) -> OptionSummary:
        """The option to use, with its classifier."""
        return self.decision.winner

    def __str__(self) -> str:
        from smotefast.evaluation.reporting.text import to_text

        return to_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, strings and numbers for ``json.dumps``.

        Numbers that are not finite become None.
        """
        winner = self.decision.winner
        plain: dict[str, Any] = to_plain(
            {
                "verdict": self.verdict,
                "metric": self.metric,
                "classes": [
                    {"label": label, "rows": int(n)} for label, n in self.counts.items()
                ],
                "positive": self.positive,
                "folds": {"finished": self.n_folds, "planned": self.planned_folds},
                "winner": {
                    "name": winner.option.name,
                    "model": winner.model,
                    "params": winner.option.params,
                    "threshold": winner.threshold if self.decision.moves_threshold else None,
                },
                "estimate": None if self.estimate is None else self.estimate.to_dict(),
                "options": [each.to_dict() for each in self.options],
                "warnings": list(self.warnings),
                "code": self.code,
            }
        )
        return plain

    def to_html(self) -> str:
        """Return a self-contained HTML page without scripts."""
        from smotefast.evaluation.reporting.page import to_html_page

        return to_html_page(self)

    def _repr_html_(self) -> str:
        from smotefast.evaluation.reporting.page import to_html_fragment

        return to_html_fragment(self)
