"""The worked examples of docs/rules/projects.md are run, row by row, as they are printed."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from tests.personas import Personas

from opale.customers.tests.builders import make_service
from opale.delivery.orders.actions.moves import move_order
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import order_sync
from opale.delivery.projects.domain.health import STORMY, Code, weather
from opale.delivery.projects.models import WorkPackage
from opale.delivery.projects.queries import default_templates, managers
from opale.delivery.projects.states import PROJECT_MOVES
from opale.delivery.projects.tests.builders import MAKER, make_project, offering
from opale.kernel.calendars import Calendar
from opale.planning.task_order import Link
from opale.planning.task_schedule import Task, plan
from opale.planning.workdays import workdays

RULES = Path("docs/rules/projects.md")


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = RULES.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in part.splitlines()
        if line.startswith("|")
    ][2:]
    assert rows, heading
    return rows


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("From an order"), ids=" ".join)
def test_the_worked_example_of_an_order(row: list[str], personas: Personas) -> None:
    lines, size, count = row
    asked = []
    for text in lines.split(", "):
        code, pieces = text.removeprefix("terminate ").split(" × ")
        if text.startswith("terminate "):
            service = make_service(personas.customer, "S-1", offering=offering(code))
            asked.append(NewLine(action="delete", service=service))
        else:
            asked.append(NewLine(offering=offering(code), quantity=int(pieces)))
    order = create_order(NewOrder(customer=personas.customer, lines=tuple(asked)), by=MAKER)
    move_order(order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    assert project.size == size
    assert WorkPackage.objects.filter(project=project).count() == int(count)


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("Who leads"), ids=" ".join)
def test_the_worked_example_of_who_leads(row: list[str], personas: Personas) -> None:
    families, asked, fits = row
    codes = {
        "vpn": "vpn", "managed_hosting": "host", "colocation": "colo", "connectivity": "inet",
        "other": "other",
    }  # fmt: skip
    project = make_project(personas, *((codes[name], 1) for name in families.split(", ")))
    found = managers.required_seniority(project)
    assert found == asked
    assert default_templates.FITS[found] == set(fits.split(", "))


@pytest.mark.parametrize("row", table("Dates"), ids=" ".join)
def test_the_worked_example_of_dates(row: list[str]) -> None:
    packages, waits, since, end, chain = row
    france = workdays(Calendar.on_weekdays("Europe/Paris", "09:00-17:00", country="FR"))
    tasks = []
    for text in packages.split(", "):
        name, days = text.split()
        tasks.append(Task(key=ord(name), days=int(days), calendar=france))
    links = []
    for text in filter(None, waits.split(", ")):
        after, before, *lag = text.replace(" after ", " ").replace(" + ", " ").split()
        links.append(Link(ord(before), ord(after), int(lag[0]) if lag else 0))
    start = date.fromisoformat(since)
    found = plan(tasks, links, start=start, today=start)
    assert found.ends == date.fromisoformat(end)
    assert "".join(map(chr, found.chain)) == chain.replace(" ", "")


@pytest.mark.parametrize("row", table("Weather"), ids=" ".join)
def test_the_worked_example_of_weather(row: list[str]) -> None:
    seen, expected = row
    codes = [] if seen == "nothing" else seen.split(", ")
    assert weather(codes) == expected  # type: ignore[arg-type]  # printed in the rules


def test_every_reason_has_its_weather() -> None:
    printed = {name for row in table("Weather") for name in row[0].split(", ")} - {"nothing"}
    assert printed == set(get_args(Code))
    assert set(get_args(Code)) >= STORMY


def test_the_table_of_moves_is_what_moves() -> None:
    printed = {(move, frozenset(sources.split(", ")), to) for move, sources, to in table("States")}
    moves = {(m.name, frozenset(map(str, m.sources)), str(m.target)) for m in PROJECT_MOVES}
    assert printed == moves
