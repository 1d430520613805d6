"""Timed automations: what falls due after they are enabled, once, and the dry run of last week."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.run.automations.actions import due as due_actions
from opale.run.automations.actions.due import start_due_automations
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.queries import dry_runs
from opale.run.automations.queries.automations import automations, runs
from opale.run.automations.queries.dry_runs import DryRun, dry_run
from opale.run.automations.states import Moment, Trigger
from opale.run.automations.tests.builders import make_automation, work_off
from opale.run.desk.actions.answers import answer_customer
from opale.run.desk.actions.assignments import WorkRequest, request_work
from opale.run.desk.actions.lifecycle import cancel_ticket
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.requester_messages import write_as_requester
from opale.run.desk.actions.text_modules import TextModuleInput, create_text_module
from opale.run.desk.models import Message, Ticket
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.tests.builders import make_incident

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def timed(house: Personas, moment: Moment, hours: int = 2, **more: object) -> Automation:
    return make_automation(
        house,
        Trigger.TIME,
        moment=moment,
        amount=hours,
        unit="hours",
        **more,  # type: ignore[arg-type]
    )


def look_at(at: datetime) -> int:
    started = start_due_automations(at=at)
    work_off()
    return started


def tags(ticket: Ticket) -> list[str]:
    return Ticket.objects.get(pk=ticket.pk).tags


def test_some_time_after_receipt_it_runs_once(personas: Personas) -> None:
    timed(personas, Moment.RECEIVED)
    at = clock.now()
    ticket = make_incident(personas, "VPN down", at=at)
    assert look_at(at + HOUR) == 0
    assert tags(ticket) == []
    assert look_at(at + 2 * HOUR + timedelta(minutes=1)) == 1
    assert tags(ticket) == ["seen"]
    assert look_at(at + 3 * HOUR) == 0
    assert AutomationRun.objects.count() == 1


def test_what_fell_due_before_it_was_enabled_is_left_alone(personas: Personas) -> None:
    at = clock.now()
    old = make_incident(personas, "Old", at=at - 3 * HOUR)
    soon = make_incident(personas, "Soon", at=at - HOUR)
    timed(personas, Moment.RECEIVED)
    look_at(at + 2 * HOUR)
    assert (tags(old), tags(soon)) == ([], ["seen"])


def test_a_worker_that_stood_still_makes_up_for_it_without_doubles(personas: Personas) -> None:
    timed(personas, Moment.RECEIVED)
    ticket = make_incident(personas, "VPN down")
    look_at(clock.now() + timedelta(days=2))
    assert tags(ticket) == ["seen"]


def test_an_ended_ticket_is_left_alone(personas: Personas) -> None:
    timed(personas, Moment.RECEIVED)
    ticket = make_incident(personas, "VPN down")
    cancel_ticket(ticket, by=personas.actor("service_manager"))
    assert look_at(clock.now() + 3 * HOUR) == 0


def test_it_counts_from_the_last_message_of_the_customer(personas: Personas) -> None:
    timed(personas, Moment.CUSTOMER_WROTE)
    at = clock.now()
    ticket = make_incident(personas, "VPN down", at=at)
    message = write_as_requester(ticket, "Toujours rien", by=personas.actor("customer_contact"))
    Message.objects.filter(pk=message.pk).update(at=at + HOUR)
    assert look_at(at + 2 * HOUR + timedelta(minutes=5)) == 0
    assert look_at(at + 3 * HOUR + timedelta(minutes=5)) == 1
    assert tags(ticket) == ["seen"]


def test_it_counts_from_our_last_message_and_only_while_nobody_answered(
    personas: Personas,
) -> None:
    timed(personas, Moment.MESSAGE_SENT, condition='last_writer == "desk"')
    agent = personas.actor("desk_agent")
    silent, lively = make_incident(personas, "Silent"), make_incident(personas, "Lively")
    for ticket in (silent, lively):
        ticket = take_ticket(ticket, by=agent, seen_owner_id=ticket.owner_id)
        answer_customer(ticket, "Quel site ?", by=agent)
    write_as_requester(lively, "Lyon", by=personas.actor("customer_contact"))
    look_at(clock.now() + 3 * HOUR)
    assert (tags(silent), tags(lively)) == (["seen"], [])


def test_its_own_reply_does_not_start_it_again_but_a_persons_does(personas: Personas) -> None:
    sheet = TextModuleInput(name_fr="Relance", name_en="Reminder", body_fr="?", body_en="?")
    manager = personas.actor("service_manager")
    module = create_text_module(sheet, by=manager)
    timed(personas, Moment.MESSAGE_SENT, acts=MacroActs(module_id=module.pk))
    ticket = make_incident(personas, "Silent")
    ticket = take_ticket(ticket, by=manager, seen_owner_id=ticket.owner_id)
    answer_customer(ticket, "Quel site ?", by=manager)
    sent = Message.objects.filter(ticket=ticket, direction=Message.Direction.SENT)
    at = clock.now()
    assert look_at(at + 3 * HOUR) == 1
    assert sent.count() == 2
    # The reply was written now: two hours after it, nothing falls due.
    Automation.objects.update(checked_until=at)
    assert look_at(at + 3 * HOUR) == 0
    answer_customer(ticket, "Toujours là ?", by=manager)
    Automation.objects.update(checked_until=at)
    assert look_at(at + 3 * HOUR) == 1
    assert sent.count() == 4


def test_it_counts_from_the_last_change_of_state(personas: Personas) -> None:
    timed(personas, Moment.STATE, condition='state == "in_progress"')
    ticket = make_incident(personas, "VPN down")
    take_ticket(ticket, by=personas.actor("run_engineer"), seen_owner_id=ticket.owner_id)
    look_at(clock.now() + HOUR)
    assert tags(ticket) == []
    look_at(clock.now() + 3 * HOUR)
    assert tags(ticket) == ["seen"]


def test_before_an_sla_is_due_it_runs_once_for_that_time(personas: Personas) -> None:
    timed(personas, Moment.DUE, condition="priority == 4")
    ticket = make_incident(personas, "VPN down")
    due = clock.now() + 5 * HOUR
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due)
    assert look_at(due - 3 * HOUR) == 0
    assert look_at(due - HOUR) == 1
    assert look_at(due - timedelta(minutes=30)) == 0
    assert tags(ticket) == ["seen"]


def test_a_condition_that_fits_later_still_runs_before_the_sla_is_due(
    personas: Personas,
) -> None:
    timed(personas, Moment.DUE, condition='"hot" in tags')
    ticket = make_incident(personas, "VPN down")
    due = clock.now() + 5 * HOUR
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due)
        assert look_at(due - HOUR) == 0
        Ticket.objects.filter(pk=ticket.pk).update(tags=["hot"])
        assert look_at(due - timedelta(minutes=30)) == 1


def test_where_nothing_was_to_do_before_an_sla_is_due_it_is_not_tried_every_minute(
    personas: Personas,
) -> None:
    made = timed(personas, Moment.DUE)
    ticket = make_incident(personas, "VPN down")
    due = clock.now() + 5 * HOUR
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due, tags=["seen"])
    assert look_at(due - HOUR) == 1
    assert look_at(due - timedelta(minutes=59)) == 0
    manager = personas.actor("service_manager")
    assert not runs(made, seen_by=manager).exists()
    shown: Any = automations(seen_by=manager).get()
    assert (shown.times, shown.last_run_at) == (0, None)


def test_a_confidential_ticket_that_its_author_does_not_see_starts_no_job(
    personas: Personas,
) -> None:
    made = timed(personas, Moment.DUE)
    ticket = make_incident(personas, "Salaires")
    due = clock.now() + 5 * HOUR
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due, confidential=True)
        Automation.objects.filter(pk=made.pk).update(author=personas.people["run_engineer"])
    assert look_at(due - HOUR) == 0


def test_one_that_breaks_does_not_stop_the_others(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = timed(personas, Moment.RECEIVED, name="Broken")
    timed(personas, Moment.RECEIVED, name="Sound")
    ticket = make_incident(personas, "VPN down")
    start = due_actions._start

    def breaking(key: int, at: datetime) -> int:
        if key == broken.pk:
            raise ZeroDivisionError
        return start(key, at)

    monkeypatch.setattr(due_actions, "_start", breaking)
    assert look_at(clock.now() + 3 * HOUR) == 1
    assert tags(ticket) == ["seen"]


def tried(house: Personas, trigger: Trigger, condition: str = "", **more: object) -> DryRun:
    return dry_run(
        trigger,
        condition,
        seen_by=house.actor("service_manager"),
        at=clock.now(),
        **more,  # type: ignore[arg-type]
    )


def test_a_dry_run_finds_the_tickets_of_the_last_week_and_changes_nothing(
    personas: Personas,
) -> None:
    now = clock.now()
    old = make_incident(personas, "VPN old", at=now - timedelta(days=9))
    fits = make_incident(personas, "VPN down", at=now - timedelta(days=3))
    make_incident(personas, "DNS", at=now - timedelta(days=2))
    found = tried(personas, Trigger.RECEIVED, 'subject.contains("VPN")')
    assert (found.occasions, found.runs, found.tickets) == (2, 1, 1)
    assert [line.ticket.pk for line in found.lines] == [fits.pk]
    assert tags(fits) == tags(old) == []


def test_a_dry_run_reads_the_state_of_the_moment(personas: Personas) -> None:
    ticket = make_incident(personas, "VPN down", at=clock.now() - HOUR)
    take_ticket(ticket, by=personas.actor("run_engineer"), seen_owner_id=ticket.owner_id)
    assert tried(personas, Trigger.RECEIVED, 'state == "new"').runs == 1
    assert tried(personas, Trigger.RECEIVED, 'state == "in_progress"').runs == 0
    assert tried(personas, Trigger.STATE, 'state == "in_progress"').runs == 1


@pytest.mark.parametrize("trigger", [Trigger.RECEIVED, Trigger.ESCALATED])
def test_a_dry_run_tries_the_newest_where_there_are_too_many(
    personas: Personas, monkeypatch: pytest.MonkeyPatch, trigger: Trigger
) -> None:
    monkeypatch.setattr(dry_runs, "MOST", 2)
    now, agent = clock.now(), personas.actor("desk_agent")
    made = [make_incident(personas, f"VPN {n}", at=now - n * HOUR) for n in (3, 2, 1)]
    for ticket in made:
        asked = WorkRequest(team=personas.teams["run_engineer"], reason=AskReason.SKILL)
        request_work(ticket, asked, by=agent)
    found = tried(personas, trigger)
    assert (found.occasions, found.partly) == (2, True)
    assert [line.ticket for line in found.lines] == [made[2], made[1]]


@pytest.mark.parametrize("trigger", [one for one in Trigger if one != Trigger.TIME])
def test_every_trigger_can_be_tried(personas: Personas, trigger: Trigger) -> None:
    agent = personas.actor("run_engineer")
    ticket = make_incident(personas, "VPN down", at=clock.now() - HOUR)
    ticket = take_ticket(ticket, by=agent, seen_owner_id=ticket.owner_id)
    answer_customer(ticket, "Bonjour", by=agent)
    write_as_requester(ticket, "Merci", by=personas.actor("customer_contact"))
    happened = {
        Trigger.RECEIVED,
        Trigger.STATE,
        Trigger.OWNER,
        Trigger.CUSTOMER_WROTE,
        Trigger.MESSAGE_SENT,
        Trigger.BREACHED,
    }
    assert (tried(personas, trigger).runs > 0) == (trigger in happened)


@pytest.mark.parametrize("moment", list(Moment))
def test_every_moment_can_be_tried(personas: Personas, moment: Moment) -> None:
    ticket = make_incident(personas, "VPN down", at=clock.now() - 5 * HOUR)
    found = tried(personas, Trigger.TIME, moment=moment, wait=2 * HOUR)
    happened = moment in (Moment.RECEIVED, Moment.STATE, Moment.DUE)
    assert [line.ticket.pk for line in found.lines] == ([ticket.pk] if happened else [])
