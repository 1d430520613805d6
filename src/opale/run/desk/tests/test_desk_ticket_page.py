"""The page of a ticket and the pages reached from it, as an agent reads them."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.translation import override
from tests.personas import Personas

from opale.customers.models import Contact, SupportPlanVersion
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.messaging.models import OutgoingMail
from opale.messaging.states import MailState
from opale.organisation.models import Team
from opale.run.desk.actions import (
    answers,
    assignments,
    classifications,
    interventions,
    lifecycle,
    messages,
    ownership,
    pauses,
    ticket_metadata,
    time_entries,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Commitment, Kind, Pause, Source, StreamSettings, Ticket
from opale.run.desk.tests.builders import make_service
from opale.run.desk.web.ticket_context import ClockLine, most_urgent_clock


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return received(personas, Kind.INCIDENT)


def received(personas: Personas, kind: Kind) -> Ticket:
    with attributed(system("test")):
        service = make_service(personas.customer, f"VPN-{kind}")
    return receive_ticket(
        NewTicket(
            subject="Lien coupé",
            body="Le lien ne répond plus.",
            source=Source.MAIL,
            kind=kind,
            customer=personas.customer,
            contact=personas.contact,
            service=service,
        ),
        by=system("test"),
    )


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


@pytest.fixture
def of_another(personas: Personas, ticket: Ticket) -> Ticket:
    """The ticket, owned by somebody else than the agent who looks at it."""
    return ownership.give_ticket(ticket, personas.people["run_engineer"], by=system("test"))


def drawn(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_marks_of_a_confidential_ticket_say_so(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    ownership.take_ticket(ticket, by=by)
    ticket_metadata.set_confidential(ticket, True, by=by)
    marks = drawn(agent, f"/tickets/{ticket.number}/marks/")
    assert "Confidential: only the people involved" in marks


def test_the_cause_of_a_resolved_ticket_stands_in_its_head(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    ownership.take_ticket(ticket, by=by)
    lifecycle.resolve_ticket(ticket, by=by, cause="Box client redémarrée")
    assert "Box client redémarrée" in drawn(agent, f"/tickets/{ticket.number}/head/")


def test_colleagues_and_contacts_who_follow_are_named(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by, colleague = personas.actor("desk_agent"), personas.people["run_engineer"]
    ticket_metadata.add_watcher(ticket, by=by, person=colleague)
    ticket_metadata.add_watcher(ticket, by=by, contact=personas.contact)
    page = drawn(agent, f"/tickets/{ticket.number}/marks/")
    assert colleague.name in page
    assert personas.contact.name in page


def test_choosing_messages_to_split_off_says_nothing_in_a_toast(
    agent: Client, ticket: Ticket
) -> None:
    page = drawn(agent, f"/tickets/{ticket.number}/splitting/")
    assert "Le lien ne répond plus." in page
    assert "Message object" not in page


@pytest.mark.parametrize(
    ("month", "said"),
    [(3, "mars 2026"), (4, "avril 2026"), (5, "mai 2026"), (8, "août 2026"), (12, "décembre 2026")],
)
def test_a_month_is_a_month_in_french(month: int, said: str) -> None:
    with override("fr"):
        assert date_format(clock.now().replace(2026, month, 1), "F Y").lower() == said


def test_what_a_contact_may_do_is_named_in_french(agent: Client, ticket: Ticket) -> None:
    agent.cookies["django_language"] = "fr"
    assert "Habilitation" in drawn(agent, f"/tickets/{ticket.number}/side/")


def test_the_head_shows_the_one_clock_that_matters_and_the_side_all(
    agent: Client, ticket: Ticket
) -> None:
    head = drawn(agent, f"/tickets/{ticket.number}/head/")
    assert head.count('class="o-clock"') == 1
    assert head.count(f"/tickets/{ticket.number}/clocks/") == 1
    side = drawn(agent, f"/tickets/{ticket.number}/side/")
    for measure in ("acknowledge", "restore"):
        assert f"/tickets/{ticket.number}/clocks/{measure}/" in side


def test_the_clock_that_is_late_matters_before_the_one_that_runs() -> None:
    now = clock.now()
    late, soon, met = (
        ClockLine(Commitment(measure="restore", starts_at=now, due_at=due), state)
        for due, state in (
            (now + timedelta(hours=2), "late"),
            (now + timedelta(hours=1), "running"),
            (now, "met"),
        )
    )
    assert most_urgent_clock([met, soon, late]) is late
    assert most_urgent_clock([met, soon]) is soon
    assert most_urgent_clock([met]) is None


def test_who_does_not_own_the_ticket_proposes_and_the_owner_sends(
    personas: Personas, agent: Client, of_another: Ticket
) -> None:
    ticket = of_another
    page = drawn(agent, f"/tickets/{ticket.number}/")
    assert "Propose to owner" in page
    assert "To the customer</span>" not in page
    agent_here, former = personas.actor("desk_agent"), ticket.owner_id
    ownership.take_ticket(ticket, by=agent_here, seen_owner_id=former)
    page = drawn(agent, f"/tickets/{ticket.number}/")
    assert "Send to the customer" in page
    assert "Propose to owner" not in page


def test_with_standing_consent_the_box_says_that_it_is_sent(
    agent: Client, of_another: Ticket
) -> None:
    ticket = of_another
    with attributed(system("test")):
        StreamSettings.objects.filter(stream=ticket.stream).update(
            engineer_answers=StreamSettings.Answers.STANDING_CONSENT
        )
    page = drawn(agent, f"/tickets/{ticket.number}/")
    assert "Send on behalf of owner" in page
    assert "Propose to owner" not in page


def test_files_are_attached_from_within_the_box_that_is_written_in(
    agent: Client, ticket: Ticket
) -> None:
    page = drawn(agent, f"/tickets/{ticket.number}/")
    boxes = page.split('<form class="o-write')[1:]
    assert len(boxes) == 2
    assert all('type="file"' in box.split("</form>")[0] for box in boxes)


def test_a_restoration_is_withdrawn_from_the_page_later(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    ownership.take_ticket(ticket, by=personas.actor("desk_agent"))
    path = f"/tickets/{ticket.number}/restoration/withdrawal/"
    assert path not in drawn(agent, f"/tickets/{ticket.number}/")
    lifecycle.restore_service(ticket, by=personas.actor("desk_agent"), at=clock.now())
    assert path in drawn(agent, f"/tickets/{ticket.number}/")
    agent.post(path)
    assert Ticket.objects.get(pk=ticket.pk).restored_at is None


def test_work_outside_hours_is_found_where_the_plan_offers_it_and_shown_while_it_runs(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    path = f"/tickets/{ticket.number}/interventions/"
    assert path not in drawn(agent, f"/tickets/{ticket.number}/")
    with attributed(system("test")):
        SupportPlanVersion.objects.update(exceptional_interventions=True)
        Contact.objects.filter(pk=personas.contact.pk).update(may_order=True)
    assert path in drawn(agent, f"/tickets/{ticket.number}/")
    interventions.agree_intervention(
        Ticket.objects.get(pk=ticket.pk),
        by=personas.actor("desk_agent"),
        agreed_by=Contact.objects.get(pk=personas.contact.pk),
        price=Decimal("480.50"),
    )
    work = drawn(agent, f"/tickets/{ticket.number}/work/")
    assert f"Agreed by {personas.contact.name} for 480.50 EUR." in work


def test_the_clock_of_work_is_explained_wherever_it_is_listed(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    with attributed(system("test")):
        team = Team.objects.filter(kind=Team.Kind.RUN_ENGINEERING).first() or Team.objects.create(
            name="Level 2",
            kind=Team.Kind.RUN_ENGINEERING,
            pillar="run",
            company=personas.company,
            manager=personas.people["run_engineer"],
        )
    by = personas.actor("desk_agent")
    asked = assignments.request_work(ticket, WorkRequest(team=team), by=by)
    accept = f"/tickets/{ticket.number}/work/{asked.pk}/clocks/accept/"
    assert accept in drawn(agent, f"/assignments/{asked.pk}/")
    assert accept in drawn(agent, f"/tickets/{ticket.number}/work/")
    with attributed(system("test")):
        Commitment.objects.filter(ticket=ticket, assignment=None).update(
            due_at=clock.now() + timedelta(days=30)
        )
    due = drawn(agent, "/desk/due-next/")
    assert f'href="{accept}"' in due
    assert f"/tickets/{ticket.number}/clocks/accept/" not in due
    running = Commitment.objects.filter(ticket=ticket, met_at=None, due_at__isnull=False)
    assert running.count() > 1
    assert due.count(f'href="/tickets/{ticket.number}/"') == 1, "once, with its nearest deadline"
    drawn(agent, accept)


def test_the_key_of_the_priority_leads_to_its_first_field(agent: Client, ticket: Ticket) -> None:
    for page in ("classification", "triage/correction"):
        path = f"/tickets/{ticket.number}/{page}/"
        began = re.compile(r"<(?:select|input)[^>]*name=\"(\w+)\"[^>]*\bautofocus")
        assert began.findall(drawn(agent, f"{path}?first=impact")) == ["impact"]
        assert began.findall(drawn(agent, path)) == ["stream"]
    link = 'triage/correction/?first=impact" data-panel="beside" data-key="p"'
    assert link in drawn(agent, f"/tickets/{ticket.number}/")


def test_how_the_desk_works_is_in_the_settings_of_who_may_edit_it(
    personas: Personas, agent: Client
) -> None:
    assert 'href="/desk/settings/"' in drawn(personas.client("administrator"), "/settings/")
    assert 'href="/desk/settings/"' not in drawn(agent, "/settings/")


def test_a_new_subject_keeps_the_former_in_the_timeline(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    path = f"/tickets/{ticket.number}/subject/"
    assert path in drawn(agent, f"/tickets/{ticket.number}/head/")
    assert agent.post(path, {"subject": "  Rennes –  Lille  coupé "}).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).subject == "Rennes – Lille coupé"
    assert "the subject from “Lien coupé”" in drawn(agent, f"/tickets/{ticket.number}/timeline/")
    assert agent.post(path, {"subject": " "}).status_code == 422


def test_an_ended_ticket_and_a_subject_of_nothing_are_not_renamed(
    personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    for subject in (" ", "x" * 301):
        with pytest.raises(Invalid):
            classifications.rename_ticket(ticket, subject, by=by)
    classifications.rename_ticket(ticket, ticket.subject, by=by)
    assert ticket.classifications.count() == 1
    lifecycle.cancel_ticket(ticket, by=by)
    with pytest.raises(IllegalMove):
        classifications.rename_ticket(ticket, "Autre", by=by)


def test_a_take_is_undone_to_the_former_owner_once(
    personas: Personas, agent: Client, of_another: Ticket
) -> None:
    ticket, former = of_another, of_another.owner_id
    path = f"/tickets/{ticket.number}/ownership/return/"
    seen = {"seen_owner": former}
    taken = agent.post(f"/tickets/{ticket.number}/ownership/", seen, headers={"HX-Request": "true"})
    assert path in taken.headers["HX-Trigger"]
    agent.post(path)
    held = Ticket.objects.get(pk=ticket.pk)
    assert held.owner_id == former
    assert held.acknowledged_at is not None
    assert [o.person_id for o in held.ownerships.order_by("starts")][-1] == former
    with pytest.raises(Conflict):
        ownership.give_back(held, by=personas.actor("desk_agent"))


def test_qualifying_is_undone_to_what_it_was(agent: Client, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}/qualification/"
    agent.post(path, {"kind": "request"})
    assert Ticket.objects.get(pk=ticket.pk).kind == "request"
    agent.post(f"{path}?kind=incident")
    assert Ticket.objects.get(pk=ticket.pk).kind == "incident"


def test_a_held_ticket_says_once_for_whom_it_waits(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, reason="Accès au site", confirmed=True)
    head = drawn(agent, f"/tickets/{ticket.number}/head/")
    assert head.count("Waiting for the customer") == 1
    assert "Accès au site" in head
    assert 'data-key="b"' in head  # came by mail: spam by one key


def test_corrections_of_a_hold_read_as_its_form_does(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by, at = personas.actor("desk_agent"), ticket.received_at
    pause = pauses.record_pause(ticket, Pause.Kind.CUSTOMER, by=by, starts=at, ends=clock.now())
    pauses.correct_pause(
        pause, by=by, kind=Pause.Kind.SUPPLIER, starts=pause.starts, ends=pause.ends
    )
    page = drawn(agent, f"/tickets/{ticket.number}/pauses/").split("Corrections")[1]
    assert "Waiting for the customer" in page
    assert "Waiting for a supplier" in page


def test_the_region_of_time_shows_what_an_entry_said_before(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by, now = personas.actor("desk_agent"), clock.now()
    entry = time_entries.log_time(ticket, now - timedelta(hours=2), now, by=by, note="Appel")
    path = f"/tickets/{ticket.number}/time/"
    assert "Corrections" not in drawn(agent, path)
    time_entries.correct_time(entry, entry.starts, now, by=by, note="Appel au client")
    page = drawn(agent, path)
    assert "<del>Appel</del> <ins>Appel au client</ins>" in page
    time_entries.remove_time(entry, by=by)
    assert "Time entry removed" in drawn(agent, path)


def test_the_moment_of_restoration_is_there_to_be_confirmed(agent: Client, ticket: Ticket) -> None:
    with clock.travel(timedelta(minutes=1)):
        page = drawn(agent, f"/tickets/{ticket.number}/restoration/")
        moment = page.partition('name="at"')[2].partition('value="')[2].partition('"')[0]
        answer = agent.post(f"/tickets/{ticket.number}/restoration/", {"at": moment})
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert ticket.restored_at is not None


@pytest.mark.parametrize("page", ["", "print/?notes=1"])
def test_more_messages_cost_the_page_no_more_questions(
    personas: Personas, agent: Client, ticket: Ticket, page: str
) -> None:
    path = f"/tickets/{ticket.number}/{page}"
    drawn(agent, path)
    with CaptureQueriesContext(connection) as few:
        drawn(agent, path)
    for number in range(5):
        messages.write_note(ticket, f"Note {number}.", by=personas.actor("desk_agent"))
    with CaptureQueriesContext(connection) as many:
        assert "Note 4." in drawn(agent, path)
    assert len(many) == len(few)


def test_what_was_said_is_drawn_once_and_anew_for_another_reader_and_when_more_is_known(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    ownership.take_ticket(ticket, by=by)
    answers.answer_customer(ticket, "Réparé <hier> & testé.", by=by)
    mails = OutgoingMail.objects.filter(pk=OutgoingMail.objects.latest("pk").pk)
    mails.update(state=MailState.SENT, sent_at=clock.now())
    path, message = f"/tickets/{ticket.number}/timeline/", "desk/timeline/_message.html"

    def templates(answer: Any) -> list[str]:
        return [template.name for template in answer.templates]

    with clock.travel(timedelta(seconds=61 - clock.now().second)):  # within one minute
        first, again = agent.get(path), agent.get(path)
        assert message in templates(first)
        assert message not in templates(again)
        assert again.content == first.content
        assert "Réparé &lt;hier&gt; &amp; testé." in first.content.decode()
        other = drawn(personas.client("run_engineer"), path)
        assert (first.content.decode().count(">you<"), other.count(">you<")) == (1, 0)
        mails.update(refused={"contact@acme.example": [550, "no such user"]})
        assert "Rejected for contact@acme.example" in drawn(agent, path)
