"""Shared test set-up: one real PostgreSQL for the run (ours, or the server of DATABASE_URL), real settings."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
os.environ["CITYHALL_LOG_LEVEL"] = "ERROR"
os.environ["CITYHALL_DEMO"] = ""
os.environ.setdefault("REAL_DATA_DEFAULT", str(Path(__file__).resolve().parents[2] / "shared" / "data"))

# pytest-xdist's workers have a main module without a file, which Spark's client takes for a run of its own doctests.
sys.modules["__main__"].__dict__.setdefault("__file__", "pytest")

# A busy machine is no failure; and what CI finds, it must find again.
hypothesis_settings.register_profile("cityhall", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis_settings.load_profile("cityhall")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run only what another PostgreSQL could answer differently."""
    told = "leave out the tests that never ask the run's database"
    parser.addoption("--of-the-database", action="store_true", help=told)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `--of-the-database` does; pytest-django lets no other test ask the database."""
    if not config.getoption("--of-the-database"):
        return
    asking, others = [], []
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        asks = item.get_closest_marker("django_db") or {"db", "transactional_db", "live_server"}.intersection(fixtures)
        (asking if asks else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = asking


def pytest_collection_finish() -> None:
    """Keep what collecting loaded, which stays to the end, out of every later search for what can be thrown away."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Start the database, then Django; pytest-xdist's workers share the server, each has a data folder of its own."""
    if not hasattr(config, "workerinput"):
        _stay_in_memory(config)
        _start_database(config)
    import django

    django.setup()
    _hash_quickly()
    _refuse_nameless_facts()
    if hasattr(config, "workerinput"):
        # pytest-django has read the settings by now, from the environment the controller left.
        from django.conf import settings

        settings.CITYHALL_DATA /= config.workerinput["workerid"]
        settings.CITYHALL_DATA.mkdir()
        os.environ["CITYHALL_DATA"] = str(settings.CITYHALL_DATA)
    _put_first_rows_back()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Number cases of bytes instead of spelling them out.

    An archive made while the tests are collected holds its clock, and two workers that collect a moment apart
    would not agree on the names of the tests.
    """
    return argname if isinstance(val, bytes) else None


def _stay_in_memory(config: pytest.Config) -> None:
    """Let temporary files lie in memory where there is much of it: the many small databases of a run need no disk.

    Whoever names a folder, with TMPDIR or --basetemp, has it there.
    """
    memory, room = Path("/dev/shm"), 8 * 1024**3
    if os.environ.get("TMPDIR") or not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return
    if min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) < room:
        return
    folder = Path(tempfile.mkdtemp(prefix="tests-", dir=memory))
    folder.chmod(0o711)  # a database that root starts may run as somebody else
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def _hash_quickly() -> None:
    """Hash passwords as the product does, with less work: tests make many accounts, and guard no secrets."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    ScryptPasswordHasher.work_factor = 2**4


def _refuse_nameless_facts() -> None:
    """Fail whatever writes an audit entry that its page could not tell in words: no test needs to think of it."""
    from django.apps import apps

    from cityhall.apps.identity.web.audit_facts import FACTS
    from cityhall.kernel import offers
    from cityhall.kernel.django import audit

    write = audit.record

    def told(actor: Any, action: str, *, subject_kind: str, subject_id: Any, data: Any = None) -> None:
        room, __, what = action.partition(".")
        if apps.is_installed(f"cityhall.apps.{room}"):
            words = offers.audit_words[room]
            assert what in words.actions, f"The action {action} has no words; see offers.AuditWords."
            assert any(subject_kind in one.subjects for one in offers.audit_words), (
                f"The subject {subject_kind} of {action} has no words."
            )
            named = {*FACTS, "number", "version"}
            lacking = [fact for fact in data or {} if fact not in named and not fact.endswith("_id")]
            assert not lacking, f"{action}: facts without a name in identity.web.audit_facts: {lacking}"
        write(actor, action, subject_kind=subject_kind, subject_id=subject_id, data=data)

    audit.record = told


@pytest.fixture(autouse=True)
def _exports_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write long exports in the test's own process, which sees what its transaction wrote."""
    from cityhall.kernel import offers
    from cityhall.kernel.django import apart

    def written(key: str, asked: bytes, ending: Any) -> Iterator[bytes]:
        for piece in offers.long_exports[key].pieces(asked):
            yield piece.encode()

    if "exports_apart" not in request.keywords:
        monkeypatch.setattr(apart, "written", written)


