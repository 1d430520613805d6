"""One act on many tickets: tried, done, taken back."""

from typing import Any

import pytest
from tests.personas import Personas

from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.run.desk.actions import (
    bulk_jobs,
    classifications,
    lifecycle,
    macro_definitions,
    ownership,
    pauses,
    ticket_metadata,
)
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.actions.macro_definitions import MacroInput
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.models import (
    BulkItem,
    BulkJob,
    Classification,
    Commitment,
    Grade,
    Message,
    Ownership,
    Pause,
    Ticket,
    TicketLink,
)
from opale.run.desk.queries import bulk_jobs as bulk_job_queries
from opale.run.desk.tests.bulks import Act, Desk, State, fresh, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(personas: Personas) -> Desk:
    return Desk(personas)


def columns(ticket: Ticket, *left_out: str) -> dict[str, Any]:
    names = {f.attname for f in Ticket._meta.concrete_fields} - {"updated_at", *left_out}
    return {name: getattr(ticket, name) for name in names}


def test_a_trial_says_what_would_be_done_and_does_nothing(desk: Desk) -> None:
    tickets = desk.tickets()
    lifecycle.cancel_ticket(tickets[1], by=desk.by)
    before = [columns(ticket) for ticket in fresh(tickets)]
    job = desk.ask(Act.GRADE, tickets, confirmed=False, impact=Grade.HIGH)
    assert job.state == State.SHOWN
    assert bulk_job_queries.bulk_counts(job) == {"changed": 2, "refused": 1}
    assert [columns(ticket) for ticket in fresh(tickets)] == before
    (refused,) = bulk_job_queries.bulk_items(job, seen_by=desk.by, outcome="refused")
    assert (refused.ticket, refused.code) == (tickets[1], "illegal_move")
    assert refused.sentence
    done = bulk_jobs.confirm_bulk_job(job, by=desk.by, credential="session")
    assert (done.state, outcomes(done)) == (State.DONE, ["changed", "refused", "changed"])
    assert [ticket.impact for ticket in fresh(tickets)] == [1, 3, 1]
    with pytest.raises(Conflict):
        bulk_jobs.confirm_bulk_job(job, by=desk.by, credential="session")


def test_many_get_the_same_owner_with_a_whole_chain_and_go_back(desk: Desk) -> None:
    tickets = desk.tickets()
    former = [ticket.owner_id for ticket in tickets]
    ownership.give_ticket(tickets[2], desk.other, by=desk.by)
    job = desk.ask(Act.GIVE, tickets, person=desk.other)
    assert outcomes(job) == ["changed", "changed", "same"]
    assert {ticket.owner for ticket in fresh(tickets)} == {desk.other}
    chain = list(Ownership.objects.filter(ticket=tickets[0]).order_by("starts"))
    assert [link.person_id for link in chain] == [former[0], desk.other.pk]
    assert chain[0].ends == chain[1].starts
    ownership.take_ticket(tickets[1], by=desk.by, seen_owner_id=desk.other.pk)
    undone = desk.undo(job)
    assert undone.state == State.UNDONE
    assert outcomes(undone) == ["undone", "kept", "same"]
    owners = [ticket.owner_id for ticket in fresh(tickets)]
    assert owners == [former[0], desk.by.person_id, desk.other.pk]


def test_who_gave_confidential_tickets_away_takes_them_back_though_they_are_hidden(
    desk: Desk,
) -> None:
    hidden, plain = desk.tickets(2)
    for ticket in (hidden, plain):
        ownership.take_ticket(ticket, by=desk.by)
    ticket_metadata.set_confidential(hidden, True, by=desk.by)
    job = desk.ask(Act.GIVE, [hidden, plain], person=desk.personas.people["core_engineer"])
    assert outcomes(job) == ["changed", "changed"]
    assert not Ticket.objects.visible_to(desk.by).filter(pk=hidden.pk).exists()
    assert outcomes(desk.undo(job)) == ["undone", "undone"]
    assert {ticket.owner_id for ticket in fresh([hidden, plain])} == {desk.by.person_id}


def test_who_never_owned_a_confidential_ticket_does_not_take_it_back(desk: Desk) -> None:
    ticket = desk.ticket()
    ownership.take_ticket(ticket, by=desk.by)
    ticket_metadata.set_confidential(ticket, True, by=desk.by)
    job = desk.ask(Act.GIVE, [ticket], person=desk.personas.people["core_engineer"])
    by = desk.personas.actor("run_engineer")
    assert outcomes(bulk_jobs.undo_bulk_job(job, by=by, credential="session")) == ["kept"]


