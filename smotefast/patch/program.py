"""Run a program under the patch: ``python -m smotefast script.py``."""

from __future__ import annotations

import argparse
import builtins
import io
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from types import CodeType, ModuleType
from typing import Any

from smotefast.patch.activation import checked_settings, patch_when_imported

_USAGE = "python -m smotefast [options] (script.py | -m module | -c code) [arguments]"
_WITH_VALUE = ("--samplers", "--search")
_FLAGS = ("--verbose", "--force")


def is_program(arguments: Sequence[str]) -> bool:
    """Tell whether the arguments name a program to run; otherwise they are a command."""
    if not arguments:
        return False
    first = arguments[0].partition("=")[0]
    is_path = os.sep in first or first.endswith((".py", ".pyz"))
    return is_path or first in ("-m", "-c", *_WITH_VALUE, *_FLAGS)


def run_program(arguments: Sequence[str]) -> None:
    """Run a script, module or code as Python does, and patch imbalanced-learn on its import.

    Parameters
    ----------
    arguments
        Options of ``patch_imblearn``; then the path of a script, "-m" and the name of a module,
        or "-c" and code; then the arguments of that program.
    """
    n_options = _count_options(arguments)
    parser = _parser()
    options = parser.parse_args(arguments[:n_options])
    kind, *rest = arguments[n_options:] or [""]
    if not kind or (kind in ("-m", "-c") and not rest):
        parser.error("a script, -m module or -c code is missing")
    try:
        settings = checked_settings(
            options.samplers, options.search, options.verbose, options.force
        )
    except ValueError as error:
        parser.error(str(error))
    patch_when_imported(settings)
    if kind == "-m":
        sys.argv = rest
        _run_module(rest[0], parser)
    elif kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        _run_code(compile(rest[0], "<string>", "exec"))
    else:
        sys.argv = [kind, *rest]
        _run_script(kind, parser)


def _count_options(arguments: Sequence[str]) -> int:
    n = 0
    while n < len(arguments) and arguments[n].startswith("--"):
        n += 2 if arguments[n] in _WITH_VALUE else 1
    return n


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m smotefast", usage=_USAGE, allow_abbrev=False, add_help=False
    )
    parser.add_argument("--samplers", type=lambda text: text.split(","))
    parser.add_argument("--search", default="exact")
    for flag in _FLAGS:
        parser.add_argument(flag, action="store_true")
    return parser


def _run_script(path: str, parser: argparse.ArgumentParser) -> None:
    if not os.path.exists(path):
        parser.error(f"there is no file {path!r}")
    if os.path.isdir(path) or not path.endswith(".py"):
        runpy.run_path(path, run_name="__main__")  # folders, archives, compiled files
        return
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    with io.open_code(os.path.abspath(path)) as file:
        source = file.read()
    _run_code(compile(source, path, "exec"), __file__=path)


def _run_module(name: str, parser: argparse.ArgumentParser) -> None:
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = find_spec(f"{name}.__main__")
    except ModuleNotFoundError:  # of a package before the last dot
        spec = None
    loader: Any = None if spec is None else spec.loader
    if spec is None or not hasattr(loader, "get_code") or loader.get_code(spec.name) is None:
        parser.error(f"there is no module {name!r} that can be run")
    sys.argv[0] = spec.origin or name
    _run_code(
        loader.get_code(spec.name),
        __file__=spec.origin,
        __spec__=spec,
        __package__=spec.parent,
        __loader__=spec.loader,
        __cached__=spec.cached,
    )


def _run_code(code: CodeType, **attributes: object) -> None:
    """Run code as the module ``__main__``, which stays for threads, workers and pickles."""
    main = ModuleType("__main__")
    vars(main).update(attributes, __builtins__=builtins)
    sys.modules["__main__"] = main
    if "__mp_main__" in sys.modules:  # the name under which workers know the script
        sys.modules["__mp_main__"] = main
    exec(code, vars(main))
