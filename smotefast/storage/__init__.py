"""Files: where rows come from and where they go, whole or not at all.

Paths flow in. A ``ParquetSource`` gives record batches in a fixed schema; a ``Staging``
gives a place beside the destination that becomes the destination in one move; a
``ParquetSink`` writes there. ``memory`` says what the process occupies.
"""

from smotefast._allocator import allocator_returns, relax_allocator, release_memory
from smotefast.storage.commit import Staging, remove_leftovers, signals_as_exit
from smotefast.storage.destination import Destination, check_destination, destination_path
from smotefast.storage.errors import (
    ArgumentError,
    DestinationExistsError,
    SourceChangedError,
    SourceError,
)
from smotefast.storage.limits import default_limit, limit_explained, resolve_limit
from smotefast.storage.paths import local_path, shown_path
from smotefast.storage.process_memory import (
    PeakMemory,
    format_size,
    parse_size,
    refuse_above,
    resident_bytes,
)
from smotefast.storage.sink import ParquetSink, plain_disk_errors
from smotefast.storage.source import ParquetSource, open_source
from smotefast.storage.writer_options import writer_options

__all__ = [
    "ArgumentError",
    "Destination",
    "DestinationExistsError",
    "ParquetSink",
    "ParquetSource",
    "PeakMemory",
    "SourceChangedError",
    "SourceError",
    "Staging",
    "allocator_returns",
    "check_destination",
    "default_limit",
    "destination_path",
    "format_size",
    "limit_explained",
    "local_path",
    "open_source",
    "parse_size",
    "plain_disk_errors",
    "refuse_above",
    "relax_allocator",
    "release_memory",
    "remove_leftovers",
    "resident_bytes",
    "resolve_limit",
    "shown_path",
    "signals_as_exit",
    "writer_options",
]
