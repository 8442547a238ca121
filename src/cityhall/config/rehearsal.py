"""Proving a backup by restoring it: into the place it is wanted, or into one of its own that is thrown away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from cityhall.config import archive, environment
from cityhall.config.database import prepare_schema

if TYPE_CHECKING:
    from cityhall.kernel.django.audit import Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """What a rehearsal found.

    Args:
        rows: rows restored, over all tables.
        counted: whether the backup says how many rows it holds, so that they could be compared.
        blobs: files that rows name, all looked at.
        sealed: entries of the audit chain.
        problems: what is wrong with the backup, in words; empty when it is good.
    """

    rows: int
    counted: bool
    blobs: int
    sealed: int
    problems: list[str]


@contextmanager
def elsewhere() -> Iterator[None]:
    """Have an empty data folder and no other database inside the block, as a new machine would."""
    before = {name: os.environ.get(name) for name in ("CITYHALL_DATA", "DATABASE_URL")}
    with archive.scratch(environment.data_folder()) as folder:
        os.environ["CITYHALL_DATA"] = str(folder / "city")
        os.environ.pop("DATABASE_URL", None)
        (folder / "city").mkdir(mode=0o700)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def load(source: Path) -> Verdict:
    """Load a checked backup into the empty city that runs, bring it to this release, verify its audit chain.

    Raises:
        ArchiveProblem: there is a city already, or the backup cannot be loaded; nothing was changed then.
    """
    archive.refuse_a_city()
    archive.restore_database(source)  # one transaction; the files come after it, so that a failure leaves none
    archive.restore_files(source)
    return _proven()


def rehearse(source: Path, manifest: archive.Manifest) -> Report:
    """Load a checked backup into an empty place, and compare everything with what it should be."""
    archive.restore_database(source)
    archive.restore_files(source)
    with psycopg.connect(environment.database_url()) as connection:
        rows = archive.count_rows(connection)
    problems = [
        f"the table {name} has {rows.get(name, 0):,} rows, and had {wanted:,} when it was backed up"
        for name, wanted in sorted(manifest.rows.items())
        if rows.get(name) != wanted
    ]
    verdict = _proven()
    if verdict.problem:
        problems.append(f"the audit chain is broken: {verdict.problem}")
    looked_at, damaged = _blobs()
    problems += damaged
    return Report(sum(rows.values()), bool(manifest.rows), looked_at, verdict.entries, problems)


def _proven() -> Verdict:
    import django

    django.setup()
    prepare_schema()
    from cityhall.kernel.django import audit

    return audit.verify()


def _blobs() -> tuple[int, list[str]]:
    """Look at every file that a row names; return how many, and what is missing or damaged."""
    from django.apps import apps
    from django.db.models import FileField

    from cityhall.apps.documents import public as documents

    looked_at, damaged = documents.look_through()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                for name in model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True):
                    looked_at += 1
                    if not field.storage.exists(name):
                        damaged.append(f"{model._meta.label} names the file {name}, which is not there")
    return looked_at, damaged
