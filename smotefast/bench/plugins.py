"""Contenders and generators of other packages: entry points and Python files.

A plugin is a module with ``CONTENDERS``, a list of ``Contender``, or ``SHAPES``, a dict of
generators by name, or both. Installed packages name it by an entry point of the group
``smotefast.bench``; ``--plugin FILE.py`` loads a file.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from smotefast.bench.cases import Contender
from smotefast.bench.contenders import CONTENDERS
from smotefast.exceptions import SourceMissingError

if TYPE_CHECKING:
    from smotefast.bench.shapes import Generator

GROUP = "smotefast.bench"


@dataclass
class Registry:
    """Contenders and generators by name, and what loaded them."""

    contenders: dict[str, Contender] = field(
        default_factory=lambda: {each.name: each for each in CONTENDERS}
    )
    shapes: dict[str, Generator] = field(default_factory=dict)

    def add(self, plugin: Any, origin: str) -> None:
        """Add what a plugin has.

        Raises
        ------
        ValueError
            If it has neither contenders nor generators, such of a wrong type, or a name that
            is taken.
        """
        contenders = getattr(plugin, "CONTENDERS", [])
        shapes = getattr(plugin, "SHAPES", {})
        if not isinstance(contenders, list | tuple):
            raise ValueError(
                f"plugin={origin!r}: CONTENDERS={contenders!r} must be a list of "
                "smotefast.bench.Contender."
            )
        if not isinstance(shapes, dict) or not all(
            isinstance(name, str) and callable(make) for name, make in shapes.items()
        ):
            raise ValueError(
                f"plugin={origin!r}: SHAPES={shapes!r} must be a dict of generators by name."
            )
        if not contenders and not shapes:
            raise ValueError(
                f"plugin={origin!r} has neither CONTENDERS, a list of "
                "smotefast.bench.Contender, nor SHAPES, a dict of generators by name."
            )
        for each in contenders:
            if not isinstance(each, Contender):
                raise ValueError(
                    f"plugin={origin!r}: CONTENDERS has {each!r}, which is no "
                    "smotefast.bench.Contender."
                )
        new = {each.name: each for each in contenders}
        if len(new) < len(contenders):
            names = [each.name for each in contenders]
            raise ValueError(
                f"plugin={origin!r}: CONTENDERS has a name twice: {', '.join(names)}."
            )
        for name in [*(new.keys() & self.contenders), *(shapes.keys() & self.shapes)]:
            raise ValueError(f"plugin={origin!r}: the name {name!r} is taken. Use another one.")
        self.contenders |= new
        self.shapes |= shapes


def load_registry(files: Iterable[str] = ()) -> Registry:
    """Return what is built in, what installed packages add, and what files add.

    An installed package whose plugin cannot be used is left out with a warning.

    Raises
    ------
    SourceMissingError, ValueError
        If a file is missing, fails, or has not what it must have.
    """
    from smotefast.bench.shapes import SHAPES

    registry = Registry(shapes=dict(SHAPES))
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        _add_installed(registry, point)
    for path in files:
        registry.add(_load_file(path), path)
    return registry


def _add_installed(registry: Registry, point: EntryPoint) -> None:
    try:
        registry.add(point.load(), point.name)
    except (Exception, SystemExit) as error:  # whatever the package does
        package = "unknown" if point.dist is None else point.dist.name
        warnings.warn(
            f"the plugin {point.name!r} of the installed package {package!r} is left out: "
            f"{type(error).__name__}: {error}",
            stacklevel=2,
        )


def _load_file(path: str) -> ModuleType:
    if not os.path.isfile(path):
        raise SourceMissingError(f"plugin={path!r} is not a file. Name a Python file.")
    name = f"smotefast_bench_plugin_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"plugin={path!r} is not a Python file: its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the file does
        raise ValueError(
            f"plugin={path!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    return module
