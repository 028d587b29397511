"""Options of ``smotefast compare``: names, help texts and defaults."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Scalers(StrEnum):
    """How a comparison scales numbers."""

    STANDARD = "standard"
    MINMAX = "minmax"
    ROBUST = "robust"
    NONE = "none"


Models = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        help="Classifiers, separated by commas: logistic, boosting, forest.",
    ),
]
Samplers = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Samplers to compare with nothing, class weights and a moved threshold, separated "
        "by commas; 'smotefast samplers' lists them. random-under-weighted is random-under "
        "with weights that restore the class sizes.",
        show_default="random samplers, and those that fit the columns",
    ),
]
Ratios = Annotated[
    str | None,
    typer.Option(
        metavar="NUMBERS",
        help="Rows of the smaller class divided by those of the larger one after resampling, "
        "separated by commas.",
        show_default="three up to 1",
    ),
]
KNeighborsList = Annotated[
    str | None,
    typer.Option(
        "--k-neighbors",
        metavar="NUMBERS",
        help="Numbers of neighbors, separated by commas.",
        show_default="the sampler's default",
    ),
]
Folds = Annotated[int, typer.Option(metavar="N", help="Number of folds.")]
Repeats = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="How often folds are drawn.",
        show_default="3; 1 for more than 50,000 rows",
    ),
]
Metric = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The metric to choose by: roc_auc, average_precision, f1, mcc, recall, precision, "
        "balanced_accuracy, cost, brier or log_loss.",
    ),
]
CostFn = Annotated[
    float | None,
    typer.Option(
        "--cost-fn",
        metavar="X",
        help="Cost of a missed row of the smallest class.",
        show_default="none",
    ),
]
CostFp = Annotated[
    float | None,
    typer.Option("--cost-fp", metavar="X", help="Cost of a false alarm.", show_default="none"),
]
Groups = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Rows with one value in this column are never both in training and test rows.",
        show_default="none",
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Folds go forward in the order of this column: test rows are later than training "
        "rows.",
        show_default="none",
    ),
]
CategoricalCodes = Annotated[
    list[str] | None,
    typer.Option(
        "--categorical",
        metavar="COLUMN",
        help="A column of numbers that are codes of categories. Can be repeated.",
        show_default="only columns that are not numeric",
    ),
]
Scaling = Annotated[
    Scalers, typer.Option(help="How numbers are scaled before samplers and classifiers.")
]
MaxRows = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Compare on a sample of at most N rows, drawn by class.",
        show_default="all rows",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Stop after so many seconds, with the results of the folds that are finished.",
        show_default="none",
    ),
]
Holdout = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        help="Share of the rows that are kept for a last estimate; 0 for none.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Number of processes.",
        show_default="1 for short comparisons, all cores for others",
    ),
]
CompareSeed = Annotated[
    int, typer.Option("--seed", metavar="N", help="Seed of folds, samplers and classifiers.")
]
