"""The option ``--dask``: the cluster that runs the tasks of a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smotefast.batch.arguments import Arguments


def check_address(address: str | None) -> None:
    """Raise ValueError if ``--dask`` has no address."""
    if address is not None and not address.strip():
        raise ValueError(
            f"--dask {address!r} is no address: name the scheduler, such as tcp://host:8786, "
            "choose local, or leave the option out."
        )


@contextmanager
def opened_cluster(
    address: str | None, checked: Arguments, target: str, *, overwrite: bool
) -> Iterator[Any]:
    """Return a client of the cluster, or None without an address.

    A job on this machine that lacks memory is refused before its workers start: they have
    the same limit, and would be ended by it.
    """
    if address is None:
        yield None
        return
    from smotefast.batch import check_memory
    from smotefast.cluster import LOCAL, import_distributed, open_client

    import_distributed()
    if address == LOCAL:
        check_memory(checked, target, overwrite=overwrite)
    with open_client(address, checked.limit.n_bytes) as client:
        yield client
