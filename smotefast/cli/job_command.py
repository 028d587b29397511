"""Commands that take a job file: ``--config FILE`` runs the command once for each of its jobs.

A command takes job files if it is registered with ``cls=JobFileCommand`` and has the parameters
``config`` and ``job`` of ``options.py``. Each job is parsed by the command itself: the values
of the file are defaults, which options on the command line replace.

``CheckedCommand`` calls the function of the command twice for each job. The first time,
``checks_only()`` is true, and the function returns before it does anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand

from smotefast.cli.job_file import Job, command_options, read_jobs, selected
from smotefast.cli.output import UsageError, is_restarted, job_name, job_prefix, one_line_errors

_KEY = "smotefast job file"
# Exit codes of the jobs that a process has run before it was restarted.
_DONE = "SMOTEFAST_JOBS_DONE"
_INTERRUPTED = 130
# Options of which no two jobs may name the same file.
_OUTPUTS = ("destination", "report")

_is_check: ContextVar[bool] = ContextVar("is_check", default=False)
_earlier_outputs: ContextVar[tuple[str, ...]] = ContextVar("earlier_outputs", default=())


def checks_only() -> bool:
    """Tell whether the command is to check its arguments and return."""
    return _is_check.get()


def is_written_before(source: object) -> bool:
    """Tell whether an earlier job of the file writes this source."""
    return isinstance(source, str) and any(
        _is_inside(source, output) for output in _earlier_outputs.get()
    )


class JobFileCommand(TyperCommand):
    """A command with ``--config`` and ``--job``."""

    checks_first = False
    # Keys of job files that are no options of this command, with their types.
    ignored_keys: ClassVar[dict[str, type]] = {}
    # Whether a job reads what an earlier job of the file has written.
    reads_outputs = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line; with a job file, keep it for each of the jobs."""
        if not ctx.resilient_parsing and ctx.default_map is None:
            given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
            if given.get("config") is not None and not given.get("help"):
                ctx.meta[_KEY] = given, list(args)
                return []
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, or each job of a file."""
        if ctx.default_map is not None or _KEY not in ctx.meta:
            if ctx.params.get("job") is not None and ctx.default_map is None:
                with one_line_errors(debug=False):
                    raise UsageError("--job needs --config, the file with the job.")
            return super().invoke(ctx)
        given, args = ctx.meta[_KEY]
        debug = bool(given.get("debug"))
        with one_line_errors(debug):
            path = given["config"]
            jobs = selected(read_jobs(path, command_options(self)), given.get("job"), path)
            contexts = {job.name: self._context(ctx, job, args) for job in jobs}
            _check_outputs(contexts)
        if self.checks_first:
            self._check(contexts)
        code = self._run(contexts, quiet=bool(given.get("quiet")))
        raise typer.Exit(code)

    def _context(self, ctx: Any, job: Job, args: list[str]) -> Any:
        """Parse a job as if its values were the defaults of the command."""
        usage_error: Any = typer.BadParameter.__base__
        try:
            return self.make_context(
                ctx.info_name, list(args), parent=ctx.parent, default_map=job.values
            )
        except usage_error as error:
            raise UsageError(f"{job.where}: {error.format_message()}") from error

    def _check(self, contexts: dict[str, Any]) -> None:
        """Check all jobs; exit with the code of the first that cannot run."""
        failed = 0
        outputs: list[str] = []
        for name, ctx in contexts.items():
            with _set(_is_check, True), _set(_earlier_outputs, tuple(outputs)):
                code = self._invoke(name, ctx, len(contexts))
            failed = failed or code
            outputs += [ctx.params["destination"]] if ctx.params.get("destination") else []
        if failed:
            raise typer.Exit(failed)

    def _run(self, contexts: dict[str, Any], *, quiet: bool) -> int:
        """Run jobs one after the other; return the exit code of the first that failed."""
        codes: dict[str, int] = (
            json.loads(os.environ.get(_DONE, "{}")) if is_restarted() else {}
        )
        for number, (name, ctx) in enumerate(contexts.items(), 1):
            if name in codes:
                continue
            if len(contexts) > 1 and not (quiet or ctx.params.get("quiet")):
                typer.echo(f"smotefast: job {name!r} ({number} of {len(contexts)})", err=True)
            cause = _failed_source(ctx, contexts, codes)
            if cause is not None and self.reads_outputs:
                typer.echo(
                    f"smotefast: error: job {name!r} was not run: it reads the destination of "
                    f"{cause!r}, which failed.",
                    err=True,
                )
                continue
            os.environ[_DONE] = json.dumps(codes)
            earlier = [each for each in contexts.values()][: number - 1]
            outputs = tuple(each.params.get("destination") for each in earlier)
            try:
                with _set(_earlier_outputs, tuple(filter(None, outputs))):
                    codes[name] = self._invoke(name, ctx, len(contexts))
            finally:
                os.environ.pop(_DONE, None)
            if codes[name] >= _INTERRUPTED - 2:
                return codes[name]
        return next((code for code in codes.values() if code), 0)

    def _invoke(self, name: str, ctx: Any, n_jobs: int) -> int:
        """Call the function of the command for a job; return its exit code."""
        prefix = f"job {name!r}: " if n_jobs > 1 else ""
        try:
            with (
                _set(job_name, name if n_jobs > 1 else ""),
                _set(job_prefix, prefix),
                ctx.scope(cleanup=False),
            ):
                super().invoke(ctx)
        except typer.Exit as ended:
            return int(ended.exit_code)
        return 0


class CheckedCommand(JobFileCommand):
    """A command whose function looks at ``checks_only()``."""

    checks_first = True


class PlanCommand(JobFileCommand):
    """A command that says what the jobs of a file would do, without running them."""

    ignored_keys: ClassVar[dict[str, type]] = {
        "dask": str, "log_format": str, "restart": bool, "resume": bool
    }  # fmt: skip
    reads_outputs = False


def _check_outputs(contexts: dict[str, Any]) -> None:
    """Refuse two jobs that write the same file."""
    for option in _OUTPUTS:
        seen: dict[str, str] = {}
        for name, ctx in contexts.items():
            path = ctx.params.get(option)
            if path is None:
                continue
            other = seen.setdefault(_comparable(path), name)
            if other != name:
                shown = _shown_path(path)
                raise UsageError(
                    f"Jobs {other!r} and {name!r} have the same {option}, {shown!r}."
                )


def _failed_source(ctx: Any, contexts: dict[str, Any], codes: dict[str, int]) -> str | None:
    """Return the job that was to write the source of another, and failed or did not run."""
    source = ctx.params.get("source")
    for name, other in contexts.items():
        if other is ctx:
            return None
        output = other.params.get("destination")
        if codes.get(name, 1) and output and source and _is_inside(source, output):
            return name
    return None


def _is_inside(path: str, folder: str) -> bool:
    real, parent = _comparable(path), _comparable(folder)
    return real == parent or real.startswith(os.path.join(parent, ""))


def _comparable(path: str) -> str:
    """Return the real path of a local file, or a URL without options."""
    shown = _shown_path(path)
    local = shown.removeprefix("file://") if shown.startswith("file:///") else shown
    return local if "://" in local else os.path.realpath(local)


def _shown_path(path: str) -> str:
    """Return a path, or a URL without passwords."""
    from smotefast.storage import shown_path

    return shown_path(path)


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def job_names(ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Yield the names of the jobs of ``--config``, for the completion of shells."""
    try:
        jobs = read_jobs(ctx.params["config"], command_options(ctx.command))
    except Exception:  # a shell that completes a word shows no error
        return
    yield from (job.name for job in jobs if job.name.startswith(incomplete))
