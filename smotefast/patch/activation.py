"""Switch the patch on and off: ``patch_imblearn`` and ``unpatch_imblearn``."""

from __future__ import annotations

import copyreg
import multiprocessing.process
import os
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from smotefast._imblearn_import import when_imported
from smotefast._messages import did_you_mean, list_names
from smotefast._registration import SWITCH_WORDS, is_on
from smotefast.exceptions import PatchWarning, warn_at_caller
from smotefast.patch.names import ALL_NAMES, SwappedNames, class_pairs
from smotefast.patch.usage import USAGE

if TYPE_CHECKING:
    from smotefast.typing import Search

# Whose samplers return the same rows for the same seed.
_KNOWN_VERSION = "0.14"
_ENVIRONMENT = "SMOTEFAST_PATCH"


class Settings(NamedTuple):
    """The parameters of ``patch_imblearn``, checked."""

    samplers: tuple[str, ...] = ALL_NAMES
    search: Search = "exact"
    verbose: bool = False
    force: bool = False


def patch_imblearn(
    samplers: str | Iterable[str] | None = None,
    search: Search = "exact",
    verbose: bool = False,
    *,
    force: bool = False,
) -> Patch:
    """Replace imbalanced-learn's samplers by those of this package.

    The classes are replaced in imbalanced-learn's modules and in every loaded module that has
    imported them, in this process and in worker processes that it starts later. Samplers that
    exist already stay as they are. A call replaces the settings of the call before.

    Parameters
    ----------
    samplers : str, iterable of str or None, default=None
        Names of the classes to replace, such as "SMOTE"; None for all.
    search : {"exact", "auto", "approximate"}, default="exact"
        How the samplers search for neighbors. With "exact" the rows are imbalanced-learn's, on
        data without distance ties.
    verbose : bool, default=False
        Whether to print, on standard error, how many classes are replaced, each of them when it
        is first used, and at exit how many calls there were and how long they took.
    force : bool, default=False
        Whether to patch a version of imbalanced-learn other than 0.14.

    Returns
    -------
    Patch
        A context manager that, at its end, restores what was before. The patch belongs to the
        process, not to a thread.

    Raises
    ------
    ImportError
        If imbalanced-learn is not installed.
    ValueError
        If a parameter has an invalid value.

    Warns
    -----
    PatchWarning
        If the version of imbalanced-learn is not known; nothing is replaced. Also when a class
        is defined that derives from a replaced class and overrides or calls methods that only
        imbalanced-learn has: it derives from imbalanced-learn's class then.

    See Also
    --------
    unpatch_imblearn : Restore imbalanced-learn's samplers.

    Examples
    --------
    >>> import imblearn.over_sampling
    >>> import smotefast
    >>> with smotefast.patch_imblearn():
    ...     print(issubclass(imblearn.over_sampling.SMOTE, smotefast.SMOTE))
    True
    >>> print(issubclass(imblearn.over_sampling.SMOTE, smotefast.SMOTE))
    False
    """
    settings = checked_settings(samplers, search, verbose, force)
    try:
        import imblearn  # noqa: F401
    except ImportError as error:
        error.add_note('Install it: python -m pip install "smotefast[imblearn]"')
        raise
    return Patch(settings)


def unpatch_imblearn() -> None:
    """Restore imbalanced-learn's samplers in every module.

    Samplers made under the patch keep working. Without a patch nothing happens.
    """
    _activate(None)


