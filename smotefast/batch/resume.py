"""Resume an interrupted job: whether it is the same, and the random numbers it goes on with."""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from importlib.metadata import version
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from smotefast._version import __version__
from smotefast.batch.arguments import Arguments
from smotefast.batch.steps import JobSteps
from smotefast.engine.base import BaseSampler
from smotefast.storage import ParquetSource, StreamSource
from smotefast.storage.journal import Journal
from smotefast.storage.workspace import Workspace

Source = ParquetSource | StreamSource
# Parameters that the rows do not depend on.
_IGNORED = {"n_jobs"}
# Arguments that the rows depend on, besides source, target and samplers.
_OPTIONS = (
    "writes_originals", "order", "schema", "drop", "keep", "keep_fill", "feature", "allowed",
    "weight_column", "weights_from", "provenance", "layout", "partition_by", "format",
)  # fmt: skip
# Packages that compute or write the rows.
_PACKAGES = ("numpy", "pyarrow", "scikit-learn", "scipy")
# The fact that says where the global random generator was.
_SEED = "seed"


def open_journal(
    workspace: Workspace, arguments: Arguments, source: Source, target: str
) -> Journal:
    """Return the journal of an interrupted job that is the same, or begin a new one.

    Samplers without a seed go on with the generator of the interrupted job.

    Raises
    ------
    ValueError
        If the caller demands to resume, and there is no such job.
    """
    job = describe_job(arguments, source, target)
    earlier = workspace.journal.job
    is_same = bool(earlier) and earlier == job
    if arguments.resume == "require" and not is_same:
        raise ValueError(_no_such_job(workspace, earlier, job))
    if is_same and arguments.resume != "never" and _can_repeat(workspace.journal, arguments):
        workspace.go_on()
        _restore_seed(workspace.journal, arguments.steps)
    else:
        workspace.start_anew()
        workspace.journal.begin(job)
        workspace.record_output()
        if _needs_seed(arguments.steps):
            _record_seed(workspace.journal)
    return workspace.journal


def describe_job(arguments: Arguments, source: Source, target: str) -> dict[str, Any]:
    """Describe a job by all that its output depends on, as values of JSON."""
    steps = [step for step in arguments.steps if step is not None]
    job = {
        "versions": package_versions(),
        "source": [
            [file.path, file.n_rows, *file.content_state, file.version] for file in source.files
        ]
        or secrets.token_hex(8),  # objects cannot be compared
        "target": target,
        "samplers": [_describe_sampler(step) for step in steps],
        "options": {name: repr(getattr(arguments, name)) for name in _OPTIONS},
        "destination": getattr(arguments.files, "address", arguments.destination),
    }
    plain: dict[str, Any] = json.loads(json.dumps(job))
    return plain


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that compute and write the rows."""
    return {"smotefast": __version__, **{name: version(name) for name in _PACKAGES}}


def _describe_sampler(sampler: BaseSampler) -> dict[str, Any]:
    cls = type(sampler)
    parameters = {
        name: _describe_value(name, value)
        for name, value in sampler.get_params(deep=True).items()
        if name not in _IGNORED
    }
    return {"class": f"{cls.__module__}.{cls.__qualname__}", **parameters}


def _describe_value(name: str, value: Any) -> str:
    """Describe a parameter; differently each time if two values cannot be compared."""
    if isinstance(value, np.random.RandomState):
        return hashlib.sha256(repr(_state_of(value)).encode()).hexdigest()
    # All elements of arrays, with all digits.
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
        text = repr(value)
    is_unseeded = name.endswith("__random_state") and not isinstance(value, int)
    return secrets.token_hex(8) if is_unseeded or " at 0x" in text else text


def _no_such_job(workspace: Workspace, earlier: dict[str, Any], job: dict[str, Any]) -> str:
    if not earlier:
        return f"There is no interrupted job to resume: {workspace.path!r} has no journal."
    different = [
        _difference(name, earlier.get(name), job[name])
        for name in job
        if earlier.get(name) != job[name]
    ]
    return (
        f"The interrupted job in {workspace.path!r} cannot be resumed: it differs in "
        f"{' and '.join(different)}. Use the same source, options and versions, or start anew."
    )


def _difference(name: str, earlier: Any, now: Any) -> str:
    """Name a part of a job that differs, and its parameters if it has any."""
    pairs = {"samplers": zip(earlier or (), now, strict=False), "options": [(earlier, now)]}
    keys = [
        key for one, other in pairs.get(name, ()) for key in other if one.get(key) != other[key]
    ]
    return f"{name} ({', '.join(keys)})" if keys else name


def _needs_seed(steps: JobSteps) -> bool:
    return any(getattr(step, "random_state", 0) is None for step in steps)


def _can_repeat(journal: Journal, arguments: Arguments) -> bool:
    """Whether the random numbers of the interrupted job are known."""
    return not _needs_seed(arguments.steps) or journal.fact(_SEED) is not None


def _record_seed(journal: Journal) -> None:
    state = _state_of(check_random_state(None))
    if state["bit_generator"] == "MT19937":
        journal.add_fact(_SEED, state=state)


def _state_of(generator: np.random.RandomState) -> dict[str, Any]:
    """Return the state of a generator as values of JSON."""
    state: dict[str, Any] = generator.get_state(legacy=False)
    inner = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in state["state"].items()
    }
    return {**state, "state": inner}


def _restore_seed(journal: Journal, steps: JobSteps) -> None:
    """Give samplers without a seed one generator, in the state that was recorded."""
    recorded = journal.fact(_SEED)
    if recorded is None:
        return
    state = recorded["state"]
    key = np.array(state["state"]["key"], dtype=np.uint32)
    generator = np.random.RandomState()
    generator.set_state({**state, "state": {**state["state"], "key": key}})
    for step in steps:
        if step is not None and getattr(step, "random_state", 0) is None:
            step.set_params(random_state=generator)
