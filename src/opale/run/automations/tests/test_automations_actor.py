"""What an automation does in its author's name: the desk knows that no person looked or wrote."""

from dataclasses import replace

import pytest
from tests.personas import MAKER, Personas

from opale.customers.models import Stream
from opale.kernel.attribution import attributed
from opale.messaging.models import OutgoingMail
from opale.notifications.models import Notification
from opale.run.automations.actions.runs import Occasion, run_automations
from opale.run.automations.models import AutomationRun
from opale.run.automations.states import RunState, Trigger
from opale.run.automations.tests.builders import author_of, make_automation
from opale.run.desk.actions.answers import answer_customer
from opale.run.desk.actions.lifecycle import restore_service
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.text_modules import TextModuleInput, create_text_module
from opale.run.desk.models import Grade, Message, News, ProposedAnswer, StreamSettings, Ticket
from opale.run.desk.tests.builders import make_incident

pytestmark = pytest.mark.django_db


def reply(house: Personas) -> MacroActs:
    sheet = TextModuleInput(name_fr="Merci", name_en="Thanks", body_fr="Merci.", body_en="Thanks.")
    made = create_text_module(sheet, by=house.actor("service_manager"))
    return MacroActs(module_id=made.pk)


def incident_of(house: Personas, owner: str) -> Ticket:
    ticket = make_incident(house, "VPN down")
    return take_ticket(ticket, by=house.actor(owner), seen_owner_id=ticket.owner_id)


def mail_of(message: Message) -> OutgoingMail:
    assert message.mail is not None
    return message.mail


def run_of(ticket: Ticket) -> AutomationRun:
    run_automations(ticket.pk, Trigger.RECEIVED, Occasion("x"))
    return AutomationRun.objects.get(ticket=ticket)


def test_a_reply_on_a_ticket_of_its_author_is_sent_as_automatic_mail(personas: Personas) -> None:
    make_automation(personas, acts=reply(personas))
    ticket = incident_of(personas, "service_manager")
    run = run_of(ticket)
    assert (run.state, len(run.done)) == (RunState.DONE, 1)
    assert "Merci" in run.done[0] or "Thanks" in run.done[0]
    message = Message.objects.get(ticket=ticket, direction=Message.Direction.SENT)
    mail = mail_of(message)
    assert mail.automatic
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert message.author == author_of(personas).name
    # No person looked yet: the first response is still owed.
    ticket.refresh_from_db()
    assert (ticket.customer_told_at, ticket.answered_at) == (message.at, None)


def test_a_reply_on_a_ticket_of_another_waits_for_its_owner_and_the_run_says_so(
    personas: Personas,
) -> None:
    make_automation(personas, acts=reply(personas))
    ticket = incident_of(personas, "run_engineer")
    run = run_of(ticket)
    assert ProposedAnswer.objects.get(ticket=ticket).state == ProposedAnswer.State.PROPOSED
    assert not Message.objects.filter(ticket=ticket, direction=Message.Direction.SENT).exists()
    assert run.done[0] in (
        "Propose the reply “Thanks” to the owner",
        "Propose the reply “Merci” to the owner",
        "Proposer la réponse « Merci » au responsable",
        "Proposer la réponse « Thanks » au responsable",
    )


def test_a_reply_with_standing_consent_is_sent_and_the_run_says_so(personas: Personas) -> None:
    make_automation(personas, acts=reply(personas))
    ticket = incident_of(personas, "run_engineer")
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(stream=Stream.SOLUTION)
        StreamSettings.objects.filter(stream=Stream.SOLUTION).update(
            engineer_answers=StreamSettings.Answers.STANDING_CONSENT
        )
    run = run_of(ticket)
    message = Message.objects.get(ticket=ticket, direction=Message.Direction.SENT)
    assert mail_of(message).automatic
    assert run.done[0].startswith(("Reply to the customer", "Répondre au client"))


def test_a_reply_that_a_person_writes_is_no_automatic_mail(personas: Personas) -> None:
    ticket = incident_of(personas, "desk_agent")
    message = answer_customer(ticket, "Bonjour", by=personas.actor("desk_agent"))
    assert isinstance(message, Message)
    mail = mail_of(message)
    assert (mail.automatic, "Auto-Submitted" in mail.headers) == (False, False)


def test_a_priority_that_an_automation_sets_is_no_triage(personas: Personas) -> None:
    make_automation(personas, acts=MacroActs(impact=Grade.HIGH, urgency=Grade.HIGH))
    ticket = make_incident(personas, "VPN down")
    assert ticket.triaged_at is None
    assert run_of(ticket).state == RunState.DONE
    graded = Ticket.objects.get(pk=ticket.pk)
    assert (graded.impact, graded.triaged_at) == (Grade.HIGH, None)


def test_its_author_is_told_of_a_ticket_that_it_assigns_to_them(personas: Personas) -> None:
    author = author_of(personas)
    make_automation(personas, acts=MacroActs(owner_id=author.pk))
    ticket = incident_of(personas, "desk_agent")
    assert run_of(ticket).state == RunState.DONE
    told = Notification.objects.filter(person=author, thing=f"desk.ticket:{ticket.pk}")
    assert told.count() == 1


def test_what_an_automation_of_the_owner_does_is_news_to_the_owner(personas: Personas) -> None:
    ticket, by = incident_of(personas, "service_manager"), personas.actor("service_manager")
    restore_service(ticket, by=by)
    assert not News.objects.filter(ticket=ticket).exists()
    other = incident_of(personas, "service_manager")
    restore_service(other, by=replace(by, automatic=True))
    assert News.objects.filter(ticket=other).exists()
