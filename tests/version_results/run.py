"""Run a group of cases with the smotefast on the import path, and write what came out.

``compare_versions.py`` starts this for both versions: ``python -m tests.version_results.run
GROUP``. Standard output gets a line of JSON per case: its name, a SHA-256 of each part of the
result, and the type of the exception if it ended in one. The cases use the public interface
alone, so that they run with older versions as well.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import smotefast
from smotefast.over_sampling import SMOTE
from tests.version_results import commands, files, large, refused, small
from tests.version_results.data_sets import gaussians
from tests.version_results.digests import digest
from tests.version_results.samplers import Case, Parts

# Each group runs in a process of its own, and all but the first with kernels loaded.
GROUPS: dict[str, list[Callable[[], Iterator[Case]]]] = {
    "numpy": [small.without_kernels],
    "small": [
        small.public_names,
        small.small_data,
        small.containers,
        small.mixed_containers,
        small.small_classes,
        small.diagnoses,
        refused.refused,
    ],
    "files": [files.jobs],
    "commands": [commands.commands],
    "large": [large.large_data, large.forked],
}
# Compilers warn, and garbage is collected, at any time.
_IGNORED = re.compile("Numba|ResourceWarning")
_MOST_SECONDS = 120


def outcome(run: Callable[[], Any]) -> dict[str, Any]:
    """Run a case; return hashes of the parts of its result, and the exception's type."""
    np.random.seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parts: Parts = run()
            error = f"exit code {code}" if (code := parts.get("exit code")) else None
        except Exception as problem:
            error = type(problem).__name__
            parts = {"exception": [kind.__name__ for kind in type(problem).__mro__]}
        parts["random state"] = np.random.get_state(legacy=False)
        categories = sorted(warning.category.__name__ for warning in caught)
        parts["warnings"] = [name for name in categories if not _IGNORED.match(name)]
        return {"error": error, "parts": {key: digest(part) for key, part in parts.items()}}


def outcome_in_fork(run: Callable[[], Any]) -> dict[str, Any]:
    """Run a case in a forked process, which loads the kernels if this one has not."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            signal.alarm(_MOST_SECONDS)
            os.close(reader)
            with os.fdopen(writer, "w") as answer:
                json.dump(outcome(run), answer)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    status = os.waitpid(child, 0)[1]
    if text:
        done: dict[str, Any] = json.loads(text)
        return done
    return {"error": f"end with status {status}", "parts": {"exception": digest(status)}}


def load_kernels() -> None:
    """Search for so many neighbors that compiled kernels are loaded, and used from then on."""
    X, y = gaussians((7_000, 6_000), 20)
    SMOTE(search="exact", random_state=0).fit_resample(X, y)


def main() -> None:
    """Run the cases of a group whose names match."""
    parser = argparse.ArgumentParser()
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    # Standard output is for results, whatever the package and its libraries print.
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps({"package": smotefast.__file__}), file=results)
    if arguments.group != "numpy":
        load_kernels()
    for cases in GROUPS[arguments.group]:
        for case, run in cases():
            name = f"{arguments.group}/{case}"
            if re.search(arguments.only, name):
                started = time.perf_counter()
                is_forked = arguments.group == "numpy" or "/forked/" in name
                result = outcome_in_fork(run) if is_forked else outcome(run)
                seconds = round(time.perf_counter() - started, 3)
                print(json.dumps({"case": name, "seconds": seconds, **result}), file=results)


if __name__ == "__main__":
    main()
