"""What the lists of the desk draw: one row a ticket, one named clock, and only what may be done."""

import re
from datetime import datetime, timedelta
from typing import Literal

import pytest
from django.test import Client
from django.utils import translation
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Commitment, Grade, Kind, Source, Ticket
from opale.run.desk.queries import queue_order, ticket_lists
from opale.run.desk.states import TicketState
from opale.run.desk.tests.builders import make_service
from opale.run.desk.tests.test_desk_queue_order import MONDAY_WORK, SATURDAY, standing_at
from opale.ui.keyset import Order, cursor
from opale.ui.tests.drawing import ADDRESS, barred, box, drawn

ONLY_LOOK = (
    "solution_architect",
    "project_manager",
    "core_engineer",
    "tools_engineer",
    "administrator",
)
LONG = "Le lien entre Rennes et Lille est coupé depuis ce matin, plus rien ne passe sur le réseau"

EITHER = f"{LONG}, VPN-1 et VPN-2"
"""Speaks for two services alike: neither is sure."""


@pytest.fixture
def personas(db: None) -> Personas:
    house = make_personas()
    make_service(house.customer, "VPN-1")
    make_service(house.customer, "VPN-2")
    return house


def received(personas: Personas, *, subject: str = LONG, sender: bool = True) -> Ticket:
    """A late ticket; with its `sender`, something is proposed."""
    ticket = receive_ticket(
        NewTicket(
            subject=subject,
            body="Bonjour",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer if sender else None,
            contact=personas.contact if sender else None,
            impact=Grade.HIGH,
            urgency=Grade.HIGH,
        ),
        by=system("test"),
    )
    due_at(ticket)
    return ticket


def due_at(ticket: Ticket, measure: str = "acknowledge", hours: float = -2.9) -> None:
    """The one promise of the ticket, as the clocks would have left it."""
    Commitment.objects.filter(ticket=ticket).delete()
    now = clock.now()
    Commitment.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        measure=measure,
        target=timedelta(hours=4),
        coverage="always",
        starts_at=now - timedelta(hours=3),
        due_at=now + timedelta(hours=hours),
    )


def french(client: Client, path: str) -> bytes:
    client.cookies["django_language"] = "fr"
    answer = client.get(path).content
    client.cookies["django_language"] = "en"
    return answer


def test_no_bar_of_a_clock_lies_across_its_words(personas: Personas) -> None:
    received(personas)
    agent = personas.client("desk_agent")
    pages = {path: french(agent, path) for path in ("/", "/desk/", "/desk/due-next/")}
    with drawn(pages, "/") as page:
        for path in pages:
            page.goto(f"{ADDRESS}{path}")
            for width in (1440, 1100, 360):
                page.set_viewport_size({"width": width, "height": 900})
                assert "de retard" in page.locator(".o-clock:visible").first.inner_text()
                assert barred(page) == [], (path, width)


def test_a_line_of_triage_is_one_row_and_its_proposals_one_more(personas: Personas) -> None:
    proposed, bare = received(personas, subject=EITHER), received(personas, sender=False)
    agent, lines = personas.client("desk_agent"), "/tickets/{}/triage/line/"
    pages = {"/desk/": french(agent, "/desk/")}
    pages |= {
        path: french(agent, path)
        for path in (lines.format(ticket.number) for ticket in (proposed, bare))
    }
    assert b"d-chip" in pages[lines.format(proposed.number)]
    assert pages[lines.format(bare.number)].strip() == b""
    with drawn(pages, "/desk/") as page:
        page.wait_for_selector(".d-chip")
        row = {
            ticket: page.locator(f"#desk-ticket-{ticket.pk}-line") for ticket in (proposed, bare)
        }
        heights = {ticket: box(one)["height"] for ticket, one in row.items()}
        assert heights[bare] <= 36
        assert heights[proposed] <= 64
        for name in (".o-title", ".d-clock", ".o-end"):
            lefts = {box(one.locator(name))["x"] for one in row.values()}
            assert len(lefts) == 1, name
        assert box(row[bare].locator(".o-title"))["width"] > 200


def test_what_is_not_sure_is_said_and_not_only_drawn(personas: Personas) -> None:
    ticket = received(personas, subject=EITHER)
    line = personas.client("desk_agent").get(f"/tickets/{ticket.number}/triage/line/")
    chip = re.search(r"data-unsure.*?</(?:button|a)>", line.content.decode(), re.DOTALL)
    assert chip
    assert "(possibly)" in chip[0]
    assert "?</" not in chip[0]


@pytest.mark.parametrize(
    ("measure", "english", "said"),
    [
        ("triage", "triage", "qualification"),
        ("acknowledge", "GTI", "GTI"),
        ("first_response", "first response", "première réponse"),
        ("update", "next update", "prochain point"),
        ("restore", "GTR", "GTR"),
        ("resolve", "resolution", "résolution"),
    ],
)
def test_the_clock_of_a_line_is_called_by_its_measure(
    personas: Personas, measure: str, english: str, said: str
) -> None:
    ticket = received(personas)
    due_at(ticket, measure)
    agent = personas.client("desk_agent")
    for path in ("/desk/open/", "/"):
        assert f">{english}</span>" in agent.get(path).content.decode()
        assert f">{said}</span>" in french(agent, path).decode()
    with translation.override("fr"):
        whole = str(Commitment.Measure(measure).label)
    assert f'title="{whole}"' in french(agent, "/desk/open/").decode()


def test_every_measure_has_a_short_name() -> None:
    assert set(Commitment.SHORT_NAMES) == set(Commitment.Measure)


