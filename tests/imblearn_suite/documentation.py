"""Run imbalanced-learn's documentation with and without the patch and compare what it computes.

    python tests/imblearn_suite/documentation.py PATH_OF_IMBALANCED_LEARN_CHECKOUT [--only TEXT]

The doctests of the user guide and the examples of the gallery run in a process per file.
Compared are the output of every doctest, the standard output of an example, the pixels of its
figures, and in both the numbers, arrays and frames among the global variables at the end.
Equal means equal bit for bit. What differs between two runs without the patch is not
deterministic. Code that needs a download or a package that is not installed is listed as not
run. The exit code is 1 if anything else differs.

The gallery needs seaborn.
"""

import argparse
import contextlib
import doctest
import hashlib
import io
import json
import os
import random
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

# Text that begins a part's name ("file: part"), and why it differs.
KNOWN_DIFFERENCES: dict[str, str] = {}
PLAIN = (np.generic, int, float, complex, str, bytes)
SEED = 0  # of NumPy's and Python's global generators, for examples that draw without a seed


class DownloadRefusedError(Exception):
    """Code wants to open a connection."""


def refuse_connection(*address, **options):
    raise DownloadRefusedError("no download")


# Runs one file, in a process of its own


def run_file(path, is_patched):
    """Return the digests of everything to compare, the parts that did not run and warnings."""
    socket.create_connection = refuse_connection
    random.seed(SEED)
    np.random.seed(SEED)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        if is_patched:
            import smotefast

            smotefast.patch_imblearn()
        parts, not_run = run_doctests(path) if path.suffix == ".rst" else run_example(path)
    texts = sorted({f"{item.category.__name__}: {item.message}" for item in caught})
    return {"parts": parts, "not_run": not_run, "warnings": texts}


class Recorder(doctest.DocTestRunner):
    """Keeps the output of every example, and the error if it was not expected."""

    def __init__(self):
        super().__init__(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        self.outputs, self.errors = {}, {}

    def key(self, test, example):
        return f"line {test.lineno + example.lineno + 1}"

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        self.outputs[self.key(test, example)] = got

    report_failure = report_success  # of other versions of the libraries

    def report_unexpected_exception(self, out, test, example, exc_info):
        text = traceback.format_exception_only(*exc_info[:2])[-1].strip()
        self.errors[self.key(test, example)] = text


def run_doctests(path):
    np.set_printoptions(legacy="1.25")  # as imbalanced-learn's conftest.py does
    test = doctest.DocTestParser().get_doctest(
        path.read_text("utf-8"), {"__name__": "__main__"}, path.name, str(path), 0
    )
    recorder = Recorder()
    recorder.run(test, out=lambda text: None, clear_globs=False)
    outputs = {key: without_addresses(text) for key, text in recorder.outputs.items()}
    return outputs | digests_of_variables(test.globs), recorder.errors


def run_example(path):
    os.chdir(path.parent)
    # An example iterates over a set of samplers, whose order depends on their addresses.
    BaseEstimator.__hash__ = lambda estimator: hash(type(estimator).__name__)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            namespace = runpy.run_path(str(path), run_name="__main__")
    except (DownloadRefusedError, ModuleNotFoundError) as error:
        return {}, {"all": f"{type(error).__name__}: {error}"}
    parts = {"standard output": without_addresses(output.getvalue())}
    return parts | digests_of_variables(namespace) | figures(), {}


def without_addresses(text):
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x", text)


def digests_of_variables(namespace):
    parts = {}
    for name, value in namespace.items():
        if not name.startswith("_"):
            parts |= digests(name, value)
    return parts


def figures():
    from matplotlib import pyplot

    pixels = {}
    for number in pyplot.get_fignums():
        canvas = pyplot.figure(number).canvas
        canvas.draw()
        pixels |= digests(f"figure {number}", np.asarray(canvas.buffer_rgba()))
    return pixels


def digests(name, value):
    """Return a digest of each number, array and column in a variable, by its path."""
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.random.RandomState):  # tells which draws were made
        return digests(name, value.get_state(legacy=True))
    if isinstance(value, Mapping) or hasattr(value, "columns"):
        items = [(f"{name}[{key!r}]", value[key]) for key in value]
    elif isinstance(value, (list, tuple)):
        items = [(f"{name}[{i}]", item) for i, item in enumerate(value)]
    else:
        items = None
    if items is not None:
        index = digests(f"{name}.index", value.index) if hasattr(value, "columns") else {}
        return index | {path: text for item in items for path, text in digests(*item).items()}
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        value = value if all(isinstance(item, PLAIN) for item in value.flat) else None
    if isinstance(value, (np.ndarray, *PLAIN)):
        return {name: digest_of_array(np.asarray(value))}
    if hasattr(value, "to_numpy"):  # a column or an index
        return {name: f"{value.dtype} {digest_of_array(value.to_numpy())}"}
    return {}


