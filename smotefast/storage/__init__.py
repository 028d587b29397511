"""Parquet files as sources and destinations, and the memory of the process.

``open_source`` returns a ``ParquetSource``, which yields record batches in one schema.
``Workspace`` is the folder of a job next to the destination; it moves the finished result to
the destination in one step. ``ParquetSink`` writes a file.
"""

from smotefast._allocator import (
    relax_allocator,
    release_memory,
    release_often,
    uses_jemalloc,
)
from smotefast._process import exit_on_signals, resident_bytes
from smotefast.exceptions import (
    ArgumentError,
    DestinationExistsError,
    SourceChangedError,
    SourceError,
)
from smotefast.storage.destination import (
    Destination,
    check_destination,
    destination_location,
)
from smotefast.storage.file_access import Location
from smotefast.storage.journal import Journal
from smotefast.storage.limits import (
    default_memory_limit,
    explain_limit,
    resolve_memory_limit,
)
from smotefast.storage.paths import local_path, printable_path
from smotefast.storage.process_memory import (
    PeakMemory,
    check_resident_memory,
    format_size,
    parse_size,
    process_spread,
)
from smotefast.storage.remote.locations import locate, shown_path
from smotefast.storage.remote.workspace import clean_any, open_workspace, recover_any
from smotefast.storage.scratch import ScratchFolder
from smotefast.storage.sink import ParquetSink, explain_full_disk
from smotefast.storage.source import ParquetSource, open_source
from smotefast.storage.spool import (
    StreamSource,
    check_source,
    open_any_source,
    opened_for_reading,
)
from smotefast.storage.workspace import Workspace, clean, recover
from smotefast.storage.writer_options import writer_options

__all__ = [
    "ArgumentError",
    "Destination",
    "DestinationExistsError",
    "Journal",
    "Location",
    "ParquetSink",
    "ParquetSource",
    "PeakMemory",
    "ScratchFolder",
    "SourceChangedError",
    "SourceError",
    "StreamSource",
    "Workspace",
    "check_destination",
    "check_resident_memory",
    "check_source",
    "clean",
    "clean_any",
    "default_memory_limit",
    "destination_location",
    "exit_on_signals",
    "explain_full_disk",
    "explain_limit",
    "format_size",
    "local_path",
    "locate",
    "open_any_source",
    "open_source",
    "open_workspace",
    "opened_for_reading",
    "parse_size",
    "printable_path",
    "process_spread",
    "recover",
    "recover_any",
    "relax_allocator",
    "release_memory",
    "release_often",
    "resident_bytes",
    "resolve_memory_limit",
    "shown_path",
    "uses_jemalloc",
    "writer_options",
]
