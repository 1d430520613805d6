"""The page of a handover: cards, blocks, the situation, signatures; records found and printed."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import MAKER, Personas, make_personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.actions import ownership, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Commitment, Kind, Source, Ticket
from opale.run.handover.actions import cards, deadline
from opale.run.handover.models import Handover, HandoverItem, WatchItem
from opale.run.handover.web.labels import next_step
from opale.run.shifts.models import Duty

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def house() -> Personas:
    """The engineer leaves, the agent arrives and leads."""
    house = make_personas()
    at = clock.now() + timedelta(minutes=10)
    for name, role, starts in (
        ("run_engineer", "lead", at - timedelta(hours=8)),
        ("desk_agent", "lead", at),
    ):
        duty(house, house.people[name], role, starts)
    return house


def duty(house: Personas, person: Person, role: str, starts: object) -> None:
    with attributed(MAKER):
        Duty.objects.create(
            person=person,
            team=house.teams["desk_agent"],
            kind="staffed",
            role=role,
            period=DateTimeTZRange(starts, starts + timedelta(hours=8)),  # type: ignore[operator]
        )


def ticket(house: Personas, subject: str, *, urgent: bool = True) -> Ticket:
    new = NewTicket(
        subject=subject,
        source=Source.PHONE,
        kind=Kind.INCIDENT,
        customer=house.customer,
        contact=house.contact,
    )
    made = ticket_creation.receive_ticket(new, by=MAKER)
    engineer = house.actor("run_engineer")
    made = ownership.take_ticket(made, by=engineer, seen_owner_id=made.owner_id)
    Commitment.objects.filter(ticket=made).delete()
    if urgent:
        with attributed(MAKER):
            Ticket.objects.filter(pk=made.pk).update(priority=1)
    return made


def prepared(house: Personas) -> Handover:
    deadline.run_clock(by=MAKER, at=clock.now())
    return Handover.objects.get()


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_cards_and_the_block_and_one_key_accepts(house: Personas) -> None:
    hot, _calm = ticket(house, "Baie coupée"), ticket(house, "Ajout DNS", urgent=False)
    held, client = prepared(house), house.client("desk_agent")
    assert client.get("/handovers/").url == f"/handovers/{held.pk}/"  # type: ignore[attr-defined]
    page = text(client, f"/handovers/{held.pk}/")
    assert "Baie coupée" in page
    assert "Ajout DNS" not in page
    assert 'data-key="a"' in page
    row = HandoverItem.objects.get(ticket=hot)
    answer = client.post(
        f"/handovers/{held.pk}/cards/{row.pk}/acceptance/", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "All urgent tickets are accepted" in answer.content.decode()
    assert f"/handovers/{held.pk}/undo/?items={row.pk}" in answer.headers["HX-Trigger"]
    hot.refresh_from_db()
    assert hot.owner == house.people["desk_agent"]


def test_the_block_is_looked_into_and_accepted(house: Personas) -> None:
    ticket(house, "Ajout DNS", urgent=False)
    held, client = prepared(house), house.client("desk_agent")
    leaver = house.people["run_engineer"].pk
    assert "Ajout DNS" in text(client, f"/handovers/{held.pk}/blocks/{leaver}/")
    client.post(f"/handovers/{held.pk}/blocks/{leaver}/acceptance/")
    assert HandoverItem.objects.get().state == "accepted"
    client.post(f"/handovers/{held.pk}/undo/?leaver={leaver}")
    assert HandoverItem.objects.get().state == "waiting"


def test_a_confidential_ticket_is_shown_to_those_who_have_to_do_with_it(house: Personas) -> None:
    hot = ticket(house, "Affaire sensible")
    with attributed(MAKER):
        Ticket.objects.filter(pk=hot.pk).update(confidential=True)
    held = prepared(house)
    assert "Affaire sensible" in text(house.client("run_engineer"), f"/handovers/{held.pk}/")
    for page in (f"/handovers/{held.pk}/", f"/handovers/{held.pk}/print/"):
        assert "Affaire sensible" not in text(house.client("core_engineer"), page)


def test_a_refusal_says_why_and_a_note_what_comes_next(house: Personas) -> None:
    row = HandoverItem(ticket=ticket(house, "Baie coupée"))
    held, client = prepared(house), house.client("desk_agent")
    row = HandoverItem.objects.get()
    own = f"/handovers/{held.pk}/cards/{row.pk}"
    client.post(f"{own}/refusal/", {"reason": "skill", "note": "BGP"})
    client.post(f"{own}/note/", {"note": "Rappeler Ana à 21 h"})
    page = text(client, f"/handovers/{held.pk}/")
    assert "Desk Agent refused: I lack the skill – BGP" in page
    assert "Rappeler Ana à 21 h" in page
    client.post(f"{own}/proposal/", {"person": house.people["desk_agent"].pk})
    row.refresh_from_db()
    assert row.proposed == house.people["desk_agent"]


def test_both_sign_and_the_record_is_found_and_printed(house: Personas) -> None:
    hot = ticket(house, "Onduleur en défaut")
    held = prepared(house)
    client, leaver = house.client("desk_agent"), house.client("run_engineer")
    cards.accept_card(HandoverItem.objects.get(ticket=hot), by=house.actor("desk_agent"))
    leaver.post(f"/handovers/{held.pk}/signature/", {"side": "leaving"})
    client.post(f"/handovers/{held.pk}/signature/", {"side": "arriving"})
    held.refresh_from_db()
    assert held.state == "signed"
    assert f"/handovers/{held.pk}/" in text(client, "/handovers/all/?q=onduleur")
    assert "No handover matches your filters" in text(client, "/handovers/all/?q=climatisation")
    assert "Onduleur en défaut" in text(client, f"/handovers/{held.pk}/print/")
    assert client.get("/handovers/").url == "/handovers/all/"  # type: ignore[attr-defined]


def test_who_is_back_takes_all_back_with_one_key(house: Personas) -> None:
    hot = ticket(house, "Baie coupée")
    prepared(house)
    cards.accept_card(HandoverItem.objects.get(ticket=hot), by=house.actor("desk_agent"))
    with clock.travel(timedelta(hours=1)):
        duty(house, house.people["run_engineer"], "agent", clock.now() - timedelta(minutes=1))
        client = house.client("run_engineer")
        assert "Take all back" in text(client, "/handovers/all/")
        client.post("/handovers/return/")
    hot.refresh_from_db()
    assert hot.owner == house.people["run_engineer"]


def test_something_is_watched_called_about_and_over(house: Personas) -> None:
    client = house.client("desk_agent")
    assert "No watch items" in text(client, "/handovers/watches/")
    team = house.teams["core_engineer"].pk
    client.post("/handovers/watches/new/", {"text": "Stockage", "until": "+2h", "calls": team})
    page = text(client, "/handovers/watches/")
    assert "Stockage" in page
    assert client.post("/handovers/watches/1/call/").status_code in (404, 409)
    watch = WatchItem.objects.get()
    assert f"/handovers/watches/{watch.pk}/end/" in page
    assert "No ended watch items" in text(client, "/handovers/watches/?view=over")
    marked = {"n": [watch.pk]}
    assert client.post("/lists/watches/acts/end/", marked).status_code == 302
    assert "Stockage" not in text(client, "/handovers/watches/")
    over = text(client, "/handovers/watches/?view=over")
    assert "Stockage" in over
    assert f"/handovers/watches/{watch.pk}/end/" not in over


def test_nobody_signs_before_all_is_accepted_nor_by_the_api(house: Personas) -> None:
    hot, _calm = ticket(house, "Baie coupée"), ticket(house, "Ajout DNS", urgent=False)
    held = prepared(house)
    page = text(house.client("run_engineer"), f"/handovers/{held.pk}/")
    assert "0 of 2 accepted" in page
    for name, side in (("run_engineer", "leaving"), ("desk_agent", "arriving")):
        refused = house.client(name).post(
            f"/api/v1/handovers/{held.pk}/signature", {"side": side},
            content_type="application/json",
        )  # fmt: skip
        assert (refused.status_code, refused.json()["detail"]) == (409, "0 of 2 accepted")
    cards.accept_card(HandoverItem.objects.get(ticket=hot), by=house.actor("desk_agent"))
    assert "1 of 2 accepted" in text(house.client("run_engineer"), f"/handovers/{held.pk}/")


def test_what_falls_due_later_is_one_line_that_says_what_and_when(house: Personas) -> None:
    later, soon = ticket(house, "Ajout DNS", urgent=False), ticket(house, "VPN", urgent=False)
    for one, hours in ((later, 5), (soon, 0.5)):
        due(one, timedelta(hours=hours))
    held = prepared(house)
    page = text(house.client("desk_agent"), f"/handovers/{held.pk}/")
    line, card = (
        next(li for li in page.split("<li ") if one.reference in li) for one in (later, soon)
    )
    assert "Restore the service" in line
    assert "GTR due " in line
    assert page.count("h-quiet") == 1
    assert "GTR due " in card


def due(ticket: Ticket, ahead: timedelta) -> None:
    with attributed(MAKER):
        Commitment.objects.create(
            ticket=ticket, customer=ticket.customer, measure="restore",
            target=timedelta(hours=8), coverage="always",
            starts_at=clock.now(), due_at=clock.now() + ahead,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"next": "wait", "pause": "customer", "until": None}, "Wait for the customer"),
        (
            {"next": "wait", "pause": "agreed_date", "until": "2026-12-17T08:00:00+00:00"},
            "Wait for the agreed date, Thu 17 Dec",
        ),
        (
            {"next": "work", "measure": "first_response", "kind": "request"},
            "Send the first response",
        ),
        ({"next": "work", "measure": "", "kind": "request"}, "Fulfil the request"),
        ({"next": "work", "measure": "", "kind": "incident"}, "Resolve the incident"),
        (
            {"next": "accept", "asked": [{"whom": "RUN", "state": "requested", "promised": None}]},
            "Get the escalation accepted by RUN",
        ),
        (
            {"next": "follow", "asked": [{"whom": "RUN", "state": "accepted", "promised": None}]},
            "Follow up with RUN",
        ),
    ],
)
def test_the_next_step_says_what_and_for_whom(told: dict[str, object], said: str) -> None:
    assert str(next_step(told)).startswith(said)