def test_grades_follow_the_plan_of_each_as_by_hand(desk: Desk) -> None:
    many, by_hand = desk.tickets(2), desk.ticket()
    job = desk.ask(Act.GRADE, many, impact=Grade.HIGH, urgency=Grade.HIGH, reason="Coupure")
    found = classifications.ClassificationInput.of(Ticket.objects.get(pk=by_hand.pk))
    graded = classifications.classify_ticket(
        by_hand,
        classifications.ClassificationInput(
            **{name: getattr(found, name) for name in found.__slots__}
            | {"impact": Grade.HIGH, "urgency": Grade.HIGH}
        ),
        by=desk.by,
        reason="Coupure",
    )
    left_out = ("id", "number", "subject", "received_at", "next_due_at", "triaged_at")
    for ticket in fresh(many):
        assert columns(ticket, *left_out) == columns(fresh([graded])[0], *left_out)
        said = Classification.objects.filter(ticket=ticket).last()
        assert said is not None
        assert (said.priority, said.reason, said.actor) == (1, "Coupure", desk.by.key)
        promised = Commitment.objects.filter(ticket=ticket).values_list("measure", "target")
        assert set(promised) == set(
            Commitment.objects.filter(ticket=by_hand).values_list("measure", "target")
        )
    desk.undo(job)
    assert [(t.impact, t.urgency, t.priority) for t in fresh(many)] == [(3, 3, 4)] * 2


def test_tags_come_and_go_and_own_ones_stay(desk: Desk) -> None:
    tickets = desk.tickets(2)
    ticket_metadata.set_tags(tickets[0], ["fibre", "nord"], by=desk.by)
    job = desk.ask(Act.TAG, tickets, tags=("Fibre", "été"))
    assert [ticket.tags for ticket in fresh(tickets)] == [
        ["fibre", "nord", "été"],
        ["fibre", "été"],
    ]
    desk.undo(job)
    assert [ticket.tags for ticket in fresh(tickets)] == [["fibre", "nord"], []]
    job = desk.ask(Act.UNTAG, tickets, tags=("nord",))
    assert outcomes(job) == ["changed", "same"]
    desk.undo(job)
    assert fresh(tickets)[0].tags == ["fibre", "nord"]


def test_waiting_and_going_on_are_taken_back(desk: Desk) -> None:
    tickets = desk.tickets(2)
    job = desk.ask(Act.WAIT, tickets, kind=Pause.Kind.SUPPLIER, reason="Commande")
    assert [ticket.state for ticket in fresh(tickets)] == ["held", "held"]
    on = desk.ask(Act.RESUME, tickets)
    assert [ticket.state for ticket in fresh(tickets)] == ["in_progress", "in_progress"]
    assert outcomes(desk.undo(job)) == ["kept", "kept"]
    assert outcomes(desk.undo(on)) == ["undone", "undone"]
    running = Pause.objects.filter(ticket__in=tickets, ends=None)
    assert {(pause.kind, pause.reason) for pause in running} == {("supplier", "Commande")}


@pytest.mark.parametrize(
    ("act", "ended"), [(Act.RESOLVE, "resolved"), (Act.CLOSE, "closed"), (Act.CANCEL, "cancelled")]
)
def test_endings_are_taken_back_to_how_each_stood(desk: Desk, act: BulkJob.Act, ended: str) -> None:
    tickets = desk.tickets()
    ownership.take_ticket(tickets[0], by=desk.by)
    pauses.pause_ticket(tickets[1], Pause.Kind.CUSTOMER, by=desk.by)
    if act == Act.CLOSE:
        lifecycle.resolve_tickets(tickets, by=desk.by, cause="Réparé")
    stood = fresh(tickets)
    job = desk.ask(act, tickets, reason="Doublon")
    assert [ticket.state for ticket in fresh(tickets)] == [ended] * 3
    assert outcomes(desk.undo(job)) == ["undone"] * 3
    left_out = ("acknowledged_at", "next_due_at")
    for before, after in zip(stood, fresh(tickets), strict=True):
        assert columns(after, *left_out) == columns(before, *left_out)
    waits = Pause.objects.filter(ticket=tickets[1], ends=None).count()
    assert waits == (0 if act == Act.CLOSE else 1)


