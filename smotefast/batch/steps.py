"""Samplers of a job: an over-sampler and, after it, a sampler that removes rows."""

from __future__ import annotations

from typing import Any, NamedTuple

from smotefast.combine.combination import BaseCombination
from smotefast.engine.base import BaseSampler
from smotefast.over_sampling import RandomOverSampler
from smotefast.over_sampling.base import BaseOverSampler

# Samplers, with any parameters, whose tasks need the rows of one class.
ON_CLUSTER = (
    *("smote", "smote-nc", "smote-n", "polynom-fit-smote", "rose", "random"),
    "random-under",
)


class JobSteps(NamedTuple):
    """The samplers of a job.

    Attributes
    ----------
    over_sampler
        Generates samples; for no class, if the job only removes rows.
    selector
        Removes rows afterwards; None if the job only generates samples.
    """

    over_sampler: BaseOverSampler
    selector: BaseSampler | None


def job_steps(sampler: BaseSampler) -> JobSteps:
    """Return the steps of a job.

    Raises
    ------
    ValueError
        If a parameter is invalid, or a step cannot work on files; the message says why, and
        names the closest alternative.
    """
    _refuse_other_targets(sampler)
    _check_step(sampler)
    if isinstance(sampler, BaseOverSampler):
        return JobSteps(sampler, None)
    over_sampler: Any = no_over_sampling()
    selector: Any = sampler
    if isinstance(sampler, BaseCombination):
        over_sampler, selector = sampler.steps()
        for step in (over_sampler, selector):
            if isinstance(step, BaseSampler):
                _refuse_other_targets(step)
                _check_step(step)
    _check_types(over_sampler, selector)
    steps = JobSteps(over_sampler, selector)
    _refuse_in_memory_steps(steps.over_sampler, selector)
    return steps


def refuse_on_cluster(steps: JobSteps, order: str) -> None:
    """Refuse what the processes of a cluster cannot share.

    Raises
    ------
    ValueError
        The message names what splits into tasks.
    """
    for step in (step for step in steps if step is not None):
        needs = step.needs()
        if needs.reads in ("neighbors", "everything"):
            raise ValueError(
                f"{type(step).__name__} compares rows of all classes, which is no task of a "
                f"single part: on a cluster, use {', '.join(map(repr, ON_CLUSTER))} or "
                "'geometric-smote' with selection_strategy='minority', or leave the cluster "
                "out."
            )
    if order != "source":
        raise ValueError(
            f"order={order!r} sorts all rows in one process. On a cluster, use "
            "order='source', or leave the cluster out."
        )


def no_over_sampling() -> BaseOverSampler:
    """Return an over-sampler that generates nothing."""
    return RandomOverSampler(sampling_strategy={})


def text_advice_for_links(over_sampler: BaseOverSampler) -> str:
    """Say what to do about columns that TomekLinks, as the second step, cannot compare."""
    return (
        f"TomekLinks, the step after {type(over_sampler).__name__}, compares rows by numbers "
        "alone. Use 'random-under' instead, leave the second step out, or encode the columns "
        "as numbers in the files."
    )


def _refuse_other_targets(sampler: BaseSampler) -> None:
    if target := sampler.needs().target:
        raise ValueError(
            f"{type(sampler).__name__} is for {target}, and jobs on files resample classes "
            "only. Read the rows and resample them in memory with fit_resample, or use a "
            "sampler for classes, such as 'smote'."
        )


def _check_step(sampler: BaseSampler) -> None:
    """Check the parameters; refuse what a job cannot run.

    That is a subclass that overrides methods no job calls, or an over-sampler that works in
    memory only.
    """
    sampler.check_params()
    cls = type(sampler)
    if memory_only := sampler.needs().memory_only:
        raise ValueError(
            f"{cls.__name__} with {memory_only} searches rows in memory, which a job does not "
            "hold. Resample in memory with fit_resample, or leave the parameter out; bounds "
            "and round_columns work in a job."
        )
    for name in ("fit_resample", "fit"):
        if not getattr(cls, name).__module__.startswith("smotefast."):
            raise ValueError(
                f"{cls.__name__} has its own {name}, which a job does not call: rows come "
                "from files in blocks. Resample in memory with fit_resample, or use the "
                "sampler that the class derives from."
            )
    needs = sampler.needs()
    if isinstance(sampler, BaseOverSampler) and needs.why_everything:
        raise ValueError(
            f"{cls.__name__} {needs.why_everything}, so that a job could not keep to a memory "
            f"limit. Resample in memory with fit_resample, or use {needs.alternative!r}, which "
            "works from files."
        )


def _check_types(over_sampler: Any, selector: Any) -> None:
    if not isinstance(over_sampler, BaseOverSampler):
        raise ValueError(
            f"{type(over_sampler).__name__} is not a sampler of smotefast.over_sampling, and a "
            "job generates samples only with these."
        )
    if not isinstance(selector, BaseSampler):
        raise ValueError(
            f"{type(selector).__name__} is not a sampler of smotefast.under_sampling, and a "
            "job removes rows only with these. Resample in memory with fit_resample, or use "
            "'tomek-links'."
        )


def _refuse_in_memory_steps(over_sampler: BaseOverSampler, selector: BaseSampler) -> None:
    """Refuse a second step that needs all rows in memory, or categories as numbers."""
    needs = selector.needs()
    if needs.reads == "everything":
        raise ValueError(
            f"{type(selector).__name__} {needs.why_everything}, which rows in files do not "
            "allow. Resample in memory with fit_resample, or use "
            f"{needs.alternative!r}, which works from files."
        )
    if needs.reads == "neighbors" and over_sampler.needs().takes_categories:
        raise ValueError(
            f"{type(over_sampler).__name__} generates categories. "
            f"{text_advice_for_links(over_sampler)}"
        )
