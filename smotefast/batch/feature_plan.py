"""The features of a job, and the memory and temporary files that are planned for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sklearn.base import clone

from smotefast._messages import RUN_AGAIN
from smotefast._typing import Label
from smotefast.batch.block_plan import MemoryLimitError, Plan, make_plan
from smotefast.batch.categorical_features import CategoricalFeatures
from smotefast.batch.classes_in_files import classes_in_files, why_a_class_in_memory
from smotefast.batch.copied_features import CopiedFeatures
from smotefast.batch.features import Features, warn_about_columns
from smotefast.batch.file_rows import refuse_estimator
from smotefast.batch.memory_needs import (
    MemoryNeed,
    ScratchNeed,
    position_bytes,
    with_kept_columns,
)
from smotefast.batch.numeric_features import AllNumericFeatures, NumericFeatures
from smotefast.batch.request import Request
from smotefast.batch.selection import SecondStep
from smotefast.batch.shuffle_plan import ShuffleNeed
from smotefast.batch.warmup import JustCompiledError, load_kernels
from smotefast.kernels import kernels_were_compiled
from smotefast.report import Progress
from smotefast.storage.limits import Limit
from smotefast.storage.sorted_runs import KEY_BYTES


def check_counts(request: Request, second: SecondStep) -> None:
    """Raise an error if the class sizes alone show that the job must fail."""
    sampler = request.over_sampler
    sampler.check_counts(request.classes.counts, request.target_counts)
    for parameter in request.needs.searches_all:
        refuse_estimator(getattr(sampler, parameter))
    second.check_counts()


def choose_features(
    request: Request, second: SecondStep, in_files: Collection[Any] = ()
) -> Features:
    """Choose how the job handles its features.

    The rows of the classes ``in_files`` are in temporary files instead of in memory.
    """
    needs = request.needs
    if needs.copies_rows:
        is_compared = second.compares_rows
        return CopiedFeatures(request, are_compared=is_compared, in_files=in_files)
    if needs.takes_categories:
        return CategoricalFeatures(request, in_files)
    if needs.reads == "everything":
        return AllNumericFeatures(request)
    return NumericFeatures(request, second.classes_to_search(), in_files)


def plan_features(
    request: Request, second: SecondStep, progress: Progress, **options: float | None
) -> tuple[Features, Plan]:
    """Choose how the job handles its features, and plan the memory.

    Rows of as few classes as possible are in temporary files: none, if all fit.

    Raises
    ------
    MemoryLimitError
        If the job would not stay under the limit. The message names the lowest one.
    """
    refused: list[MemoryLimitError] = []
    for in_files in classes_in_files(request, second):
        features = choose_features(request, second, in_files)
        if len(refused) < 2:  # without files, and with some: 300 classes took a minute
            _load_kernels(request, features, second, progress)
        try:
            return features, plan_memory(request, features, second, options)
        except JustCompiledError:
            raise
        except MemoryLimitError as error:
            refused.append(error)
    raise min(refused, key=lambda error: error.least_bytes)


def plan_with_enough(
    request: Request,
    second: SecondStep,
    progress: Progress,
    guard: Callable[[], AbstractContextManager[None]],
    **options: Any,
) -> tuple[Features, Plan]:
    """Plan the memory; if it does not fit, raise that in ``guard``, and plan what is enough."""
    try:
        return plan_features(request, second, progress, **options)
    except MemoryLimitError:
        pass
    least = 0
    with guard():
        try:
            # Once more: what this process has loaded now counts as memory of the program.
            return plan_features(request, second, progress, **options)
        except MemoryLimitError as error:
            least = error.least_bytes
            raise
    enough = request.arguments._replace(limit=Limit(least, ""))
    return plan_features(replace(request, arguments=enough), second, progress, **options)


def _load_kernels(
    request: Request, features: Features, second: SecondStep, progress: Progress
) -> None:
    """Load what the job may run, so that it counts as memory of the program."""
    dtype = features.dtype
    if dtype is None:
        return
    progress.phase("loading kernels")
    n_rows = max(request.class_sizes.values(), default=0)
    if request.needs.reads in ("neighbors", "everything"):
        n_rows = request.source.n_rows
    sizes = features.n_numbers, features.n_codes
    in_files = bool(features.in_files)
    samplers = [request.over_sampler]
    if request.arguments.on_cluster and "n_jobs" in samplers[0].get_params(deep=False):
        # What workers run. Those of this machine then find it in the cache.
        samplers.append(clone(samplers[0]).set_params(n_jobs=1))
    for sampler in samplers:
        load_kernels(sampler, n_rows, *sizes, dtype, in_files=in_files)
    second.load_kernels(features.n_numbers, dtype, in_files=in_files)


def plan_memory(
    request: Request, features: Features, second: SecondStep, options: dict[str, Any]
) -> Plan:
    """Plan the memory on top of that of the program.

    Raises
    ------
    MemoryLimitError
        If the job would not stay under the limit.
    """
    in_files = bool(features.in_files)
    need = second.add_memory(features.memory_need(), features.dtype, in_files=in_files)
    n_rows = 0 if in_files else sum(request.class_sizes.values())
    carried = not_copied(request.base_columns, features)
    need = with_kept_columns(need, request.column_sizes, carried, n_rows)
    return _fitting_plan(request, second, need, options)


def warn_about_features(request: Request, features: Features, plan: Plan) -> None:
    """Warn about features such as keys, if the job computes with their values."""
    if features.dtype is not None:
        warn_about_columns(request, plan.batch_rows)


def _fitting_plan(
    request: Request, second: SecondStep, need: MemoryNeed, options: dict[str, Any]
) -> Plan:
    """Return block sizes; say in an error what may help."""
    n_written = request.source.n_rows + sum(request.n_to_generate.values())
    try:
        return make_plan(
            request.column_sizes,
            request.columns,
            n_written=n_written,
            shuffle=_shuffle_need(request, n_written),
            need=need,
            limit=request.limit,
            row_group_size=request.arguments.layout.row_group_size,
            workers=request.arguments.worker_memory,
            **options,
        )
    except MemoryLimitError as error:
        reason = why_a_class_in_memory(request, second)
        message = str(error) if reason is None else f"{error} {reason}"
        if kernels_were_compiled():
            message = f"{message} {RUN_AGAIN}"
            raise JustCompiledError(message, error.least_bytes) from error
        raise MemoryLimitError(message, error.least_bytes) from error


def _shuffle_need(request: Request, n_rows: int) -> ShuffleNeed | None:
    """Return what the sort of a shuffled output needs, or None for the source order."""
    arguments, sizes = request.arguments, request.column_sizes
    if arguments.order == "source":
        return None
    row_bytes = sizes.row_bytes(request.columns) + KEY_BYTES
    part_bytes = arguments.layout.part_bytes
    dictionaries = sizes.dictionary_bytes(request.columns)
    return ShuffleNeed(int(n_rows * row_bytes), part_bytes, dictionaries)


def labels_in_files(request: Request, features: Features) -> tuple[Label, ...]:
    """Return the classes whose rows are in temporary files, in the order of the classes."""
    return tuple(label for label in request.class_sizes if label in features.in_files)


def scratch_need(request: Request, features: Features, second: SecondStep) -> ScratchNeed:
    """Return the bytes that are planned for temporary files."""
    need = features.scratch_need()
    search = need.search
    if features.in_files:
        search = max(search, second.scratch_need(features.dtype))
    return ScratchNeed(need.gathered + _carried_bytes(request, features), search, need.found)


def _carried_bytes(request: Request, features: Features) -> int:
    """Return the bytes in files of columns, beside features, with values of the base row."""
    if not features.in_files:
        return 0
    names = not_copied(request.base_columns, features)
    if not names:
        return 0
    row = request.column_sizes.row_bytes(names) + position_bytes(request.source.n_rows)
    return int(sum(request.class_sizes.values()) * row)


def not_copied(names: Iterable[str], features: Features) -> list[str]:
    """Return the columns that are not copied along with the features."""
    copied = frozenset(features.names)
    return [name for name in names if name not in copied]
