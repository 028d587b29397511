"""Run a program under the patch: ``python -m smotefast script.py``."""

from __future__ import annotations

import argparse
import builtins
import linecache
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader
from importlib.util import find_spec
from types import CodeType, ModuleType
from typing import Any

from smotefast._messages import did_you_mean
from smotefast.patch.activation import checked_settings, patch_when_imported

# A file with the name of a command is not run.
COMMANDS = (
    "clean",
    "compare",
    "demo",
    "diagnose",
    "plan",
    "resample",
    "samplers",
    "verify",
    "visualize",
    "warmup",
)
_COMMAND_OPTIONS = ("--help", "-h", "--version", "--install-completion", "--show-completion")
USAGE = "python -m smotefast OPTIONS (script.py | -m module | -c code) ARGUMENTS"
OPTIONS = {
    "--samplers": "names of the classes to replace, such as SMOTE,SMOTENC; default: all",
    "--search": "how to search for neighbors: exact, auto or approximate; default: exact",
    "--verbose": "print how many classes are replaced, which are used, and the time at exit",
    "--force": "also replace the classes of an unknown version of imbalanced-learn",
}
_WITH_VALUE = ("--samplers", "--search")


def is_program(arguments: Sequence[str]) -> bool:
    """Tell whether the arguments name a program to run; otherwise they are a command."""
    if not arguments or arguments[0] in (*COMMANDS, *_COMMAND_OPTIONS):
        return False
    first = arguments[0]
    looks_like_a_path = os.sep in first or first.endswith((".py", ".pyz"))
    return first.startswith("-") or looks_like_a_path or os.path.exists(first)


def run_program(arguments: Sequence[str]) -> None:
    """Run a script, module or code as Python does, and patch imbalanced-learn on its import.

    Parameters
    ----------
    arguments
        Options of ``patch_imblearn``; then the path of a script, folder or archive, "-m" and
        the name of a module, "-c" and code, or "-" for standard input; then the arguments of
        that program.
    """
    n_options = _count_options(arguments)
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments[:n_options])
    if unknown:
        hint = did_you_mean(unknown[0], OPTIONS)
        parser.error(f"unrecognized arguments: {' '.join(unknown)}.{hint}")
    kind, *rest = _split_program(arguments[n_options:])
    if not kind or (kind in ("-m", "-c") and not rest):
        parser.error("a script, -m module or -c code is missing")
    samplers = options.samplers and [name.strip() for name in options.samplers.split(",")]
    try:
        settings = checked_settings(samplers, options.search, options.verbose, options.force)
    except ValueError as error:
        parser.error(str(error))
    patch_when_imported(settings)
    _run(kind, rest, parser)


def _count_options(arguments: Sequence[str]) -> int:
    n = 0
    while n < len(arguments) and _is_option(arguments[n]):
        n += 2 if arguments[n] in _WITH_VALUE else 1
    return n


def _is_option(argument: str) -> bool:
    names_program = argument in ("-", "--") or argument.startswith(("-m", "-c"))
    return argument.startswith("-") and not names_program


def _split_program(arguments: Sequence[str]) -> list[str]:
    """Return the words of a program, with "-mNAME" as two and without "--" at the start."""
    first, *rest = arguments or [""]
    if first == "--":
        return rest or [""]
    if first.startswith(("-m", "-c")) and len(first) > 2:
        return [first[:2], first[2:], *rest]
    return [first, *rest]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m smotefast",
        usage=USAGE,
        description="Run a program with imbalanced-learn's samplers replaced by smotefast's.",
        allow_abbrev=False,
    )
    parser.set_defaults(search="exact")
    for name, text in OPTIONS.items():
        action = "store" if name in _WITH_VALUE else "store_true"
        parser.add_argument(name, action=action, help=text)
    return parser


def _run(kind: str, rest: list[str], parser: argparse.ArgumentParser) -> None:
    sys.argv = [kind, *rest]
    if kind == "-m":
        spec = _find_module(rest[0], parser)
        sys.argv = [spec.origin or rest[0], *rest[1:]]
        _run_module(spec, parser)
    elif kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        _run_code(rest[0])
    elif kind == "-":
        _run_code(sys.stdin.buffer.read(), "<stdin>")
    else:
        _run_path(kind, parser)


def _run_path(path: str, parser: argparse.ArgumentParser) -> None:
    if not os.path.exists(path):
        parser.error(f"there is no file {path!r}")
    full_path = os.path.join(os.getcwd(), path)
    finder = pkgutil.get_importer(full_path)  # None if it is neither a folder nor an archive
    if finder is None:
        if not sys.flags.safe_path:
            sys.path[0] = os.path.dirname(os.path.realpath(path))
        _run_file(full_path)
        return
    spec = finder.find_spec("__main__")
    if spec is None:
        parser.error(f"there is no __main__ module in {path!r}")
    if not sys.flags.safe_path:  # the working folder, which "python -m" puts there
        del sys.path[0]
    sys.path.insert(0, full_path)
    _run_module(spec, parser)


def _run_file(path: str) -> None:
    loader: SourcelessFileLoader | SourceFileLoader
    if path.endswith(".pyc"):
        loader = SourcelessFileLoader("__main__", path)
        program: Any = loader.get_code("__main__")
    else:
        loader = SourceFileLoader("__main__", path)
        program = loader.get_data(path)
    _run_code(program, path, __file__=path, __loader__=loader, __cached__=None)


def _find_module(name: str, parser: argparse.ArgumentParser) -> ModuleSpec:
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = find_spec(f"{name}.__main__")
    except ModuleNotFoundError:  # of a package before the last dot
        spec = None
    if spec is None:
        parser.error(f"there is no module {name!r} that can be run")
    return spec


def _run_module(spec: ModuleSpec, parser: argparse.ArgumentParser) -> None:
    loader: Any = spec.loader
    code = loader.get_code(spec.name) if hasattr(loader, "get_code") else None
    if code is None:
        parser.error(f"there is no module {spec.name!r} that can be run")
    _run_code(
        code,
        __file__=spec.origin,
        __spec__=spec,
        __package__=spec.parent,
        __loader__=loader,
        __cached__=spec.cached,
    )


def _run_code(
    program: CodeType | bytes | str, path: str = "<string>", **attributes: object
) -> None:
    """Run code as the module ``__main__``, which stays for threads, workers and pickles."""
    main = ModuleType("__main__")
    vars(main).update(attributes, __builtins__=builtins)
    sys.modules["__main__"] = main
    if "__mp_main__" in sys.modules:  # the name under which workers know the script
        sys.modules["__mp_main__"] = main
    try:
        if isinstance(program, str) and sys.version_info >= (3, 13):
            lines = program.splitlines(keepends=True)  # tracebacks of Python 3.13 show them
            linecache.cache[path] = (len(program), None, lines, path)
        if not isinstance(program, CodeType):
            program = compile(program, path, "exec", dont_inherit=True)
        exec(program, vars(main))
    except Exception as error:
        if sys.gettrace() is not None or sys.flags.inspect:
            raise  # for a debugger, or for the prompt of "python -i"
        # As Python shows it, without the frames from here up.
        frames = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        sys.exit(1)