def _refill(cursor: Any) -> None:
    """Give the tables a test has left otherwise their first rows again; to empty all takes a third of a second."""
    any_in = (f"select '{table}' where exists (select from \"{table}\")" for table in _first_rows)
    cursor.execute(" union all ".join(any_in))
    suspects = {table for (table,) in cursor.fetchall()} | {table for table, rows in _first_rows.items() if rows}
    changed = {table for table in suspects if _rows(cursor, table) != _first_rows[table]}
    reached: set[str] = set()
    while changed > reached:  # a table is emptied only together with those that refer to it
        reached = set(changed)
        changed |= {referring for referring, referred in _references if referred in reached}
    if not changed:
        return
    cursor.execute("truncate " + ", ".join(f'"{table}"' for table in changed))
    for table in changed:
        if _first_rows[table]:
            with cursor.copy(f'copy "{table}" from stdin') as copy:
                copy.write(_first_rows[table])


def _rows(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'copy "{table}" to stdout') as copy:
        return b"".join(bytes(part) for part in copy)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After a test that wrote much and took it back, remove what the database still has to step over."""
    try:
        return (yield)
    finally:
        if item.get_closest_marker("bulky") and _first_rows:
            from django.db import connection

            assert connection.settings_dict["NAME"].startswith("test_"), "only the tests' own database is emptied"
            with psycopg.connect(**connection.get_connection_params()) as own:
                _refill(own.cursor())


_first_rows: dict[str, bytes] = {}
_references: set[tuple[str, str]] = set()


def _put_first_rows_back() -> None:
    """A test that commits leaves rows behind: when it ends, give every table the rows a fresh database has.

    Every table, not only those of managed models: Procrastinate's jobs and Wagtail's first pages too. So a test finds
    the same database whichever test ran before it, in any order.
    """
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    def refill(self: TransactionTestCase) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            _refill(cursor)

    TransactionTestCase._fixture_teardown = refill  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Begin the database with the dumped schema, as a city's first start does; a test holds that it is the migrations'.

    Migrations run after it, as they do there, so that one made a moment ago counts too.
    """
    from django.db import connection

    from cityhall.config.database import SCHEMA

    make = connection.creation._create_test_db

    def make_and_load(verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = make(verbosity, autoclobber, keepdb)
        if not keepdb:
            connection.close()
            connection.settings_dict["NAME"] = name
            with connection.cursor() as cursor:
                cursor.execute(SCHEMA.read_text(encoding="utf-8"))
        return name

    connection.creation._create_test_db = make_and_load  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Remember the rows a fresh database has, for tests that commit, as long as it is the tests' database."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            _first_rows[table] = _rows(cursor, table)
        cursor.execute(
            "select referring.relname, referred.relname from pg_constraint"
            " join pg_class referring on referring.oid = conrelid join pg_class referred on referred.oid = confrelid"
            " where contype = 'f' and connamespace = current_schema()::regnamespace"
        )
        _references.update(cursor.fetchall())
    yield
    _first_rows.clear()
    _references.clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Start in English: a request for a Spanish page leaves its language in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _nothing_lasting() -> None:
    """Forget what the process knows of the last test's city."""
    from cityhall.kernel.django.reading import forget_lasting  # Django is set up by now

    forget_lasting()


def _start_database(config: pytest.Config) -> None:
    data = Path(tempfile.mkdtemp(prefix="cityhall-tests-"))
    os.environ["CITYHALL_DATA"] = str(data)
    (data / "static").mkdir()
    config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
    if not os.environ.get("DATABASE_URL"):
        from cityhall.adapters.database.embedded import EmbeddedPostgres

        # Autovacuum would note that tables are empty between tests, and a plan made for an empty table reads all of it.
        never = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
        server = EmbeddedPostgres(data, options=dict.fromkeys(never, "off"))
        server.start()
        os.environ["DATABASE_URL"] = server.url
        config.add_cleanup(server.stop)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data; the test is skipped, saying why, where there is none."""
    folder = Path(os.environ.get("CITYHALL_REAL_DATA") or os.environ["REAL_DATA_DEFAULT"])
    if not folder.is_dir():
        if os.environ.get("CITYHALL_REAL_DATA_REQUIRED"):
            pytest.fail(f"the real data was there a moment ago, now it is not: {folder}")
        pytest.skip(f"no real data at {folder}: set CITYHALL_REAL_DATA")
    return folder
