"""The home page and *My work* in cases that are not the usual ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.organisation.actions.people import record_absence
from opale.organisation.models import Absence, Membership
from opale.organisation.rights import Function
from opale.ui import work_items
from opale.ui.navigation import RAIL_SIZE, rail_entries
from opale.ui.work_items import Source, WorkItem, urgency_of

pytestmark = pytest.mark.django_db
NOTHING = "No work assigned to you"


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def give(monkeypatch: pytest.MonkeyPatch, *days: int) -> None:
    """Ask one thing on each of these days from today."""

    def read(_actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
        for number, day in enumerate(days[:limit]):
            due = at + timedelta(days=day)
            name = f"Item no. {number:04}"
            yield WorkItem(
                f"task:{number}", "Task", "tool", name, "/", urgency_of(due, at), due=due
            )

    monkeypatch.setattr(work_items, "_sources", {"tasks": Source("tasks", "", read)})


def test_four_hundred_things_are_all_listed_and_counted_as_such(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, *[-1] * 300, *[20] * 100)
    client = personas.client("build_engineer")
    home = page(client, "/")
    assert "100+" in home
    assert "More than 88 more" in home
    assert home.count("Item no.") == 12
    whole = page(client, "/my-work/")
    assert all(f"Item no. {number:04}" in whole for number in range(400))
    calendar = page(client, "/my-work/?view=calendar")
    assert "294 more" in calendar
    assert "94 more" in calendar


def test_what_is_due_after_the_weeks_of_the_calendar_stands_below_it(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, 3, 90)
    calendar = page(personas.client("build_engineer"), "/my-work/?view=calendar")
    assert (
        calendar.index("Item no. 0000") < calendar.index("Later") < calendar.index("Item no. 0001")
    )


def test_three_functions_have_the_work_of_each_and_one_rail(personas: Personas) -> None:
    person = personas.people["desk_agent"]
    since = DateTimeTZRange(clock.now() - timedelta(days=1), None)
    with attributed(system("test")):
        for function in (Function.PROJECT_MANAGER, Function.SERVICE_MANAGER):
            team = personas.teams[str(function)]
            Membership.objects.create(team=team, person=person, function=function, period=since)
    home = page(personas.client("desk_agent"), "/")
    assert all(heading in home for heading in ("My work", "Triage", "Due next", "Alerts"))
    rail, more = rail_entries(personas.actor("desk_agent"))
    names = [entry.url_name for entry in (*rail, *more)]
    assert len(rail) <= RAIL_SIZE
    assert len(names) == len(set(names))
    assert {"orders_list", "projects_list", "customers_list"} <= set(names)


def test_whoever_is_on_leave_reads_the_same_work(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, -1, 0, 3)
    now = clock.now()
    record_absence(
        personas.people["build_engineer"],
        by=system("test"),
        kind=Absence.Kind.LEAVE,
        starts=now - timedelta(days=1),
        ends=now + timedelta(days=6),
    )
    home = page(personas.client("build_engineer"), "/")
    assert home.count("Item no.") == 3


def test_no_function_has_a_home_that_says_what_it_is_for(personas: Personas) -> None:
    with attributed(system("test")):
        Membership.objects.filter(person=personas.people["desk_agent"]).delete()
    client = personas.client("desk_agent")
    assert NOTHING in page(client, "/")
    assert NOTHING in page(client, "/my-work/")
    assert page(client, "/my-work/?view=calendar")
    rail, _more = rail_entries(personas.actor("desk_agent"))
    assert "home" in {entry.url_name for entry in rail}
