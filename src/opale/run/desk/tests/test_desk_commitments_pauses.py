"""Pauses and the time that stands still, in what is stored of the clocks. docs/rules/clocks.md."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.kernel.history import revisions
from opale.run.desk.actions import lifecycle, ownership, pauses
from opale.run.desk.forms.clocks import PauseRecordForm
from opale.run.desk.models import (
    Pause,
    Ticket,
)
from opale.run.desk.queries import clocks
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_house,
    make_ticket,
    minutes_ago,
    on_duty,
    stored,
)

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def house() -> House:
    house = make_house()
    on_duty(house.agent, house.desk, "triage", minutes_ago(900), hours=100)
    return house


def test_an_agreed_date_is_due_and_resumes_by_itself(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    until = clock.now() + 5 * HOUR
    pauses.pause_ticket(ticket, Pause.Kind.AGREED_DATE, by=by, until=until, confirmed=True)
    due = stored(ticket, "restore").due_at
    assert due is not None
    assert due > until + 2 * HOUR
    assert pauses.resume_due_pauses() == 0
    with clock.travel(6 * HOUR):
        assert pauses.resume_due_pauses() == 1
        assert pauses.resume_due_pauses() == 0
    assert Ticket.objects.get(pk=ticket.pk).state == "in_progress"
    assert Pause.objects.get(ticket=ticket).ends == until
    assert stored(ticket, "restore").due_at == due


def test_a_pause_taken_up_after_its_agreed_date_ended_at_that_date(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    until = clock.now() + HOUR
    pauses.pause_ticket(ticket, Pause.Kind.AGREED_DATE, by=by, until=until, confirmed=True)
    with clock.travel(3 * HOUR):
        ownership.take_ticket(ticket, by=by)
    assert Pause.objects.get(ticket=ticket).ends == until


def test_a_pause_may_have_begun_before_the_ticket_was_triaged(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(120)), agent_of(house.agent)
    begun = minutes_ago(100)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, starts=begun, confirmed=True)
    ownership.take_ticket(ticket, by=by)
    triaged = Ticket.objects.get(pk=ticket.pk).triaged_at
    pause = Pause.objects.get(ticket=ticket)
    assert pause.starts == begun
    assert triaged
    assert pause.ends
    assert triaged >= pause.ends
    row = stored(ticket, "restore")
    assert row.due_at == ticket.received_at + 4 * HOUR + (pause.ends - begun)


@pytest.mark.parametrize("minutes", [-180, 10])
def test_a_pause_begins_between_receipt_and_now(house: House, minutes: int) -> None:
    ticket = make_ticket(house, at=minutes_ago(120))
    with pytest.raises(Invalid):
        pauses.pause_ticket(
            ticket,
            Pause.Kind.CUSTOMER,
            by=agent_of(house.agent),
            starts=clock.now() + minutes * MINUTE,
            confirmed=True,
        )


def test_an_agreed_date_is_said_and_is_to_come(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    for until in (None, minutes_ago(1), clock.now() + timedelta(days=400)):
        with pytest.raises(Invalid):
            pauses.pause_ticket(ticket, Pause.Kind.AGREED_DATE, by=by, until=until, confirmed=True)


def test_a_corrected_pause_moves_the_due_time_and_keeps_what_stood_there(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(120)), agent_of(house.agent)
    starts = minutes_ago(100)
    ends = starts + 10 * MINUTE
    pause = pauses.record_pause(ticket, Pause.Kind.CUSTOMER, by=by, starts=starts, ends=ends)
    pauses.correct_pause(
        pause, by=by, kind=Pause.Kind.SUPPLIER, starts=starts, ends=ends + HOUR, reason="Opérateur"
    )
    assert stored(ticket, "restore").due_at == ticket.received_at + 4 * HOUR + 70 * MINUTE
    (change,) = revisions(Pause, id=pause.pk)
    assert {d.column: d.before for d in change.differences} == {
        "kind": "customer", "ends": ends, "reason": "",
    }  # fmt: skip
    pauses.withdraw_pause(pause, by=by)
    assert stored(ticket, "restore").due_at == ticket.received_at + 4 * HOUR


def test_a_running_pause_is_not_ended_by_a_correction(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    pause = Pause.objects.get(ticket=ticket)
    with pytest.raises(Invalid):
        pauses.correct_pause(
            pause, by=by, kind=Pause.Kind.SUPPLIER, starts=pause.starts, ends=minutes_ago(1)
        )
    with pytest.raises(Invalid):
        pauses.correct_pause(pause, by=by, kind=Pause.Kind.CUSTOMER, starts=pause.starts, ends=None)
    with pytest.raises(Invalid):
        pauses.withdraw_pause(pause, by=by)
    pauses.correct_pause(pause, by=by, kind=Pause.Kind.CHANGE, starts=minutes_ago(30), ends=None)
    assert clocks.clocks_of(ticket)["restore"].used(clock.now()) < 31 * MINUTE


def test_the_time_while_a_ticket_stood_resolved_does_not_count(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    lifecycle.resolve_ticket(ticket, by=by)
    with clock.travel(24 * HOUR):
        lifecycle.reopen_ticket(ticket, by=by)
        row = stored(ticket, "restore")
        assert row.breached_at is None
        assert row.due_at
        assert abs(row.due_at - clock.now() - 3 * HOUR) < 2 * MINUTE


def test_a_pause_is_corrected_by_the_form_as_its_page_shows_it(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    until = clock.now() + HOUR
    pauses.pause_ticket(ticket, Pause.Kind.AGREED_DATE, by=by, until=until, confirmed=True)

    def as_shown(pause: Pause) -> dict[str, Any]:
        form = PauseRecordForm(pause=pause, initial=PauseRecordForm.initial_of(pause, by))
        moments = ("starts", "ends", "until")
        drawn = "".join(str(form[name]) for name in moments)
        tags = re.findall(r"<input[^>]*>", drawn)
        posted = {attribute(tag, "name"): attribute(tag, "value") for tag in tags}
        posted |= {"kind": pause.kind, "reason": "Agreed"}
        again = PauseRecordForm(posted, pause=pause)
        assert again.is_valid(), again.errors
        return again.arguments()

    running = Pause.objects.get(ticket=ticket)
    said = as_shown(running)
    assert (said["ends"], said["until"]) == (None, until)
    pauses.correct_pause(running, by=by, **said)
    with clock.travel(3 * HOUR):
        pauses.resume_due_pauses()
        over = Pause.objects.get(ticket=ticket)
        corrected = pauses.correct_pause(over, by=by, **as_shown(over))
    assert (corrected.until, corrected.reason) == (over.until, "Agreed")
    assert corrected.ends == over.ends


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