class Patch:
    """Context manager of ``patch_imblearn``: at its end, what was before is restored.

    It can be used again: a block patches if this patch is not the one in force.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._patch()

    def _patch(self) -> None:
        self._before = _State.settings
        _activate(self._settings)
        self._in_force = _State.settings  # None if the version is not known

    def __enter__(self) -> Patch:
        if _State.settings is not self._in_force:
            self._patch()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _activate(self._before)


class _State:
    """The patch of this process."""

    lock = threading.RLock()
    settings: Settings | None = None  # also if imbalanced-learn is not imported yet
    swapped: SwappedNames | None = None


def checked_settings(
    samplers: str | Iterable[str] | None, search: Search, verbose: bool, force: bool
) -> Settings:
    """Return the parameters of ``patch_imblearn``, or raise ValueError for an invalid one."""
    if samplers is None:
        names = ALL_NAMES
    elif isinstance(samplers, Iterable):
        names = (samplers,) if isinstance(samplers, str) else tuple(samplers)
    else:
        raise ValueError(f"samplers={samplers!r} is neither names of classes nor None.")
    for name in names:
        if name not in ALL_NAMES:
            hint = did_you_mean(name, ALL_NAMES)
            raise ValueError(f"samplers: {name!r} is not one of {list_names(ALL_NAMES)}.{hint}")
    from smotefast.typing import Search as Words  # NumPy

    searches = get_args(Words)
    if search not in searches:
        hint = did_you_mean(search, searches)
        raise ValueError(f"search={search!r} is not one of {list_names(searches)}.{hint}")
    return Settings(names, search, bool(verbose), bool(force))


def patch_when_imported(settings: Settings) -> None:
    """Patch imbalanced-learn as soon as it is imported."""
    _State.settings = settings
    when_imported(lambda: _activate(_State.settings))
    _inform_workers()


def patch_by_environment() -> None:
    """Patch as the environment variable ``SMOTEFAST_PATCH`` says, which is set."""
    value = os.environ[_ENVIRONMENT]
    is_forced = value.strip().lower() == "force"
    if is_forced or is_on(value):
        patch_when_imported(Settings(force=is_forced))
    elif is_on(value) is None:
        warn_at_caller(
            f"{_ENVIRONMENT}={value!r} is not one of {SWITCH_WORDS} and force. Nothing is "
            "patched.",
            PatchWarning,
        )


def _activate(settings: Settings | None) -> None:
    """Undo the patch, and patch again if there are settings."""
    with _State.lock:
        _undo()
        if settings is not None and "imblearn" in sys.modules:
            if _is_known(settings):
                _replace(settings)
            else:
                settings = None
        _State.settings = settings
        USAGE.set_verbose(settings is not None and settings.verbose)
        if _State.swapped is not None:
            USAGE.announce_patch(len(_State.swapped.swaps), sys.modules["imblearn"].__version__)
        _inform_workers()


def _replace(settings: Settings) -> None:
    from smotefast.patch.replacement import (  # scikit-learn
        reduce_class,
        reduce_original,
        replacement_of,
    )

    swaps: dict[type, Any] = {}
    for original, ours in class_pairs(settings.samplers):
        swaps[original] = replacement = replacement_of(original, ours)
        if hasattr(replacement, "search"):
            replacement.search = settings.search
        copyreg.pickle(original, reduce_original)
        copyreg.pickle(type(original), reduce_class)
    _State.swapped = SwappedNames(swaps)


def _undo() -> None:
    if _State.swapped is not None:
        _State.swapped.undo()
        for original in _State.swapped.swaps:
            copyreg.dispatch_table.pop(original, None)
            copyreg.dispatch_table.pop(type(original), None)
    _State.swapped = None


def _is_known(settings: Settings) -> bool:
    """Tell whether to patch the version of imbalanced-learn; warn if not."""
    version = sys.modules["imblearn"].__version__
    if settings.force or version.split(".")[:2] == _KNOWN_VERSION.split("."):
        return True
    warn_at_caller(
        f"imbalanced-learn {version} is not patched: this version of smotefast knows "
        f"{_KNOWN_VERSION}, and another version may return other rows. "
        "patch_imblearn(force=True) patches it all the same.",
        PatchWarning,
    )
    return False


class _WorkerPatch:
    """Patches the process that unpickles it, and passes the settings on to its own workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __reduce__(self) -> Any:
        return _patch_worker, (self.settings._replace(verbose=False),)


def _patch_worker(settings: Settings) -> _WorkerPatch:
    patch_when_imported(settings)
    return _WorkerPatch(settings)


def _inform_workers() -> None:
    """Let processes that multiprocessing and joblib start from now on patch themselves.

    A new process object copies the configuration of the process that creates it; spawned
    workers unpickle that object before they work.
    """
    configuration = getattr(multiprocessing.process.current_process(), "_config", {})
    configuration.pop("smotefast_patch", None)
    if _State.settings is not None:
        configuration["smotefast_patch"] = _WorkerPatch(_State.settings)
