"""Two people change one ticket: nothing that either said is lost without a word."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.errors import Conflict
from opale.run.desk.actions import classifications, ticket_creation
from opale.run.desk.actions.classifications import ClassificationInput, grade_tickets
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Classification, Grade, Kind, Source, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=MAKER,
    )


def opened(personas: Personas, ticket: Ticket, noun: str = "classification") -> dict[str, str]:
    """The form as the agent's browser would send it back unchanged."""
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/{noun}/")
    form, carried = page.context["form"], page.context["opened_with"]
    held = {name: str(value) for name, value in form.initial.items() if value is not None}
    return {**held, "opened_with": carried}


def send(
    personas: Personas, ticket: Ticket, said: Mapping[str, str], noun: str = "classification"
) -> Any:
    return personas.client("desk_agent").post(f"/tickets/{ticket.number}/{noun}/", said)


def grade(
    personas: Personas, ticket: Ticket, *, impact: int | None = None, urgency: int | None = None
) -> None:
    """A colleague says something else meanwhile."""
    grade_tickets(
        [ticket],
        by=personas.actor("run_engineer"),
        impact=Grade(impact) if impact else None,
        urgency=Grade(urgency) if urgency else None,
    )


def grades(ticket: Ticket) -> tuple[int, int]:
    held = Ticket.objects.get(pk=ticket.pk)
    return held.impact, held.urgency


def test_different_fields_are_both_kept(personas: Personas, ticket: Ticket) -> None:
    form = opened(personas, ticket)
    grade(personas, ticket, impact=1)
    assert send(personas, ticket, {**form, "urgency": "1"}).status_code == 302
    assert grades(ticket) == (1, 1)


def test_the_same_field_is_shown_in_all_three_forms_and_nothing_is_saved(
    personas: Personas, ticket: Ticket
) -> None:
    form = opened(personas, ticket)
    grade(personas, ticket, impact=1)
    rows = Classification.objects.count()
    answer = send(personas, ticket, {**form, "impact": "2", "urgency": "1"})
    drawn = answer.content.decode()
    assert answer.status_code == 409
    for text in ("Run Engineer edited this ticket", "Low", "High", "Medium"):
        assert text in drawn
    assert 'name="decide-impact"' in drawn
    assert 'name="decide-urgency"' not in drawn
    assert (grades(ticket), Classification.objects.count()) == ((1, 3), rows)


@pytest.mark.parametrize(("decision", "impact"), [("theirs", 1), ("mine", 2)])
def test_a_decision_is_done(personas: Personas, ticket: Ticket, decision: str, impact: int) -> None:
    form = opened(personas, ticket)
    grade(personas, ticket, impact=1)
    answer = send(personas, ticket, {**form, "impact": "2", "urgency": "1"})
    found = answer.context["compared"]
    decided = {
        **form,
        "impact": "2",
        "urgency": "1",
        "opened_with": found.before,
        "seen_theirs": found.seen,
        "decide-impact": decision,
    }
    assert send(personas, ticket, decided).status_code == 302
    assert grades(ticket) == (impact, 1)


def test_a_decision_over_what_was_not_seen_is_asked_again(
    personas: Personas, ticket: Ticket
) -> None:
    form = opened(personas, ticket)
    grade(personas, ticket, impact=1)
    answer = send(personas, ticket, {**form, "impact": "2"})
    found = answer.context["compared"]
    grade(personas, ticket, impact=3, urgency=2)
    grade(personas, ticket, impact=1, urgency=1)
    form |= {"opened_with": found.before, "seen_theirs": found.seen, "urgency": "2"}
    answer = send(personas, ticket, {**form, "impact": "2", "decide-impact": "mine"})
    assert answer.status_code == 409
    assert grades(ticket) == (1, 1)


def test_a_subject_is_compared_too(personas: Personas, ticket: Ticket) -> None:
    form = opened(personas, ticket, "subject")
    classifications.rename_ticket(ticket, "Lien de Rennes", by=personas.actor("run_engineer"))
    answer = send(personas, ticket, {**form, "subject": "Lien de Lille"}, "subject")
    drawn = answer.content.decode()
    assert answer.status_code == 409
    assert "Lien de Rennes" in drawn
    assert "Lien de Lille" in drawn
    assert Ticket.objects.get(pk=ticket.pk).subject == "Lien de Rennes"


def test_a_form_that_carries_nothing_or_nonsense_is_saved_as_it_is(
    personas: Personas, ticket: Ticket
) -> None:
    for carried in ("", "[]", "{", "null"):
        form = {**opened(personas, ticket), "impact": "2", "opened_with": carried}
        assert send(personas, ticket, form).status_code == 302
    assert grades(ticket)[0] == 2


def test_who_comes_between_the_comparison_and_the_saving_is_not_overwritten(
    personas: Personas, ticket: Ticket
) -> None:
    seen = ClassificationInput.of(ticket)
    grade(personas, ticket, impact=1)
    with pytest.raises(Conflict):
        classifications.classify_ticket(ticket, seen, by=personas.actor("desk_agent"), seen=seen)
    with pytest.raises(Conflict):
        classifications.rename_ticket(ticket, "x", by=personas.actor("desk_agent"), seen="y")


def test_triage_with_its_proposals_overwrites_no_colleague(
    personas: Personas, ticket: Ticket
) -> None:
    form = opened(personas, ticket, "triage/correction")
    grade(personas, ticket, impact=1)
    answer = send(personas, ticket, {**form, "impact": "2"}, "triage/correction")
    assert answer.status_code == 409
    assert 'name="decide-impact"' in answer.content.decode()
    assert grades(ticket) == (1, 3)
    found = answer.context["compared"]
    decided = {"opened_with": found.before, "seen_theirs": found.seen, "decide-impact": "theirs"}
    said = {**form, "impact": "2", "urgency": "1", **decided}
    assert send(personas, ticket, said, "triage/correction").status_code == 302
    assert grades(ticket) == (1, 1)
