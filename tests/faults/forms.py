"""The forms of jobs, and how a job of a form runs: small data, many parts and row groups."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

import smotefast
from smotefast.batch import (
    block_plan,
    feature_plan,
    layout,
    link_removal,
    shuffle_plan,
)
from smotefast.batch import run_job as job_module
from smotefast.combine import SMOTETomek
from smotefast.neighbors import row_file_search, saved_searches
from smotefast.over_sampling import SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.parquet_files import imbalanced, write_file, write_folder

_classes_in_files = feature_plan.classes_in_files


class Form(NamedTuple):
    """A form of a job.

    Attributes
    ----------
    sampler, source, destination
        Of the job; a name with an ending is a file, others are folders.
    replaces
        Whether there is an old destination.
    starts_at
        Where an earlier run was killed: which calls were counted, and the share of them.
    n_workers
        Parts that are written at the same time.
    is_shuffled
        Whether the rows are shuffled, by files with sorted rows.
    saves_searches
        Whether all searches are saved.
    in_files
        Whether rows of a class are in temporary files, with a column of text, which is a
        feature of SMOTENC; the steps of a search in a file are always saved.
    has_links, can_exchange
        What the file system can.
    """

    sampler: str
    source: str
    destination: str
    replaces: bool = False
    starts_at: tuple[str, float] | None = None
    n_workers: int = 1
    is_shuffled: bool = False
    saves_searches: bool = False
    in_files: bool = False
    has_links: bool = True
    can_exchange: bool = True

    @property
    def has_gap(self) -> bool:
        """Whether the old destination is moved away for a moment."""
        return self.replaces and "." not in self.destination and not self.can_exchange


_FILE, _FILES, _OUT, _OUTS = "in.parquet", "in", "out.parquet", "out"
FORMS = {
    "file to file": Form("smote", _FILE, _OUT),
    "file to old file": Form("smote", _FILE, _OUT, replaces=True, saves_searches=True),
    "folder to file, no links": Form("random-under", _FILES, _OUT, has_links=False),
    "file to folder": Form("smote", _FILE, _OUTS, saves_searches=True),
    "file to old folder": Form("random-under", _FILE, _OUTS, replaces=True),
    "file to old folder, moved": Form(
        "smote", _FILE, _OUTS, replaces=True, can_exchange=False, has_links=False
    ),
    "folder to folder, threads": Form(
        "smote-tomek", _FILES, _OUTS, n_workers=3, saves_searches=True
    ),
    "folder to old file": Form("smote-tomek", _FILES, _OUT, replaces=True),
    "resumed folder": Form(
        "smote", _FILE, _OUTS, starts_at=("rename", 0.6), saves_searches=True, n_workers=2
    ),
    "resumed file": Form("smote", _FILE, _OUT, starts_at=("link", 0.9), saves_searches=True),
    "half replaced folder": Form(
        "random-under", _FILE, _OUTS, replaces=True, can_exchange=False,
        starts_at=("rename", 1.0),
    ),
    "killed while cleaning up": Form(
        "smote", _FILE, _OUTS, replaces=True, starts_at=("unlink", 0.8)
    ),
    "shuffled file": Form("smote", _FILE, _OUT, is_shuffled=True, replaces=True),
    "shuffled folder, threads": Form("smote", _FILE, _OUTS, is_shuffled=True, n_workers=2),
    "resumed shuffled folder": Form(
        "random-under", _FILES, _OUTS, is_shuffled=True, starts_at=("rename", 0.6)
    ),
    "class in a file": Form("smote", _FILE, _OUT, in_files=True),
    "class in a file, resumed": Form(
        "smote", _FILE, _OUTS, in_files=True, starts_at=("write", 0.6)
    ),
    "copied rows in a file": Form("random", _FILES, _OUTS, in_files=True, n_workers=2),
    "all rows in a file": Form("borderline", _FILE, _OUTS, in_files=True),
    "all rows in a file, resumed": Form(
        "borderline", _FILES, _OUT, in_files=True, starts_at=("write", 0.7), replaces=True
    ),
    "links in a file": Form("smote-tomek", _FILES, _OUT, in_files=True, replaces=True),
    "categories in a file, resumed": Form(
        "smote-nc", _FILE, _OUTS, in_files=True, starts_at=("write", 0.6)
    ),
}  # fmt: skip


def write_source(form: Form, path: Path) -> None:
    """Write a file or a folder with 150 rows."""
    table = imbalanced(150, share=0.3, n_features=3)
    if form.in_files:
        texts = [f"row {i}" * (i % 3) for i in range(150)]
        if form.sampler == "smote-nc":
            texts = texts[:4] * 37 + texts[:2]
        table = table.append_column("text", pa.array(texts))
    if path.suffix:
        write_file(path, table, group_rows=40)
    else:
        write_folder(path, table, 3)


def run_job(form: Form, folder: Path) -> None:
    """Run a job of this form in a folder with its source."""
    samplers: dict[str, Callable[[], Any]] = {
        "smote": lambda: SMOTE(random_state=0),
        "smote-tomek": lambda: SMOTETomek(random_state=0),
        "random-under": lambda: RandomUnderSampler(random_state=0),
        "random": lambda: RandomOverSampler(random_state=0),
        "borderline": lambda: BorderlineSMOTE(random_state=0, kind="borderline-2"),
        "smote-nc": lambda: SMOTENC(["text"], random_state=0),
    }
    put_in_files(form.in_files)
    text = {"keep": ["text"], "keep_fill": "base"} if form.in_files else {}
    if form.sampler == "smote-nc":
        text = {}
    job_module.thread_count = lambda n_jobs: form.n_workers
    saved_searches._WORTH_SECONDS = 0.0 if form.saves_searches else 3600.0
    smotefast.resample_dataset(
        folder / form.source, folder / form.destination, target="label",
        sampler=samplers[form.sampler](), overwrite=form.replaces, progress=False,
        memory_limit="4GiB", order="shuffled" if form.is_shuffled else "source",
        **text,
    )  # fmt: skip


def put_in_files(is_forced: bool) -> None:
    """Let jobs have the largest class in a file although it fits, or not."""

    def without_memory(*job: Any) -> list[list[Any]]:
        return list(_classes_in_files(*job))[1:]

    feature_plan.classes_in_files = without_memory if is_forced else _classes_in_files


def warm_up(folder: Path) -> None:
    """Load everything that jobs use, and make parts of 50 rows in row groups of 20."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    layout.PART_BYTES, block_plan._GROUP_ROWS = 50 * 14, (1, 20)
    shuffle_plan._RUN_BYTES, shuffle_plan._PIECE_BYTES = (1_500, 1_500), (0, 0)
    shuffle_plan._KEPT_SHARE = 0
    row_file_search.step_bytes_in_file = lambda *_: 1 << 14  # several steps
    folder.mkdir()
    for number, form in enumerate(FORMS.values()):
        place = folder / str(number)
        place.mkdir()
        write_source(form, place / form.source)
        run_job(form._replace(n_workers=1), place)
    shutil.rmtree(folder)
    feature_plan.load_kernels = link_removal.load_link_searches = lambda *args, **kwargs: None
    gc.collect()
    gc.freeze()  # a child that collects garbage would copy all pages