@pytest.mark.parametrize("persona", ONLY_LOOK)
@pytest.mark.parametrize("view", ["triage", "open"])
def test_who_may_only_look_is_offered_nothing_to_do(
    personas: Personas, persona: str, view: str
) -> None:
    received(personas)
    works, looks = (
        personas.client(name).get(f"/desk/{view}/").content.decode()
        for name in ("desk_agent", persona)
    )
    assert LONG in looks
    for offer in ("/tickets/new/", "/desk/merging/", 'type="checkbox"'):
        assert offer in works
        assert offer not in looks
    assert "/triage/line/" not in looks


def test_now_shows_each_ticket_once_and_nothing_to_tick(personas: Personas) -> None:
    agent = personas.client("desk_agent")
    own, new = (received(personas, subject=subject) for subject in ("Mine", "Of nobody"))
    person = personas.people["desk_agent"]
    with attributed(system("test")):
        Ticket.objects.filter(pk=own.pk).update(owner=person)
        Ticket.objects.filter(pk=new.pk).update(owner=personas.people["run_engineer"])
    page = agent.get("/").content.decode()
    for ticket in (own, new):
        assert page.count(f'id="desk-ticket-{ticket.pk}-line"') == 1
    assert 'type="checkbox"' not in page
    with attributed(system("test")):
        Ticket.objects.filter(pk=new.pk).update(owner=person)
    page = agent.get("/").content.decode()
    assert page.count(f'id="desk-ticket-{new.pk}-line"') == 1
    assert "No tickets in triage" not in page
    with attributed(system("test")):
        Ticket.objects.update(state=TicketState.IN_PROGRESS)
    assert "No tickets in triage" in agent.get("/").content.decode()


def test_a_promise_is_said_in_hours_and_not_in_days_that_nobody_sold(personas: Personas) -> None:
    ticket = received(personas)
    promised = Commitment.objects.filter(ticket=ticket, measure="acknowledge")
    with attributed(system("test")):
        promised.update(target=timedelta(hours=40))
    due = personas.client("desk_agent").get("/desk/due-next/").content.decode()
    assert "40 h</span>" in due


@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("view", ["open", "all"])
@pytest.mark.parametrize("moment", [MONDAY_WORK, SATURDAY])
def test_a_place_that_somebody_made_up_is_answered(
    personas: Personas, view: Literal["open", "all"], moment: datetime, way: str
) -> None:
    with standing_at(moment):
        ticket, client = received(personas), personas.client("desk_agent")
        whole = queue_order.in_order(Ticket.objects.all(), moment).order
        order = ticket_lists.NEWEST if view == "all" else whole
        real = {name.lstrip("-"): getattr(ticket, name.lstrip("-"), False) for name in order}
        wrongs: list[dict[str, object]] = [{"id": "1"}, {"id": True}, {"received_at": 1}]
        if view == "open":
            wrongs += [{"priority": 10**30}, {"priority": "1"}, {"premium": None}]
        for wrong in wrongs:
            place = cursor(real | wrong, Order(order))
            assert client.get(f"/desk/{view}/?{way}={place}").status_code == 200
        place = cursor(real | {"id": 10**30}, Order(order))
        assert client.get(f"/desk/{view}/?{way}={place}").status_code == 200


def test_the_second_button_of_a_form_is_cancel(personas: Personas) -> None:
    agent, ticket = personas.client("desk_agent"), received(personas)
    for path in ("/tickets/new/", f"/tickets/{ticket.number}/wait/"):
        said = agent.get(path).content.decode()
        assert ">Cancel</a>" in said
        assert ">Annuler</a>" in french(agent, path).decode()


@pytest.mark.parametrize(("typed", "said"), [("+2h", "future"), ("01/01/2020 8:00", "received")])
def test_a_wait_from_a_wrong_time_is_refused_beside_its_field(
    personas: Personas, typed: str, said: str
) -> None:
    agent, ticket = personas.client("desk_agent"), received(personas)
    answer = agent.post(
        f"/tickets/{ticket.number}/wait/",
        {"kind": "customer", "starts": typed, "confirmed": "on"},
    )
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors["starts"]
    assert said in error
    assert not answer.context["form"].non_field_errors()


def test_a_message_that_is_under_way_is_not_sent_again(
    personas: Personas,
) -> None:
    """A second click would send what the first one has emptied, and be told to write something."""
    ticket = received(personas)
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/").content.decode()
    writes = [form for form in re.findall("<form[^>]*>", page) if "o-write" in form]
    assert len(writes) == 2
    assert all('hx-sync="this:drop" hx-disinherit="hx-sync"' in form for form in writes)


def test_the_customer_is_set_by_those_who_may(personas: Personas) -> None:
    ticket = received(personas)
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(customer=None, contact=None)
    path = f"/tickets/{ticket.number}/classification/"
    works, looks = (
        personas.client(name).get(f"/tickets/{ticket.number}/").content.decode()
        for name in ("desk_agent", "administrator")
    )
    assert path in works
    assert "no customer set" in looks.lower()
    assert path not in looks


def test_the_page_of_a_customer_leads_to_all_of_its_tickets(personas: Personas) -> None:
    client, code = personas.client("desk_agent"), personas.customer.code
    link = f'href="/tickets/?customer={personas.customer.pk}"'
    assert link not in client.get(f"/customers/{code}/tickets/").content.decode()
    ticket = received(personas)
    received(personas, sender=False, subject="Sans client")
    assert link in client.get(f"/customers/{code}/tickets/").content.decode()
    shown = client.get(f"/tickets/?customer={personas.customer.pk}").content.decode()
    assert ticket.reference in shown
    assert "Sans client" not in shown
