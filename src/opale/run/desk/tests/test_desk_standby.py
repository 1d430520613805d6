"""What an engineer on stand-by sees first on a telephone."""

import re

import pytest
from tests.personas import Personas

from opale.run.desk.actions import ownership
from opale.run.desk.models import Grade, Ticket
from opale.run.desk.tests.builders import make_incident
from opale.run.desk.web import standby

pytestmark = pytest.mark.django_db
TITLE = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


def make_ticket(personas: Personas, subject: str, grade: Grade, owner: str) -> Ticket:
    held = make_incident(personas, subject, grade, by=personas.actor("desk_agent"))
    return ownership.take_ticket(held, by=personas.actor(owner))


def sections(page: str) -> list[str]:
    return page.partition('class="s-now"')[2].partition("</main>")[0].split("<section")[1:]


def test_ones_own_incident_that_hurts_most_stands_first_and_once(personas: Personas) -> None:
    own = make_ticket(personas, "Core down", Grade.HIGH, "desk_agent")
    other = make_ticket(personas, "Edge down", Grade.HIGH, "run_engineer")
    small = make_ticket(personas, "Slow line", Grade.LOW, "desk_agent")
    worst, mine = sections(personas.client("desk_agent").get("/standby/").content.decode())
    assert {own.reference, other.reference} <= set(re.findall(r"T-\d+", worst))
    assert small.reference not in worst
    lines = [line for line in worst.split("<li")[1:] if "· you ·" in line]
    assert [own.reference in line for line in lines] == [True]
    assert set(re.findall(r"T-\d+", mine)) == {small.reference}


def test_what_does_not_fit_is_counted_no_further_but_led_to(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "SHOWN", 2)
    for number in range(2):
        make_ticket(personas, f"Slow line {number}", Grade.LOW, "desk_agent")
    agent = personas.client("desk_agent")
    (mine,) = sections(agent.get("/standby/").content.decode())
    assert "/desk/mine/" not in TITLE.findall(mine)[0]
    make_ticket(personas, "Slow line 2", Grade.LOW, "desk_agent")
    (mine,) = sections(agent.get("/standby/").content.decode())
    assert "/desk/mine/" in TITLE.findall(mine)[0]
    assert mine.count("<li") == 2
