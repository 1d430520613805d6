"""The bulk load: what it takes away comes back, whether it ends or is cut short."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from tests.serving import eventually

from opale.customers.models import Customer
from opale.demo.bulk import load_large
from opale.demo.copy_rows import TABLES
from opale.demo.index_rebuild import (
    CONSTRAINTS,
    FORCED,
    INDEXES,
    strip,
    undo,
    verify,
    was_cut_short,
)
from opale.demo.management.commands import load_demo
from opale.demo.progress import Progress
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.roles import APP
from opale.organisation.models import Company
from opale.run.desk.actions.commitments import mark_breaches
from opale.run.desk.actions.pauses import resume_due_pauses
from opale.run.desk.models import Message, Ticket
from opale.run.desk.models.ticket import OPEN

TICKETS = 1200
CUSTOMERS = 130
"""So many that some came in the last hours also when it is Sunday night."""


def definitions() -> list[list[str]]:
    """What stands in the catalogue; a condition read back is written in other words each time."""
    found: list[list[str]] = []
    with connection.cursor() as cursor:
        for query in (CONSTRAINTS, INDEXES, FORCED):
            cursor.execute(query, [list(TABLES)])
            found += sorted(
                [*words, last.split(" WHERE ")[0]] for *words, last in cursor.fetchall()
            )
    return found


@pytest.mark.django_db(transaction=True)
def test_a_bulk_load_leaves_every_constraint_in_place(tmp_path: Path) -> None:
    before = definitions()
    url = settings.DATABASE_URL
    output = io.StringIO()
    load_large(
        tmp_path,
        url,
        seed=3,
        password="x" * 12,
        tickets=TICKETS,
        customers=CUSTOMERS,
        progress=Progress(output),
    )
    assert definitions() == before
    assert not was_cut_short()
    assert Ticket.objects.count() == TICKETS
    assert Message.objects.count() >= 9 * TICKETS
    assert Customer.objects.count() == CUSTOMERS
    verify(url)
    assert (tmp_path / "demo.json").exists()
    assert "tickets and messages" in output.getvalue()
    # What is open stays open: the planner closes nothing of it.
    open_before = Ticket.objects.filter(state__in=OPEN).count()
    assert open_before
    with attributed(system("planner")):
        mark_breaches()
        resume_due_pauses()
    assert Ticket.objects.filter(state__in=OPEN).count() == open_before


@pytest.mark.django_db(transaction=True)
def test_a_load_that_was_cut_short_is_undone() -> None:
    before = definitions()
    url = settings.DATABASE_URL
    strip(url)
    assert was_cut_short()
    assert definitions() != before
    undo(url, Progress(io.StringIO()))
    assert not was_cut_short()
    assert definitions() == before
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_whoever_may_not_change_tables_is_told_what_a_large_company_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = urlsplit(settings.DATABASE_URL)
    login = parts._replace(netloc=f"{APP}:secret@{parts.hostname or ''}:{parts.port or 5432}")
    monkeypatch.setenv("OPALE_OWNER_URL", login.geturl())

    with pytest.raises(CommandError, match="OPALE_OWNER_URL"):
        call_command("load_demo", size="large")

    assert not Company.objects.exists()


LOOKED_AT = "SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'events_alert'"


def times_looked_at() -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_AT)
        (found,) = cursor.fetchone()
    return int(found)


@pytest.mark.django_db(transaction=True)
def test_few_alerts_are_looked_at_before_a_storm_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(connection, "settings_dict", dict(connection.settings_dict))
    monkeypatch.setattr(load_demo, "load_small", lambda *_, **__: None)
    before = times_looked_at()
    call_command("load_demo", stdout=io.StringIO())
    assert eventually(lambda: times_looked_at() > before)
