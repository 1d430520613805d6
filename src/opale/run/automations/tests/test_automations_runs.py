"""Automations that something starts: who runs, once, in whose name, and what stops them."""

from datetime import date

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Person
from opale.run.automations.actions import runs as run_actions
from opale.run.automations.actions.definitions import (
    AutomationInput,
    create_automation,
    disable_automation,
    edit_automation,
    enable_automation,
)
from opale.run.automations.actions.failures import count_failure
from opale.run.automations.actions.runs import Occasion, run_automations, undo_run
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.states import RunState, Trigger
from opale.run.automations.tests.builders import author_of, make_automation, work_off
from opale.run.desk.actions.classifications import grade_tickets
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.requester_messages import write_as_requester
from opale.run.desk.actions.ticket_metadata import change_tags
from opale.run.desk.models import Grade, Message, Pause, Ticket
from opale.run.desk.tests.builders import make_incident

pytestmark = pytest.mark.django_db


def now_of(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_received_ticket_that_fits_is_changed_and_another_is_not(personas: Personas) -> None:
    made = make_automation(personas, condition='subject.lower().contains("vpn")')
    fits, other = make_incident(personas, "VPN down"), make_incident(personas, "DNS slow")
    work_off()
    assert now_of(fits).tags == ["seen"]
    assert now_of(other).tags == []
    run = AutomationRun.objects.get()
    assert (run.automation, run.ticket, run.state) == (made, fits, RunState.DONE)
    assert len(run.done) == 1
    assert run.chain == [made.pk]


def test_the_record_names_the_automation_and_its_author_has_the_rights(
    personas: Personas,
) -> None:
    made = make_automation(personas, acts=MacroActs(note_fr="Vu.", note_en="Seen."))
    ticket = make_incident(personas, "VPN down")
    work_off()
    note = Message.objects.get(ticket=ticket, direction=Message.Direction.NOTE)
    assert note.body in ("Vu.", "Seen.")
    assert note.person == author_of(personas)
    change = make_automation(personas, name="Tag", acts=MacroActs(tags=("a",)))
    run_automations(ticket.pk, Trigger.RECEIVED, Occasion("again"))
    event = Ticket.former.rel.related_model.objects.filter(pgh_obj=ticket).latest("pgh_id")  # type: ignore[attr-defined]
    assert event.pgh_context["actor"] == f"automation:{change.pk}"
    assert event.pgh_context["name"] == "Tag"
    assert made.pk != change.pk


def test_one_occasion_runs_once_however_often_it_is_told(personas: Personas) -> None:
    make_automation(personas, acts=MacroActs(note_fr="Vu.", note_en="Seen."))
    ticket = make_incident(personas, "VPN down")
    for _time in range(3):
        run_automations(ticket.pk, Trigger.RECEIVED, Occasion("fact:1"))
    assert AutomationRun.objects.count() == 1
    assert Message.objects.filter(ticket=ticket, direction=Message.Direction.NOTE).count() == 1


def test_a_disabled_one_does_nothing_and_an_enabled_one_not_what_was_before(
    personas: Personas,
) -> None:
    made = make_automation(personas, enabled=False)
    before = make_incident(personas, "VPN down")
    assert work_off() == 0
    enable_automation(made, by=personas.actor("service_manager"))
    assert work_off() == 0
    after = make_incident(personas, "VPN down again")
    work_off()
    assert now_of(before).tags == []
    assert now_of(after).tags == ["seen"]


def test_changes_of_state_owner_and_priority_and_messages_are_triggers(
    personas: Personas,
) -> None:
    for trigger in (Trigger.STATE, Trigger.OWNER, Trigger.CLASSIFIED, Trigger.CUSTOMER_WROTE):
        make_automation(personas, trigger, name=str(trigger), acts=MacroActs(tags=(str(trigger),)))
    agent = personas.actor("run_engineer")
    ticket = make_incident(personas, "VPN down")
    take_ticket(ticket, by=agent, seen_owner_id=ticket.owner_id)
    work_off()
    assert sorted(now_of(ticket).tags) == ["owner", "state"]
    grade_tickets([now_of(ticket)], by=agent, impact=Grade.HIGH, urgency=Grade.HIGH)
    write_as_requester(now_of(ticket), "Toujours rien.", by=personas.actor("customer_contact"))
    work_off()
    assert sorted(now_of(ticket).tags) == ["classified", "customer_wrote", "owner", "state"]


def test_a_chain_ends_after_three_and_no_automation_answers_itself(personas: Personas) -> None:
    """Each puts a tag on a ticket and changes what starts the other."""
    grades = (Grade.HIGH, Grade.MEDIUM, Grade.LOW)
    for number, grade in enumerate(grades * 2):
        make_automation(
            personas,
            Trigger.CLASSIFIED,
            name=f"Grade {number}",
            acts=MacroActs(impact=grade, tags=(f"n{number}",)),
        )
    ticket = make_incident(personas, "VPN down")
    grade_tickets(
        [ticket], by=personas.actor("desk_agent"), impact=Grade.MEDIUM, urgency=Grade.HIGH
    )
    work_off(rounds=60)
    chains = AutomationRun.objects.values_list("chain", flat=True)
    assert max(map(len, chains)) <= 3
    assert all(len(set(chain)) == len(chain) for chain in chains)


def test_an_author_without_the_right_any_more_fails_and_it_is_shown(personas: Personas) -> None:
    make_automation(personas)
    with attributed(MAKER):
        Membership.objects.filter(person=author_of(personas)).delete()
    ticket = make_incident(personas, "VPN down")
    work_off()
    run = AutomationRun.objects.get()
    assert (run.state, now_of(ticket).tags) == (RunState.FAILED, [])
    assert author_of(personas).name in run.refusal


def test_an_act_that_is_refused_undoes_those_before_it(personas: Personas) -> None:
    make_automation(
        personas, Trigger.CUSTOMER_WROTE, acts=MacroActs(tags=("a",), pause=Pause.Kind.CUSTOMER)
    )
    agent = personas.actor("desk_agent")
    ticket = make_incident(personas, "VPN down")
    ticket = take_ticket(ticket, by=agent, seen_owner_id=ticket.owner_id)
    run_automations(ticket.pk, Trigger.CUSTOMER_WROTE, Occasion("1"))
    run_automations(ticket.pk, Trigger.CUSTOMER_WROTE, Occasion("2"))
    first, second = AutomationRun.objects.order_by("pk")
    assert (first.state, second.state) == (RunState.DONE, RunState.FAILED)
    assert second.refusal
    assert second.facts == []


def test_five_failures_in_a_row_disable_it_and_tell_its_author(personas: Personas) -> None:
    made = make_automation(personas, acts=MacroActs(close=True, resolve=True))
    tickets = [make_incident(personas, f"VPN {number}") for number in range(6)]
    with attributed(MAKER):
        Membership.objects.filter(person=author_of(personas)).delete()
    for ticket in tickets:
        run_automations(ticket.pk, Trigger.RECEIVED, Occasion("x"))
    made.refresh_from_db()
    assert (made.active, made.stopped) == (False, "failures")
    assert AutomationRun.objects.filter(state=RunState.FAILED).count() == 5
    news = Notification.objects.get(person=author_of(personas), kind="automations.stopped")
    assert news.values["name"] == made.name


def test_enabling_forgets_why_it_was_disabled(personas: Personas) -> None:
    made = make_automation(personas)
    for number in range(5):
        count_failure(made, f"failure {number}")
    made.refresh_from_db()
    assert (made.active, made.stopped) == (False, "failures")
    enabled = enable_automation(made, by=personas.actor("service_manager"))
    assert (enabled.active, enabled.stopped, enabled.failures) == (True, "", 0)


def test_success_forgets_failures(personas: Personas) -> None:
    made = make_automation(personas)
    Automation.objects.filter(pk=made.pk).update(failures=4)
    run_automations(make_incident(personas, "VPN").pk, Trigger.RECEIVED, Occasion("x"))
    made.refresh_from_db()
    assert (made.failures, made.active) == (0, True)


def test_it_runs_at_most_five_times_an_hour_on_one_ticket(personas: Personas) -> None:
    make_automation(personas, acts=MacroActs(note_fr="Vu.", note_en="Seen."))
    ticket = make_incident(personas, "VPN down")
    for number in range(6):
        run_automations(ticket.pk, Trigger.RECEIVED, Occasion(str(number)))
    states = list(AutomationRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done"] * 5 + ["failed"]


def test_many_messages_on_one_ticket_do_not_disable_it_for_others(personas: Personas) -> None:
    made = make_automation(personas, acts=MacroActs(note_fr="Vu.", note_en="Seen."))
    busy, other = make_incident(personas, "Busy"), make_incident(personas, "Other")
    for number in range(12):
        run_automations(busy.pk, Trigger.RECEIVED, Occasion(str(number)))
    made.refresh_from_db()
    assert (made.active, made.failures) == (True, 0)
    run_automations(other.pk, Trigger.RECEIVED, Occasion("x"))
    assert AutomationRun.objects.get(ticket=other).state == RunState.DONE


def test_failures_are_none_of_the_five_times_of_a_ticket(personas: Personas) -> None:
    made = make_automation(personas, acts=MacroActs(tags=("a",), pause=Pause.Kind.CUSTOMER))
    ticket = make_incident(personas, "VPN down")
    agent = personas.actor("desk_agent")
    ticket = take_ticket(ticket, by=agent, seen_owner_id=ticket.owner_id)
    for number in range(6):
        Automation.objects.update(failures=0)
        run_automations(ticket.pk, Trigger.RECEIVED, Occasion(str(number)))
    states = list(AutomationRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done"] + ["failed"] * 5
    with attributed(MAKER):
        Automation.objects.filter(pk=made.pk).update(acts=MacroActs(tags=("b",)).to_record())
    run_automations(ticket.pk, Trigger.RECEIVED, Occasion("again"))
    assert AutomationRun.objects.latest("pk").state == RunState.DONE


def test_a_confidential_ticket_that_its_author_does_not_see_is_left_alone(
    personas: Personas,
) -> None:
    made = make_automation(personas)
    ticket = make_incident(personas, "Salaires")
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
        Automation.objects.filter(pk=made.pk).update(author=personas.people["run_engineer"])
    run_automations(ticket.pk, Trigger.RECEIVED, Occasion("x"))
    assert not AutomationRun.objects.exists()


def test_a_run_is_undone_while_the_ticket_is_as_it_left_it(personas: Personas) -> None:
    make_automation(personas)
    manager = personas.actor("service_manager")
    kept, changed = make_incident(personas, "VPN"), make_incident(personas, "DNS")
    work_off()
    of_kept, of_changed = (AutomationRun.objects.get(ticket=one) for one in (kept, changed))
    with pytest.raises(NotAllowed):
        undo_run(of_kept, by=personas.actor("desk_agent"))
    undone = undo_run(of_kept, by=manager)
    assert (undone.state, undone.undone_by, now_of(kept).tags) == ("undone", manager.name, [])
    with pytest.raises(Conflict):
        undo_run(of_kept, by=manager)
    change_tags([now_of(changed)], add=("x",), by=personas.actor("desk_agent"))
    with pytest.raises(Conflict):
        undo_run(of_changed, by=manager)


def test_undoing_a_run_does_not_start_the_automation_again(personas: Personas) -> None:
    make_automation(
        personas, Trigger.CLASSIFIED, acts=MacroActs(impact=Grade.HIGH, urgency=Grade.HIGH)
    )
    agent = personas.actor("desk_agent")
    ticket = make_incident(personas, "VPN down")
    grade_tickets([ticket], by=agent, impact=Grade.MEDIUM)
    work_off()
    assert now_of(ticket).impact == Grade.HIGH
    undo_run(AutomationRun.objects.get(), by=personas.actor("service_manager"))
    work_off()
    assert now_of(ticket).impact == Grade.MEDIUM
    assert AutomationRun.objects.count() == 1


def test_it_does_not_run_for_an_author_who_may_no_longer_write_automations(
    personas: Personas,
) -> None:
    made = make_automation(personas)
    disabled = make_automation(personas, name="Other", enabled=False)
    with attributed(MAKER):
        Automation.objects.update(author=personas.people["desk_agent"])
    ticket = make_incident(personas, "VPN down")
    run_automations(ticket.pk, Trigger.RECEIVED, Occasion("x"))
    run = AutomationRun.objects.get(automation=made)
    assert (run.state, now_of(ticket).tags) == (RunState.FAILED, [])
    with pytest.raises(Conflict):
        enable_automation(disabled, by=personas.actor("service_manager"))


def test_whoever_may_mend_it_is_told_when_its_author_has_left(personas: Personas) -> None:
    made = make_automation(personas)
    with attributed(MAKER):
        gone = personas.people["run_engineer"]
        Person.objects.filter(pk=gone.pk).update(left_on=date(2026, 1, 1))
        Automation.objects.filter(pk=made.pk).update(author=gone)
    made = Automation.objects.select_related("author__user").get(pk=made.pk)
    for number in range(5):
        count_failure(made, f"failure {number}")
    told = Notification.objects.filter(kind="automations.stopped")
    assert [one.person for one in told] == [personas.people["service_manager"]]


def test_one_that_breaks_does_not_stop_those_after_it(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make_automation(personas, name="Broken")
    make_automation(personas, name="Sound", acts=MacroActs(tags=("sound",)))
    ticket = make_incident(personas, "VPN down")
    run = run_actions.run_automation

    def breaking(automation: Automation, ticket_id: int, occasion: Occasion) -> None:
        if automation == broken:
            raise ZeroDivisionError
        run(automation, ticket_id, occasion)

    monkeypatch.setattr(run_actions, "run_automation", breaking)
    with pytest.raises(ZeroDivisionError):
        run_automations(ticket.pk, Trigger.RECEIVED, Occasion("x"))
    assert now_of(ticket).tags == ["sound"]


def test_who_may_not_write_is_refused_and_an_editor_becomes_its_author(
    personas: Personas,
) -> None:
    made, agent = make_automation(personas), personas.actor("desk_agent")
    sheet = AutomationInput.of(made)
    for act in (enable_automation, disable_automation):
        with pytest.raises(NotAllowed):
            act(made, by=agent)
    with pytest.raises(NotAllowed):
        create_automation(sheet, by=agent)
    with pytest.raises(NotAllowed):
        edit_automation(made, sheet, by=agent)
    edited = edit_automation(made, sheet, by=personas.actor("service_manager"))
    assert edited.author == author_of(personas)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("condition", {"condition": "priority =="}),
        ("condition", {"condition": "unknown == 1"}),
        ("take", {"acts": MacroActs(take=True)}),
        ("take", {"acts": MacroActs()}),
        ("moment", {"trigger": Trigger.TIME, "amount": 1, "unit": "days"}),
        ("amount", {"trigger": Trigger.TIME, "moment": "received", "unit": "days"}),
        ("amount", {"trigger": Trigger.TIME, "moment": "due", "amount": 31, "unit": "days"}),
        ("name", {"name": " "}),
        ("name", {"name": "Tag mails"}),
    ],
)
def test_what_cannot_be_is_refused(personas: Personas, name: str, wrong: dict[str, object]) -> None:
    make_automation(personas)
    sheet = {"name": "Other", "trigger": Trigger.RECEIVED, "acts": MacroActs(tags=("a",))}
    with pytest.raises(Invalid) as refused:
        create_automation(
            AutomationInput(**{**sheet, **wrong}),  # type: ignore[arg-type]
            by=personas.actor("service_manager"),
        )
    assert name in refused.value.fields