def test_children_and_merges_are_made_one_by_one_and_taken_back(desk: Desk) -> None:
    tickets, parent = desk.tickets(2), desk.ticket("Panne de la plateforme")
    job = desk.ask(Act.PARENT, [*tickets, parent], other=parent)
    assert sorted(outcomes(job)) == ["changed", "changed", "refused"]
    assert TicketLink.objects.filter(other=parent).count() == 2
    desk.undo(job)
    assert not TicketLink.objects.exists()
    job = desk.ask(Act.MERGE, tickets, other=parent)
    assert {ticket.merged_into_id for ticket in fresh(tickets)} == {parent.pk}
    desk.undo(job)
    assert [ticket.state for ticket in fresh(tickets)] == ["new", "new"]


def test_a_macro_is_run_on_each_and_taken_back(desk: Desk) -> None:
    sheet = MacroInput(name_fr="Nord", name_en="North", acts=MacroActs(tags=("nord",)))
    macro = macro_definitions.create_macro(sheet, by=desk.personas.actor("service_manager"))
    tickets = desk.tickets(2)
    lifecycle.cancel_ticket(tickets[1], by=desk.by)
    job = desk.ask(Act.MACRO, tickets, macro=macro)
    assert outcomes(job)[0] == "changed"
    assert fresh(tickets)[0].tags == ["nord"]
    desk.undo(job)
    assert fresh(tickets)[0].tags == []


def test_each_customer_is_written_to_in_its_language(desk: Desk) -> None:
    first, second = desk.ticket(language="fr"), desk.ticket(language="en")
    texts = {"fr": "C'est réparé.", "en": "It works again."}
    job = desk.ask(Act.WRITE, [first, second], texts=texts)
    assert outcomes(job) == ["changed", "changed"]
    sent = Message.objects.filter(direction="sent").order_by("ticket_id")
    assert [message.body for message in sent] == ["C'est réparé.", "It works again."]
    assert all(message.mail_id for message in sent)
    with pytest.raises(Conflict):
        desk.undo(job)
    job = desk.ask(Act.WRITE, [first, second], texts={"fr": "Bonjour."})
    assert outcomes(job) == ["changed", "refused"]


def test_a_text_for_several_customers_names_none_to_another(desk: Desk) -> None:
    other = desk.personas.other_customer
    mine = desk.ticket()
    theirs = desk.ticket(customer=other, contact=None, service=None)
    job = desk.ask(Act.WRITE, [mine, theirs], texts={mine.language: f"Chez {other.name} aussi."})
    refused = job.items.get(ticket=mine)
    assert (refused.outcome, refused.code) == ("refused", "invalid")
    assert other.name in refused.sentence


def test_what_an_act_needs_is_asked_for_before_it_begins(desk: Desk) -> None:
    for act in (Act.GIVE, Act.GRADE, Act.TAG, Act.WAIT, Act.MERGE, Act.WRITE, Act.NOTE, Act.MACRO):
        with pytest.raises(Invalid):
            desk.ask(act, desk.tickets(1))
    with pytest.raises(Invalid):
        desk.ask(Act.CLOSE, [])


def test_who_only_reads_the_desk_asks_for_nothing(desk: Desk) -> None:
    job, reader = desk.ask(Act.CLOSE, desk.tickets(1), confirmed=False), "project_manager"
    by = desk.personas.actor(reader)
    with pytest.raises(NotAllowed):
        bulk_jobs.create_bulk_job(
            Act.CLOSE, BulkParameters(), by=by, credential="session", tickets=desk.tickets(1)
        )
    with pytest.raises(NotAllowed):
        bulk_jobs.confirm_bulk_job(job, by=by, credential="session")
    with pytest.raises(NotAllowed):
        bulk_jobs.stop_bulk_job(job, by=by)
    assert not bulk_job_queries.bulk_jobs(seen_by=by).exists()


def test_a_hidden_ticket_refuses_as_a_missing_one_and_is_not_listed(desk: Desk) -> None:
    ticket = desk.ticket()
    manager = desk.personas.actor("service_manager")
    ticket_metadata.set_confidential(ticket, True, by=manager)
    owner = Ticket.objects.get(pk=ticket.pk).owner_id
    by = next(
        actor
        for actor in (desk.by, desk.personas.actor("run_engineer"))
        if actor.person_id != owner
    )
    job = bulk_jobs.create_bulk_job(
        Act.CANCEL, BulkParameters(), by=by, credential="session", tickets=[ticket], confirmed=True
    )
    item = BulkItem.objects.get(job=job)
    assert (item.outcome, item.code) == ("refused", "not_found")
    assert not bulk_job_queries.bulk_items(job, seen_by=by).exists()
