"""``verify_dataset``: whether the output of a job is still as its report says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.batch.arguments import file_path
from smotefast.batch.job_report import parts_in, read_parts
from smotefast.exceptions import SourceMissingError
from smotefast.report import WrittenPart
from smotefast.storage import Location, locate, printable_path
from smotefast.storage.remote.manifest import DATA, read_manifest


@dataclass(frozen=True)
class Verification:
    """The result of ``verify_dataset``.

    Attributes
    ----------
    n_parts, n_rows
        Files and rows of the output, according to the report.
    differences
        What is not as reported, each as one line of text that begins with the name of the file.
    """

    n_parts: int
    n_rows: int
    differences: tuple[str, ...]

    @property
    def is_as_reported(self) -> bool:
        """Whether there is no difference."""
        return not self.differences

    def __str__(self) -> str:
        if self.differences:
            return "\n".join(self.differences)
        parts = "1 part" if self.n_parts == 1 else f"{self.n_parts:,} parts"
        return f"{parts}, {self.n_rows:,} rows: as reported."


def verify_dataset(
    destination: str | os.PathLike[str], report: str | os.PathLike[str] | None = None
) -> Verification:
    """Check that resampled data are as the report of their job says.

    The files must be exactly those of the report, with their sizes, checksums and rows. Files
    whose names begin with ``_`` or ``.``, which other programs add, do not count.

    Parameters
    ----------
    destination
        The output of the job, a file or a folder. It may have been moved or renamed since.
    report
        The JSON file that ``resample_dataset(report=...)`` wrote. None means the manifest that
        folders in stores have, such as ``s3://bucket/folder``.

    Returns
    -------
    Verification
        Its ``is_as_reported`` is True if nothing differs; ``differences`` lists what does.

    Raises
    ------
    OSError
        If the destination or the report cannot be read.
    ValueError, TypeError
        If the report is not one, or an argument is not a path.

    See Also
    --------
    smotefast.resample_dataset : Writes the report.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = "in.parquet", "out.parquet", "report.json"
    ...     source, result, report = (os.path.join(folder, name) for name in names)
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     summary = smotefast.resample_dataset(
    ...         source, result, target="y", sampler="random", progress=False, report=report
    ...     )
    ...     print(smotefast.verify_dataset(result, report))
    1 part, 4 rows: as reported.
    """
    location = locate(destination, "destination")
    if report is None:
        is_folder, parts = True, _parts_of_manifest(location)
    else:
        is_folder, parts = read_parts(file_path(report, "report"))
    if is_folder:
        differences = _folder_differences(location, parts)
    else:
        differences = _differences(location, parts[0])
    return Verification(len(parts), sum(part.n_rows for part in parts), tuple(differences))


def _parts_of_manifest(location: Location) -> list[WrittenPart]:
    manifest = read_manifest(*location)
    if manifest is None:
        raise SourceMissingError(
            f"{location.path!r} is verified with the report of its job: "
            "report='FILE.json'. Only folders in stores have a manifest, which replaces it."
        )
    return parts_in(manifest)


def _folder_differences(location: Location, parts: list[WrittenPart]) -> Iterator[str]:
    folder, files = location
    if not files.is_folder(folder):
        yield f"{printable_path(folder)}: is missing, or no folder"
        return
    files.load(folder)
    for part in parts:
        yield from _differences(Location(os.path.join(folder, part.file), files), part)
    known = {part.file for part in parts}
    for name in _names_in(location):
        if name not in known:
            yield f"{printable_path(name)}: is not in the report"


def _names_in(location: Location, below: str = "") -> Iterator[str]:
    """Yield the names of the files in a folder and its partitions, except hidden ones."""
    folder, files = location
    for entry in files.entries(os.path.join(folder, below.rstrip("/")).rstrip("/")):
        if entry.name.startswith(("_", ".")):
            continue
        if entry.is_folder and ("=" in entry.name or DATA.fullmatch(entry.name)):
            yield from _names_in(location, f"{below}{entry.name}/")
        else:
            yield below + entry.name


def _differences(location: Location, part: WrittenPart) -> Iterator[str]:
    """Yield what differs in a file."""
    path, files = location
    name = printable_path(part.file if "/" in part.file else os.path.basename(path))
    if not files.is_file(path):
        yield f"{name}: is missing"
        return
    n_bytes, checksum = files.checksum(path)
    if n_bytes != part.n_bytes:
        yield f"{name}: has {n_bytes:,} bytes instead of {part.n_bytes:,}"
    elif checksum != part.checksum:
        yield f"{name}: has the checksum {checksum} instead of {part.checksum}"
    try:
        with files.opened(path) as opened, pq.ParquetFile(opened) as parquet:
            n_rows = parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        yield f"{name}: cannot be read as Parquet: {' '.join(str(error).split())}"
        return
    if n_rows != part.n_rows:
        yield f"{name}: has {n_rows:,} rows instead of {part.n_rows:,}"
