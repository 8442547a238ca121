"""An upgrade tells rows that a migration removes on purpose from rows that were lost."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from cityhall.config import environment, upgrade

pytestmark = pytest.mark.django_db
HOME = ("website", "0002_home")


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upgrade opens connections of its own; here they go to the tests' database."""
    given = connection.settings_dict
    url = make_conninfo(
        dbname=given["NAME"], user=given["USER"], password=given["PASSWORD"], host=given["HOST"], port=given["PORT"]
    )
    monkeypatch.setattr(environment, "database_url", lambda: url)


def test_what_a_new_migration_declares_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("cityhall.apps.website.migrations.0002_home").Migration
    monkeypatch.setattr(migration, "removes_rows", ("django_session",), raising=False)
    had = upgrade.applied()
    assert HOME in had
    assert upgrade.removed_on_purpose(had - {HOME}) == {"django_session"}
    assert upgrade.removed_on_purpose(had) == set(), "what an earlier upgrade removed excuses nothing now"


def test_fewer_rows_are_told_of_the_tables_asked_for_alone() -> None:
    before = {"django_session": 10**9, "wagtailcore_site": 10**9, "a_table_that_is_gone": 5, "django_migrations": 1}
    told = upgrade.fewer_rows(before, lambda table: table != "django_session")
    assert told.startswith("wagtailcore_site (1,000,000,000 rows before, ")
    assert "django_session" not in told
    assert "gone" not in told
    assert "django_migrations" not in told, "more rows than before are no loss"
