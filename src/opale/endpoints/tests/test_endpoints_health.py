"""Whether the installation is ready is found out without loading what only an upgrade needs."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from opale.endpoints import health
from opale.endpoints.health import Readiness


@pytest.mark.django_db
def test_every_migration_is_known_by_its_file() -> None:
    assert set(health._known_migrations()) == set(MigrationLoader(connection).disk_migrations)


@pytest.mark.django_db
def test_whether_all_are_applied_is_told_without_loading_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def loads(_connection: object) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(MigrationLoader, "__init__", loads)
    assert Readiness()._migrations() == "ok"


@pytest.mark.django_db
def test_one_that_is_not_applied_is_told() -> None:
    MigrationRecorder(connection).record_unapplied("kernel", "0001_initial")
    readiness = Readiness()
    assert readiness._migrations() == "1 not applied"
    MigrationRecorder(connection).record_applied("kernel", "0001_initial")
    assert readiness._migrations() == "ok"