def digest_of_array(array):
    content = repr(array.tolist()).encode() if array.dtype.hasobject else array.tobytes()
    return f"{array.dtype} {array.shape} {hashlib.sha256(content).hexdigest()[:16]}"


# Compares runs


def in_new_process(path, is_patched, folder):
    """Run a file; return its results and the seconds of the whole process."""
    results = Path(folder, "results.json")
    results.unlink(missing_ok=True)
    command = [sys.executable, __file__, str(path), "--results", str(results)]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
    environment.pop("SMOTEFAST_PATCH", None)
    start = time.perf_counter()
    process = subprocess.run(
        command + ["--patch"] * is_patched, env=environment, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    if process.returncode:
        last = (process.stderr.strip().splitlines() or ["no message"])[-1]
        return {"parts": {}, "not_run": {"all": last}, "warnings": []}, seconds
    return json.loads(results.read_text()), seconds


def differing(one, other):
    """Return the names of parts that are not equal, or that are only in one."""
    one, other = ({**results["parts"], **results["not_run"]} for results in (one, other))
    return sorted(name for name in one.keys() | other if one.get(name) != other.get(name))


def compare_file(path, name, folder):
    """Print the row of a file and return the differences that are not known."""
    without, seconds_without = in_new_process(path, False, folder)
    with_patch, seconds_with = in_new_process(path, True, folder)
    different = differing(without, with_patch)
    random_parts = set()
    if different:
        random_parts = set(differing(without, in_new_process(path, False, folder)[0]))
    different = [part for part in different if part not in random_parts]
    known = {
        part for part in different if f"{name}: {part}".startswith(tuple(KNOWN_DIFFERENCES))
    }
    n_compared = len(without["parts"].keys() - random_parts)
    verdict = "differs" if different else "equal" if n_compared else "not run"
    print(
        f"{name:<62}{verdict:>8}{n_compared:>10}{len(random_parts):>8}"
        f"{len(without['not_run']):>8}{seconds_without:>10.1f}{seconds_with:>8.1f}",
        flush=True,
    )
    only_with_patch = set(with_patch["warnings"]) - set(without["warnings"])
    return {
        "unexpected": [part for part in different if part not in known],
        "known": sorted(known),
        "not run": sorted(set(without["not_run"].values())),
        "not deterministic": sorted(random_parts),
        "warning only with the patch": sorted(only_with_patch),
    }


def compare_all(checkout, only):
    """Print the table and what there is to say about it; return the exit code."""
    guide = sorted(
        path for path in (checkout / "doc").rglob("*.rst") if ">>> " in path.read_text()
    )
    paths = [*guide, *sorted((checkout / "examples").rglob("plot_*.py"))]
    if not paths:
        sys.exit(f"{checkout} has no doc/*.rst and no examples/**/plot_*.py")
    header = f"{'file':<62}{'':>8}{'compared':>10}{'random':>8}{'not run':>8}"
    print(f"{header}{'s without':>10}{'s with':>8}")
    notes = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            name = path.relative_to(checkout).as_posix()
            if only in name:
                notes[name] = compare_file(path, name, folder)
    print_notes(notes)
    return int(any(note["unexpected"] for note in notes.values()))


def reason_for(part):
    reasons = KNOWN_DIFFERENCES.items()
    return next((reason for start, reason in reasons if part.startswith(start)), None)


def print_notes(notes):
    for name, note in notes.items():
        for kind, parts in note.items():
            if parts:
                more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
                print(f"\n{name}: {kind}\n    " + "\n    ".join(parts[:5]) + more)
        for part in note["known"]:
            print(f"    reason for {part}: {reason_for(f'{name}: {part}')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="a checkout of imbalanced-learn")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    parser.add_argument("--results", type=Path, help=argparse.SUPPRESS)  # run this one file
    parser.add_argument("--patch", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.path.resolve()
    if options.results is None:
        sys.exit(compare_all(path, options.only))
    options.results.write_text(json.dumps(run_file(path, options.patch)))


if __name__ == "__main__":
    main()
