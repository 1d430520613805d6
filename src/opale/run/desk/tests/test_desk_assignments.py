"""Owner is not resolver: work that is asked, accepted, returned, done and withdrawn."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.states import moves_of
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Membership
from opale.run.desk.actions import (
    answers,
    assignments,
    commitments,
    lifecycle,
    merges,
    messages,
    ownership,
    rejections,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import (
    Assignment,
    Commitment,
    Level,
    Message,
    Ownership,
    Refusal,
    Ticket,
)
from opale.run.desk.models.escalation import CHECKS, ReturnReason, checklist
from opale.run.desk.queries import assignments as assignment_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.assignments import Works, colleague_of, engineer_of, expert_of, make_works
from opale.run.desk.tests.builders import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> Works:
    return make_works()


@pytest.fixture
def ticket(works: Works) -> Ticket:
    ticket = make_ticket(works.house)
    return ownership.take_ticket(ticket, by=works.agent)


def asked(works: Works, ticket: Ticket) -> Assignment:
    return assignments.request_work(
        ticket, WorkRequest(team=works.level_2, tried=["ping"]), by=works.agent
    )


def test_work_is_asked_accepted_and_done_while_the_owner_stays(
    works: Works, ticket: Ticket
) -> None:
    assignment = asked(works, ticket)
    assert (assignment.level, assignment.state, assignment.tried) == (
        Level.LEVEL_2,
        "requested",
        ["ping"],
    )
    engineer = engineer_of(works.engineer)
    promised = now() + timedelta(hours=2)
    assignments.accept_assignment(assignment, by=engineer, promised_at=promised, reference="ENG-7")
    assignments.finish_assignment(assignment, "fixed", by=engineer, note="Optique remplacée")
    held = Assignment.objects.get()
    assert (held.state, held.person, held.promised_at, held.reference, held.outcome) == (
        "done",
        works.engineer,
        promised,
        "ENG-7",
        "fixed",
    )
    assert [move.move for move in moves_of(Assignment, held.pk)] == ["ask", "accept", "finish"]
    ticket.refresh_from_db()
    assert ticket.owner == works.house.agent
    assert Ownership.objects.filter(ticket=ticket).count() == 2


def test_several_are_asked_at_once_but_nobody_twice(works: Works, ticket: Ticket) -> None:
    asked(works, ticket)
    assignments.request_work(
        ticket, WorkRequest(supplier=works.carrier, reason="supplier"), by=works.agent
    )
    with pytest.raises(Conflict, match="RUN"):
        asked(works, ticket)
    assert Assignment.objects.running().filter(ticket=ticket).count() == 2


def test_returned_work_can_be_asked_again(works: Works, ticket: Ticket) -> None:
    assignment = asked(works, ticket)
    assignments.return_assignment(
        assignment, ReturnReason.DEEPER, by=engineer_of(works.engineer), note="BGP flaps"
    )
    assert Assignment.objects.get().outcome_note == "BGP flaps"
    assert asked(works, ticket).pk != assignment.pk


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda w: WorkRequest(), "to"),
        (lambda w: WorkRequest(team=w.level_2, supplier=w.carrier), "to"),
        (lambda w: WorkRequest(team=w.level_2, reason="because"), "reason"),
        (lambda w: WorkRequest(team=w.level_2, tried=["prayer"]), "tried"),
        (lambda w: WorkRequest(team=w.level_2, person=w.expert), "person"),
    ],
)
def test_nonsense_is_not_asked(works: Works, ticket: Ticket, ask: object, field: str) -> None:
    assert callable(ask)
    with pytest.raises(Invalid) as refused:
        assignments.request_work(ticket, ask(works), by=works.agent)
    assert field in refused.value.fields


def test_nobody_is_asked_for_work_on_an_ended_ticket(works: Works, ticket: Ticket) -> None:
    lifecycle.cancel_ticket(ticket, by=works.agent)
    with pytest.raises(IllegalMove):
        asked(works, ticket)


def test_a_ticket_that_ends_needs_the_work_no_more(works: Works, ticket: Ticket) -> None:
    assignment = asked(works, ticket)
    lifecycle.resolve_ticket(ticket, by=works.agent)
    assignment.refresh_from_db()
    assert assignment.state == "requested"
    lifecycle.close_ticket(ticket, by=works.agent)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.ended_at is not None) == ("withdrawn", True)


def closed(works: Works, ticket: Ticket) -> None:
    lifecycle.resolve_ticket(ticket, by=works.agent)
    lifecycle.close_ticket(ticket, by=works.agent)


def merged(works: Works, ticket: Ticket) -> None:
    """Into one for which the same team works already."""
    survivor = make_ticket(works.house)
    asked(works, survivor)
    merges.merge_tickets([ticket], survivor, by=works.agent)


ENDS: dict[str, Callable[[Works, Ticket], object]] = {
    "closed": closed,
    "cancelled": lambda works, ticket: lifecycle.cancel_ticket(ticket, by=works.agent),
    "refused": lambda works, ticket: rejections.reject_ticket(
        ticket, Refusal.NOT_OURS, by=works.agent
    ),
    "merged": merged,
}


@pytest.mark.parametrize("end", ENDS)
def test_the_clocks_of_work_that_nobody_needs_any_more_are_never_broken(
    works: Works, ticket: Ticket, end: str
) -> None:
    assignment = asked(works, ticket)
    ENDS[end](works, ticket)
    assignment.refresh_from_db()
    assert (assignment.ticket_id, assignment.state) == (ticket.pk, "withdrawn")
    rows = Commitment.objects.filter(assignment=assignment)
    assert [row.met_at for row in rows] == [assignment.ended_at] * 2
    with clock.travel(timedelta(days=1)):
        commitments.mark_breaches()
    assert not rows.filter(breached_at__isnull=False).exists()


def test_only_somebody_of_the_team_does_the_work(works: Works, ticket: Ticket) -> None:
    assignment = asked(works, ticket)
    with pytest.raises(Invalid):
        assignments.accept_assignment(assignment, by=works.agent)
    named = assignments.accept_assignment(assignment, by=works.agent, person=works.second)
    assert named.person == works.second


def test_what_a_supplier_says_is_noted_by_the_desk(works: Works, ticket: Ticket) -> None:
    assignment = assignments.request_work(
        ticket, WorkRequest(supplier=works.carrier), by=works.agent
    )
    assert assignment.level == Level.SUPPLIER
    desk = engineer_of(works.engineer)
    accepted = assignments.accept_assignment(assignment, by=desk, reference="AF-88")
    assert (accepted.person, accepted.reference) == (None, "AF-88")


def test_a_promise_of_the_past_is_refused(works: Works, ticket: Ticket) -> None:
    assignment = asked(works, ticket)
    with pytest.raises(Invalid):
        assignments.accept_assignment(
            assignment, by=engineer_of(works.engineer), promised_at=now() - timedelta(minutes=1)
        )


def test_what_has_ended_does_not_move(works: Works, ticket: Ticket) -> None:
    assignment, engineer = asked(works, ticket), engineer_of(works.engineer)
    assignments.withdraw_assignment(assignment, by=works.agent)
    with pytest.raises(IllegalMove):
        assignments.accept_assignment(assignment, by=engineer)
    with pytest.raises(IllegalMove):
        assignments.return_assignment(assignment, "deeper", by=engineer)
    with pytest.raises(IllegalMove):
        assignments.finish_assignment(assignment, "fixed", by=engineer)
    with pytest.raises(IllegalMove):
        assignments.update_assignment(assignment, by=engineer, reference="X")
    assert Assignment.objects.get().state == "withdrawn"


# Who may.


def test_an_expert_works_on_what_is_asked_of_the_own_team_alone(
    works: Works, ticket: Ticket
) -> None:
    expert = expert_of(works.expert, works.level_3)
    other = asked(works, ticket)
    own = assignments.request_work(ticket, WorkRequest(team=works.level_3), by=works.agent)
    with pytest.raises(NotAllowed):
        assignments.accept_assignment(other, by=expert)
    with pytest.raises(NotAllowed):
        assignments.withdraw_assignment(own, by=expert)
    assignments.accept_assignment(own, by=expert)
    with pytest.raises(NotAllowed):
        assignments.request_work(ticket, WorkRequest(team=works.group), by=expert)


def test_a_group_colleague_sees_the_own_teams_work_and_nothing_else(
    works: Works, ticket: Ticket
) -> None:
    colleague = colleague_of(works.colleague, works.group)
    other = asked(works, ticket)
    own = assignments.request_work(ticket, WorkRequest(team=works.group), by=works.agent)
    assert list(assignment_queries.work_in("mine", seen_by=colleague)) == [own]
    assert list(assignment_queries.assignments(seen_by=colleague)) == [own]
    with pytest.raises(NotFound):
        assignment_queries.get_assignment(other.pk, seen_by=colleague)
    with pytest.raises(NotFound):
        assignments.accept_assignment(other, by=colleague)
    with pytest.raises(NotFound):
        tickets.get_ticket(ticket.number, seen_by=colleague)
    assignments.accept_assignment(own, by=colleague)
    assignments.add_assignment_note(own, "Voie B coupée", by=colleague)
    assignments.return_assignment(own, "elsewhere", by=colleague)
    (note,) = assignment_queries.notes_of(own)
    assert (note.visibility, note.author) == ("internal", "Ann Hill")
    with pytest.raises(NotFound):
        messages.write_note(ticket, "x", by=colleague)
    with pytest.raises(NotFound):
        answers.answer_customer(ticket, "x", by=colleague)


def test_a_colleague_who_left_the_team_is_no_longer_named(works: Works, ticket: Ticket) -> None:
    own = assignments.request_work(ticket, WorkRequest(team=works.group), by=works.agent)
    period = (now() - timedelta(days=9), now() - timedelta(days=1))
    with attributed(system("test")):
        Membership.objects.filter(person=works.colleague).update(period=period)
    with pytest.raises(Invalid):
        assignments.accept_assignment(own, by=colleague_of(works.colleague, works.group))


def test_notes_of_the_desk_are_not_those_of_the_assignment(works: Works, ticket: Ticket) -> None:
    own = assignments.request_work(ticket, WorkRequest(team=works.group), by=works.agent)
    messages.write_note(ticket, "Client très mécontent", by=works.agent)
    assert assignment_queries.notes_of(own) == []


def test_a_stranger_sees_no_work(works: Works, ticket: Ticket) -> None:
    asked(works, ticket)
    assert list(assignment_queries.assignments(seen_by=ANONYMOUS)) == []


# What is proposed.


def proposed(works: Works, ticket: Ticket) -> str:
    targets = assignment_queries.escalation_targets(ticket, seen_by=works.agent)
    return next(target.name for target in targets if target.proposed)


def test_level_2_is_proposed_first_and_level_3_once_it_gave_back(
    works: Works, ticket: Ticket
) -> None:
    assert proposed(works, ticket) == "RUN"
    assignment = asked(works, ticket)
    assert proposed(works, ticket) == "BUILD"
    assignments.withdraw_assignment(assignment, by=works.agent)
    assert proposed(works, ticket) == "RUN"
    again = asked(works, ticket)
    assignments.return_assignment(again, "deeper", by=engineer_of(works.engineer))
    assert proposed(works, ticket) == "BUILD"


def test_the_carrier_of_a_circuit_is_proposed(works: Works, ticket: Ticket) -> None:
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(item=works.circuit)
    found = tickets.get_ticket(ticket.number, seen_by=works.agent)
    assert proposed(works, found) == "Armor Fibre"
    assignments.request_work(found, WorkRequest(supplier=works.carrier), by=works.agent)
    assert proposed(works, found) == "RUN"


def test_digits_are_given_in_order_and_to_nobody_who_has_the_ticket(
    works: Works, ticket: Ticket
) -> None:
    asked(works, ticket)
    targets = assignment_queries.escalation_targets(ticket, seen_by=works.agent)
    assert [(t.digit, t.name) for t in targets] == [
        (1, "BUILD"),
        (2, "Backbone"),
        (3, "Armor Fibre"),
    ]


def test_the_checklist_fits_what_has_failed() -> None:
    codes = [code for code, _words in checklist("vpn", "circuit")]
    assert codes[0] == "customer_power"
    assert len(codes) == len(set(codes))
    assert {"loop", "routing", "alerts"} <= set(codes)
    assert set(codes) <= set(CHECKS)
    assert [code for code, _words in checklist("", "")] == ["alerts", "planned_work", "similar"]


# The supplier is written to.


def test_a_supplier_is_written_to_in_its_language_with_both_numbers(
    works: Works, ticket: Ticket
) -> None:
    assignment = assignments.request_work(
        ticket,
        WorkRequest(
            supplier=works.carrier, tried=["loop"], note="No light on our side.", by_mail=True
        ),
        by=works.agent,
    )
    first = OutgoingMail.objects.get()
    assert (first.to, first.language) == (["noc@armor.example"], "en")
    assert first.subject == f"[{ticket.reference}] {ticket.subject}"
    assert "Loop test" in first.body
    assignments.update_assignment(assignment, by=engineer_of(works.engineer), reference="AF-88")
    assignments.mail_supplier(
        assignment_queries.get_assignment(assignment.pk, seen_by=engineer_of(works.engineer)),
        "Any news?",
        by=engineer_of(works.engineer),
    )
    second = OutgoingMail.objects.latest("id")
    assert second.subject == f"[{ticket.reference}] [AF-88] {ticket.subject}"
    assert second.headers["In-Reply-To"] == first.message_id
    assert "Your reference: AF-88" in second.body
    assert "Loop test" not in second.body
    assert Message.objects.filter(assignment=assignment, visibility="internal").count() == 2


def test_a_team_is_not_mailed_as_a_supplier(works: Works, ticket: Ticket) -> None:
    with pytest.raises(Invalid):
        assignments.mail_supplier(asked(works, ticket), "x", by=engineer_of(works.engineer))


# What is told, and what the database holds.


def test_the_timeline_tells_what_became_of_the_work(works: Works, ticket: Ticket) -> None:
    assignment = asked(works, ticket)
    engineer = engineer_of(works.engineer)
    assignments.accept_assignment(assignment, by=engineer)
    assignments.return_assignment(assignment, "deeper", by=engineer, note="BGP flaps")
    entries, _older = ticket_timeline(ticket)
    told = [entry for entry in entries if entry.kind == "assignment"]
    assert [entry.details["move"] for entry in told] == ["ask", "accept", "return"]
    assert "BGP flaps" in told[-1].details["note"]


BROKEN = (
    "SET state = 'accepted', accepted_at = NULL",
    "SET state = 'done', ended_at = NULL",
    "SET state = 'returned', ended_at = now(), outcome = ''",
    "SET supplier_id = (SELECT max(id) FROM infrastructure_supplier)",
    "SET team_id = NULL",
    "SET accepted_at = now()",
)


@pytest.mark.parametrize("change", BROKEN)
def test_no_sql_breaks_an_assignment(works: Works, ticket: Ticket, change: str) -> None:
    asked(works, ticket)
    refused(f"UPDATE desk_assignment {change}")


def test_no_sql_asks_a_team_twice_or_shows_a_note_of_work_to_customers(
    works: Works, ticket: Ticket
) -> None:
    own = asked(works, ticket)
    refused(
        "INSERT INTO desk_assignment (ticket_id, level, team_id, state, reason, tried, note,"
        " reference, asked_at, outcome, outcome_note) SELECT ticket_id, level, team_id, state,"
        " reason, tried, note, reference, asked_at, outcome, outcome_note FROM desk_assignment"
    )
    refused(
        f"UPDATE desk_message SET assignment_id = {own.pk} WHERE ticket_id = {ticket.pk}"  # our own
    )


def refused(statement: str) -> None:
    with pytest.raises(IntegrityError):
        run_sql(statement)


def run_sql(statement: str) -> None:
    with attributed(system("test")), connection.cursor() as cursor:
        cursor.execute(statement)
