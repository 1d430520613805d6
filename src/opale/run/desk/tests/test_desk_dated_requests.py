"""Requests that ask for a date: their clock runs on it."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Team
from opale.run.desk.actions import classifications, lifecycle, pauses, requests
from opale.run.desk.domain.catalogue.form_fields import Field, form_faults
from opale.run.desk.domain.catalogue.requested_dates import requested_date
from opale.run.desk.models import Commitment, Kind, Pause, Ticket
from opale.run.desk.queries.clocks import promised_end
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.assignments import make_team
from opale.run.desk.tests.builders import House, agent_of
from opale.run.desk.tests.catalogue import AHEAD, access, ask, contact, fresh, furnished
from opale.run.desk.tests.test_desk_request_promises import quote, resolve_of, setting

PARIS = ZoneInfo("Europe/Paris")
LATER = AHEAD + timedelta(days=7)


@pytest.fixture
def house(db: None) -> House:
    return furnished()


def visit(house: House) -> Ticket:
    """A visit in three days, asked by somebody who may enter."""
    who = contact(house, "Luc Petit", may_enter=True)
    return ask(house, "datacentre-access", access(), agent_of(house.agent), contact=who)


def dated(kind: str, due: str) -> Field:
    return Field(name="wanted", kind=kind, label_en="On", label_fr="Le", due=due)


def test_a_day_is_due_when_it_begins_and_one_that_is_wished_for_when_it_ends() -> None:
    said = {"wanted": "2026-12-17"}
    before = requested_date([dated("date", "before")], said, PARIS)
    wished = requested_date([dated("date", "by")], said, PARIS)
    assert before is not None
    assert wished is not None
    assert (before.at, before.wished) == (datetime(2026, 12, 17, tzinfo=PARIS), False)
    assert (wished.at, wished.wished) == (datetime(2026, 12, 17, 23, 59, tzinfo=PARIS), True)
    assert requested_date([dated("date", "by")], {}, PARIS) is None
    assert requested_date([dated("date", "")], said, PARIS) is None


def test_one_date_of_a_form_sets_when_it_is_due() -> None:
    two = [dated("date", "before"), replace(dated("date", "by"), name="other")]
    assert form_faults(two, for_employees=False) == [
        "Only one date can set when the request is due."
    ]
    assert form_faults([dated("text", "before")], for_employees=False) == [
        "On: only a date can set when the request is due."
    ]


def test_a_visit_is_due_on_its_date_whatever_its_type_and_the_team_promise(house: House) -> None:
    with attributed(system("test")):
        team = make_team("Access", Team.Kind.RUN_ENGINEERING, house.other)
    setting("datacentre-access", team=team)
    ticket = visit(house)
    assert ticket.wanted_at == AHEAD
    assert resolve_of(ticket).due_at == AHEAD
    assert Commitment.objects.get(ticket=ticket, measure="deliver").due_at == AHEAD
    assert promised_end(ticket) == AHEAD


def test_no_pause_moves_the_date(house: House) -> None:
    ticket, by = visit(house), agent_of(house.agent)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
    assert resolve_of(ticket).due_at == AHEAD


def test_a_corrected_date_moves_the_clock_and_the_history_says_so(house: House) -> None:
    ticket, by = visit(house), agent_of(house.agent)
    moved = access(starts=LATER.isoformat(), ends=(LATER + timedelta(hours=4)).isoformat())
    requests.revise_request(ticket, moved, by=by)
    assert fresh(ticket).wanted_at == LATER
    assert resolve_of(ticket).due_at == LATER
    entries, _older = ticket_timeline(fresh(ticket))
    (change,) = [one for one in entries if one.kind == "classified" and one.details["before"]]
    assert (change.details["before"].wanted_at, change.row.wanted_at) == (AHEAD, LATER)


def test_an_incident_has_no_date_and_the_request_has_it_again(house: House) -> None:
    ticket, by = visit(house), agent_of(house.agent)
    classifications.qualify_ticket(ticket, Kind.INCIDENT, by=by)
    assert not Commitment.objects.filter(ticket=ticket, due_at=AHEAD).exists()
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=by)
    assert resolve_of(ticket).due_at == AHEAD


def test_what_is_wished_for_later_is_due_then_and_sooner_is_not_promised(house: House) -> None:
    setting("quote", target=timedelta(hours=8), coverage="always")
    by = agent_of(house.agent)
    on = (datetime.now(PARIS) + timedelta(days=20)).date()
    later = ask(house, "quote", {"wish": "vpn", "wanted_on": on.isoformat()}, by)
    assert resolve_of(later).due_at == datetime(on.year, on.month, on.day, 23, 59, tzinfo=PARIS)
    setting("quote", target=timedelta(hours=4000))
    sooner = ask(house, "quote", {"wish": "vpn", "wanted_on": on.isoformat()}, by)
    assert sooner.wanted_at is None
    assert resolve_of(sooner).target == timedelta(hours=4000)
    assert quote(house).wanted_at is None


def test_a_visit_that_is_ready_is_met_and_reopened_it_is_due_on_its_date_again(
    house: House,
) -> None:
    ticket, by = visit(house), agent_of(house.agent)
    lifecycle.resolve_ticket(ticket, cause="Badges made", by=by)
    assert resolve_of(ticket).met_at is not None
    lifecycle.reopen_ticket(fresh(ticket), by=by)
    held = resolve_of(ticket)
    assert (held.due_at, held.met_at) == (AHEAD, None)
