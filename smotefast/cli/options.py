"""Arguments and options of the commands: names, help texts and defaults."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


def _job_names(ctx: typer.Context, incomplete: str) -> list[str]:
    from smotefast.cli.job_command import job_names

    return list(job_names(ctx, incomplete))


def file_to_write(path: str | None) -> str | None:
    """Return the name of a file or folder to write, or fail if it is another option."""
    if path is not None and path.startswith("-"):
        raise typer.BadParameter(
            f"{path!r} is an option: the name is missing. A file of this name is './{path}'."
        )
    return path


class Rows(StrEnum):
    """The rows that a job writes."""

    ALL = "all"
    SYNTHETIC = "synthetic"


class Order(StrEnum):
    """The order of the rows that a job writes."""

    SOURCE = "source"
    SHUFFLED = "shuffled"


class IfBalanced(StrEnum):
    """What to do with classes that already have the requested number of rows."""

    ERROR = "error"
    COPY = "copy"


class AbsentClasses(StrEnum):
    """What to do with classes in the strategy that have no rows."""

    ERROR = "error"
    IGNORE = "ignore"


class KeepFill(StrEnum):
    """The values of synthetic rows in kept columns."""

    NULL = "null"
    BASE = "base"


class Schema(StrEnum):
    """Whether files may differ in their schema."""

    UNIFY = "unify"
    STRICT = "strict"


class LogFormat(StrEnum):
    """How progress is printed where no progress bar is shown."""

    TEXT = "text"
    JSON = "json"
    NONE = "none"


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A Parquet, CSV or Arrow file, a folder of such files, or a quoted pattern such "
        "as 'data/*.parquet', here or in a store, such as s3://bucket/folder.",
        show_default=False,
    ),
]
Destination = Annotated[
    str,
    typer.Argument(
        metavar="DESTINATION",
        help="The file to write (NAME.parquet), or a folder for part files (any other name), "
        "here or in a store.",
        show_default=False,
    ),
]
Target = Annotated[
    str,
    typer.Option(metavar="COLUMN", help="Column with the class labels.", show_default=False),
]
Sampler = Annotated[
    str,
    typer.Option(metavar="NAME", help="The sampler; 'smotefast samplers' lists all of them."),
]
SamplingStrategy = Annotated[
    str,
    typer.Option(
        metavar="STRATEGY",
        help="Which classes to resample, and to how many rows: auto, minority, not minority, "
        "not majority, all; a ratio such as 0.5; or JSON with the number of rows of each class "
        "in the result, such as '{\"fraud\": 100000}'.",
    ),
]
KNeighbors = Annotated[
    int | None,
    typer.Option(
        metavar="K", help="Number of nearest neighbors.", show_default="the sampler's default"
    ),
]
Search = Annotated[
    str | None,
    typer.Option(
        metavar="METHOD",
        help="Nearest-neighbor search: auto, exact or approximate.",
        show_default="auto",
    ),
]
SmallClass = Annotated[
    str | None,
    typer.Option(
        metavar="ACTION",
        help="How to treat a class with fewer than K+1 rows: error; clamp (use fewer "
        "neighbors); or duplicate (also copy the row of a class with a single row).",
        show_default="error",
    ),
]
Categorical = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="A categorical column, for smote-nc. Can be repeated.",
        show_default="all columns that are not numeric",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set another parameter of the sampler, such as m_neighbors=20. Can be repeated.",
    ),
]
Then = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A second sampler that removes rows from the result: random-under or tomek-links.",
        show_default="none",
    ),
]
ThenSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--then-set",
        metavar="NAME=VALUE",
        help="Set a parameter of the second sampler, such as sampling_strategy=all. Can be "
        "repeated.",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="N", help="Random seed. The same seed gives the same rows.")
]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Maximum resident memory of the process, such as 512MiB or 2GiB.",
        show_default="2GiB, or 3/4 of the memory of a small container or machine",
    ),
]
RowsToWrite = Annotated[
    Rows, typer.Option(help="Write original and synthetic rows, or synthetic rows only.")
]
OrderOfRows = Annotated[
    Order,
    typer.Option(
        "--order",
        help="Write the originals in their order and then the synthetic rows, or all rows in a "
        "random order that depends on --seed and their number.",
    ),
]
SchemaChoice = Annotated[
    Schema,
    typer.Option(
        "--schema",
        help="Files whose columns differ in order, in the width of numbers and the like: read "
        "them in a common schema, or refuse them.",
    ),
]
Feature = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="Use a partition column, such as day of the folders day=1, as a feature. Can be "
        "repeated.",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Leave out a column. Can be repeated."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="Copy a column, such as a key or a date, without using it as a feature. Can be "
        "repeated.",
    ),
]
KeepFillValue = Annotated[
    KeepFill,
    typer.Option(
        "--keep-fill",
        help="Values of synthetic rows in kept columns: null, or the value of the base row.",
    ),
]
IfBalancedAction = Annotated[
    IfBalanced,
    typer.Option(
        "--if-balanced",
        help="If a class already has the requested number of rows or more (for samplers that "
        "remove rows: or fewer): stop with an error, or copy the class unchanged.",
    ),
]
AbsentClassesAction = Annotated[
    AbsentClasses,
    typer.Option(
        "--absent-classes",
        help="If a class in the strategy has no rows, or the data have a single class: stop "
        "with an error, or ignore it.",
    ),
]
WeightColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Write a column with the weight of each row, for random-under: rows of its class "
        "before, divided by rows after.",
        show_default="none",
    ),
]
WeightsFrom = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Multiply the weights in this column into --weight-column; it may be the same.",
        show_default="none",
    ),
]
Provenance = Annotated[
    bool,
    typer.Option(
        "--provenance",
        help="Write columns that say where each row comes from: is_synthetic, base_row, "
        "neighbor_row, step.",
    ),
]
Compression = Annotated[
    str | None,
    typer.Option(
        metavar="CODEC",
        help="Codec of all columns: none, snappy, gzip, zstd, lz4 or brotli.",
        show_default="as in SOURCE",
    ),
]
CompressionLevel = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Level of --compression; higher levels give smaller files and take longer.",
        show_default="the codec's default",
    ),
]
RowGroupSize = Annotated[
    int | None,
    typer.Option(
        metavar="ROWS", help="Rows of a row group.", show_default="up to 48 MiB in memory"
    ),
]
PartSize = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Size of the rows of a part file in memory, such as 64MiB.",
        show_default="128MiB",
    ),
]
PartitionBy = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN[,COLUMN]",
        help="Write the values of columns as names of folders, such as day=1: the target, "
        "partition columns of SOURCE, or columns to keep. Can be repeated.",
        show_default="none",
    ),
]
Report = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write a report to a JSON file when the job is complete; 'smotefast verify' "
        "checks DESTINATION by it.",
        show_default="none",
        callback=file_to_write,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="delta reads the current version of the Delta table SOURCE.",
        show_default="by the names of the files",
    ),
]
Scratch = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Folder of this machine for the files of a job that writes to a store, such as "
        "s3://bucket/name.",
        show_default="a folder for temporary files",
        callback=file_to_write,
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="Run the job on a cluster of Dask: the address of its scheduler, such as "
        "tcp://host:8786, or local for processes of this machine. Each process keeps to "
        "--memory-limit, and all need SOURCE and DESTINATION under the same paths.",
        show_default="threads of this process",
    ),
]
LogFormatValue = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format",
        help="Print progress as lines of text or of JSON on standard error, or none.",
        show_default="text if standard error is no terminal, else a progress bar",
    ),
]
PlannedDestination = Annotated[
    str | None,
    typer.Argument(
        metavar="[DESTINATION]",
        help="The file or folder that would be written; it is checked, too.",
        show_default="any new file",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
PlanQuiet = Annotated[bool, typer.Option("--quiet", "-q", help="Do not show a progress bar.")]
Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Read SOURCE, DESTINATION and options from a TOML file, of one job or several. "
        "What is given on the command line replaces the value of the file.",
        show_default="none",
    ),
]
JobName = Annotated[
    str | None,
    typer.Option(
        "--job",
        metavar="NAME",
        help="Only the job [jobs.NAME] of --config.",
        autocompletion=_job_names,
        show_default="all jobs",
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace an existing destination when the job succeeds."),
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart",
        help="Start anew, even if the same job was interrupted and could go on.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with the same job, which was interrupted; fail if there is none.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print neither a progress bar nor a summary.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")]
JsonFile = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Also write the results to a JSON file.",
        callback=file_to_write,
    ),
]
HtmlFile = Annotated[
    str | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Also write a report to an HTML file.",
        callback=file_to_write,
    ),
]
OverwriteReports = Annotated[
    bool, typer.Option("--overwrite", help="Replace existing JSON and HTML files.")
]
QuietProgress = Annotated[
    bool, typer.Option("--quiet", "-q", help="Do not print the plan and the progress.")
]


class Levels(StrEnum):
    """Levels of the findings of a diagnosis, the most serious first."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"
