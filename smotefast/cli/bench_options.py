"""Arguments and options of ``smotefast bench``: names, help texts and defaults."""

from __future__ import annotations

from typing import Annotated

import typer

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="Resample these data: a Parquet, CSV or Arrow file, a folder of such files, or a "
        "quoted pattern. Default: generated data.",
        show_default=False,
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN", help="Column of FILE with the class labels.", show_default=False
    ),
]
Rows = Annotated[
    str | None,
    typer.Option(
        metavar="N,...",
        help="Numbers of rows; with FILE a sample by class.",
        show_default="1000,10000; scale: 1000,3000,10000,30000,100000; FILE: all rows",
    ),
]
Features = Annotated[
    str | None,
    typer.Option(
        metavar="N,...",
        help="Numbers of columns.",
        show_default="20; scale: 5,10,20,40,80",
    ),
]
Classes = Annotated[
    str | None,
    typer.Option(metavar="N,...", help="Numbers of classes.", show_default="2; scale: 2,4,8"),
]
Ratio = Annotated[
    str | None,
    typer.Option(
        metavar="R,...",
        help="Rows of a smaller class divided by those of the largest one.",
        show_default="0.1",
    ),
]
Shape = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,...",
        help="Generators: clusters, uniform, overlapping, heavy-tails, duplicates, mixed (for "
        "smote-nc), nominal (for smote-n), or those of a plugin.",
        show_default="clusters",
    ),
]
K = Annotated[
    str | None,
    typer.Option(
        metavar="K,...", help="Numbers of neighbors.", show_default="5; scale: 1,2,5,10,20"
    ),
]
Threads = Annotated[
    str | None,
    typer.Option(
        metavar="N,...",
        help="Numbers of threads; 0 for all cores.",
        show_default="0; scale: 1,0",
    ),
]
SamplerNames = Annotated[
    str,
    typer.Option("--sampler", metavar="NAME,...", help="Samplers, see 'smotefast samplers'."),
]
Contenders = Annotated[
    str | None,
    typer.Option(
        "--contender",
        metavar="NAME,...",
        help="Contenders: smotefast, smotefast-exact, smotefast-approximate, imbalanced-learn, "
        "the same with -intelex, -faiss, -hnswlib or -pynndescent, smote-variants, or those of "
        "a plugin.",
        show_default="all that are installed",
    ),
]
Base = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The contender that speeds are relative to.",
        show_default="imbalanced-learn if it runs, or the first one",
    ),
]
Rounds = Annotated[
    int, typer.Option(metavar="N", help="Processes of each contender, in turn.", min=1)
]
Later = Annotated[
    int, typer.Option(metavar="N", help="Calls in each process after the first.", min=0)
]
TimeLimit = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="Stop a call that takes longer.", show_default="none"),
]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        metavar="FILE.py",
        help="Add the contenders and generators of a Python file. Can be repeated.",
        show_default="none",
    ),
]
InProcess = Annotated[
    bool,
    typer.Option(
        "--in-process",
        help="Measure in this process: quick, without memory and whole processes.",
    ),
]
DataSeed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the data.", min=0)]
