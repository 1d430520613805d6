"""Merging several tickets into one, and back. Source: docs/rules/merge-and-links.md."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, OpaleError
from opale.run.desk.actions import alerts, lifecycle, messages, ownership, pauses, ticket_metadata
from opale.run.desk.actions import merges as merge_actions
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import (
    Commitment,
    ExternalReference,
    Merge,
    Message,
    Pause,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.queries import links, tickets
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
    minutes_ago,
)
from opale.run.desk.tests.test_desk_alerts import make_alert


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def unknown(subject: str = "Panne", at: datetime | None = None) -> Ticket:
    """A ticket of which nobody knows yet whose it is."""
    new = NewTicket(subject=subject, body="Plus rien.", source=Source.MAIL)
    return receive_ticket(new, by=system("test"), at=at)


def bodies(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket).values_list("body", flat=True))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_several_tickets_go_on_under_one_number(house: House) -> None:
    first, second, third = (make_ticket(house) for _ in range(3))
    by = agent_of(house.agent)
    alert = make_alert(house)
    alerts.attach_alert(second, alert, by=by)
    merges = merge_actions.merge_tickets([second, third], first, by=by)
    assert {merge.ticket_id for merge in merges} == {second.pk, third.pk}
    assert len(bodies(first)) == 3
    assert (bodies(second), bodies(third)) == ([], [])
    assert [found.pk for found in tickets.alerts_of(first)] == [alert.pk]
    told = fresh(second)
    assert (told.state, told.merged_into_id) == ("merged", first.pk)
    assert links.get_surviving_ticket(second.number, seen_by=by).pk == first.pk


def test_messages_know_where_they_came_from(house: House) -> None:
    first, second = make_ticket(house), make_ticket(house)
    merge_actions.merge_tickets([second], first, by=agent_of(house.agent))
    move = Message.objects.filter(ticket=first).order_by("-pk")[0].moves.get()
    assert (move.origin_id, move.target_id) == (second.pk, first.pk)


def test_a_merge_of_a_merged_ticket_is_followed_to_the_end_and_undone_in_any_order(
    house: House,
) -> None:
    by = agent_of(house.agent)
    first, second, third = (make_ticket(house) for _ in range(3))
    (early,) = merge_actions.merge_tickets([first], second, by=by)
    (late,) = merge_actions.merge_tickets([second], third, by=by)
    assert links.get_surviving_ticket(first.number, seen_by=by).pk == third.pk
    assert len(bodies(third)) == 3
    merge_actions.undo_merge(early, by=by)
    assert [len(bodies(t)) for t in (first, second, third)] == [1, 0, 2]
    merge_actions.undo_merge(late, by=by)
    assert [len(bodies(t)) for t in (first, second, third)] == [1, 1, 1]
    assert {fresh(t).state for t in (first, second, third)} == {"new"}


def test_an_undone_merge_gives_back_what_came_and_nothing_else(house: House) -> None:
    by = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    alert = make_alert(house)
    alerts.attach_alert(second, alert, by=by)
    with attributed(by):
        for ticket in (first, second):
            ExternalReference.objects.create(
                ticket=ticket, customer=house.customer, party="Carrier", number="C-1"
            )
    pauses.pause_ticket(second, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    assert first.references.count() == 1
    messages.write_note(first, "Écrit après", by=by)
    back = merge_actions.undo_merge(merge, by=by)
    assert (back.state, back.merged_into_id) == ("held", None)
    assert back.pauses.filter(ends=None).get().kind == "supplier"
    assert (bodies(second), len(bodies(first))) == (["Bonjour, le lien ne répond plus."], 2)
    assert [found.pk for found in tickets.alerts_of(second)] == [alert.pk]
    assert tickets.alerts_of(first) == []
    with pytest.raises(IllegalMove):
        merge_actions.undo_merge(merge, by=by)


def test_a_merge_of_before_tables_were_named_gives_back_what_came(house: House) -> None:
    by = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    alert = make_alert(house)
    alerts.attach_alert(second, alert, by=by)
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    moved = merge.before["rows"]
    former = {"links": [], "linked": [], "alerts": moved["desk.ticketalert"]}
    with attributed(by):
        Merge.objects.filter(pk=merge.pk).update(before={**merge.before, "rows": former})
    migration = import_module("opale.run.desk.migrations.0053_merged_rows_by_table")
    migration.name_tables(apps, None)
    merge.refresh_from_db()
    merge_actions.undo_merge(merge, by=by)
    assert bodies(second) == ["Bonjour, le lien ne répond plus."]
    assert [found.pk for found in tickets.alerts_of(second)] == [alert.pk]


def test_a_resolved_ticket_that_was_merged_is_resolved_again(house: House) -> None:
    by = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    lifecycle.resolve_ticket(second, by=by)
    resolved_at = fresh(second).resolved_at
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    assert merge_actions.undo_merge(merge, by=by).state == "resolved"
    assert fresh(second).resolved_at == resolved_at


def test_a_merge_cannot_be_undone_after_fourteen_days(house: House) -> None:
    by = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    too_late = clock.travel(timedelta(days=14, minutes=1))
    with too_late, pytest.raises(Conflict, match="14 days"):
        merge_actions.undo_merge(merge, by=by)
    with clock.travel(timedelta(days=13, hours=23)):
        merge_actions.undo_merge(merge, by=by)


def test_tickets_of_two_customers_never_become_one(house: House) -> None:
    first, by = make_ticket(house), agent_of(house.agent)
    other = make_customer(house.calendar, "BETA", "Beta")
    second = receive_ticket(
        NewTicket(subject="x", body="y", source=Source.MAIL, customer=other), by=system("test")
    )
    with pytest.raises(Invalid, match="different customers"):
        merge_actions.merge_tickets([second], first, by=by)
    assert bodies(second) == ["y"]


def test_a_ticket_of_nobody_becomes_that_of_the_customer_and_is_nobodys_again(
    house: House,
) -> None:
    first, second, by = make_ticket(house), unknown(), agent_of(house.agent)
    with pytest.raises(Invalid, match="no customer yet"):
        merge_actions.merge_tickets([first], second, by=by)
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    assert fresh(second).customer == house.customer
    assert set(first.messages.values_list("customer_id", flat=True)) == {house.customer.pk}
    merge_actions.undo_merge(merge, by=by)
    assert fresh(second).customer_id is None
    assert second.messages.get().customer_id is None
    assert second.classifications.get().customer_id is None


def test_a_confidential_ticket_is_not_merged_into_an_open_one(house: House) -> None:
    first, second, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    ticket_metadata.set_confidential(second, True, by=by)
    with pytest.raises(Invalid, match="confidential"):
        merge_actions.merge_tickets([second], first, by=by)
    with pytest.raises(NotFound):
        merge_actions.merge_tickets([second], first, by=agent_of(house.other))


def test_a_hidden_ticket_cannot_be_merged_and_nothing_is_half_done(house: House) -> None:
    first, second = make_ticket(house), make_ticket(house)
    with pytest.raises(NotFound):
        merge_actions.merge_tickets([second], first, by=ANONYMOUS)
    with pytest.raises(Invalid):
        merge_actions.merge_tickets([first], first, by=agent_of(house.agent))
    lifecycle.cancel_ticket(second, by=agent_of(house.agent))
    third = make_ticket(house)
    with pytest.raises(IllegalMove):
        merge_actions.merge_tickets([second, third], first, by=agent_of(house.agent))
    assert fresh(third).state == "new"


def test_a_new_outage_is_not_hidden_in_an_incident_that_was_restored_before(house: House) -> None:
    by = agent_of(house.agent)
    first = make_ticket(house, at=minutes_ago(60))
    lifecycle.restore_service(first, by=by, at=minutes_ago(30))
    late = make_ticket(house, at=minutes_ago(10))
    with pytest.raises(Invalid, match="after the service"):
        merge_actions.merge_tickets([late], first, by=by)
    early = make_ticket(house, at=minutes_ago(40))
    merge_actions.merge_tickets([early], first, by=by)


def test_children_follow_and_two_levels_are_refused(house: House) -> None:
    by = agent_of(house.agent)
    parent, survivor, child, above = (make_ticket(house) for _ in range(4))
    with attributed(by):
        TicketLink.objects.create(ticket=child, kind="child_of", other=parent, actor=by.key)
    (merge,) = merge_actions.merge_tickets([parent], survivor, by=by)
    assert TicketLink.objects.get().other_id == survivor.pk
    merge_actions.undo_merge(merge, by=by)
    assert TicketLink.objects.get().other_id == parent.pk
    with attributed(by):
        TicketLink.objects.create(ticket=survivor, kind="child_of", other=above, actor=by.key)
    with pytest.raises(Invalid, match="child"):
        merge_actions.merge_tickets([parent], survivor, by=by)


def restore_clock(ticket: Ticket) -> Commitment:
    return Commitment.objects.get(ticket=ticket, measure="restore", assignment=None)


def test_a_merge_keeps_the_earlier_receipt_whichever_way_it_is_made(house: House) -> None:
    by = agent_of(house.agent)
    old, new = make_ticket(house, at=minutes_ago(120)), make_ticket(house, at=minutes_ago(10))
    due = restore_clock(old).due_at
    merge_actions.merge_tickets([old], new, by=by)
    assert restore_clock(new).due_at == due
    assert restore_clock(old).met_at is not None
    (second,) = merge_actions.merge_tickets([new], third := make_ticket(house), by=by)
    assert restore_clock(third).due_at == due
    merge_actions.undo_merge(second, by=by)
    assert restore_clock(third).due_at == third.received_at + timedelta(hours=4)


def test_a_wait_of_one_does_not_stop_the_clock_of_the_other(house: House) -> None:
    by = agent_of(house.agent)
    waits, runs = make_ticket(house, at=minutes_ago(60)), make_ticket(house, at=minutes_ago(50))
    with clock.travel(timedelta(minutes=-45)):
        pauses.pause_ticket(waits, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    with clock.travel(timedelta(minutes=-5)):
        pauses.resume_ticket(waits, by=by)
    merge_actions.merge_tickets([runs], waits, by=by)
    assert restore_clock(waits).due_at == waits.received_at + timedelta(hours=4)


def test_a_breach_that_came_with_a_merge_goes_with_it_and_ones_own_stays(house: House) -> None:
    by = agent_of(house.agent)
    old, new = make_ticket(house, at=minutes_ago(300)), make_ticket(house, at=minutes_ago(10))
    (merge,) = merge_actions.merge_tickets([old], new, by=by)
    assert restore_clock(new).breached_at is not None
    merge_actions.undo_merge(merge, by=by)
    assert restore_clock(new).breached_at is None
    assert restore_clock(old).breached_at is not None


def race(*acts: Callable[[], object]) -> list[str]:
    """Each act on a connection of its own, begun at the same moment; how each ended."""
    start, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            start.wait(5)
            act()
            ends[index] = "done"
        except OpaleError as refusal:
            ends[index] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return ends


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_at_the_same_moment_make_one_merge() -> None:
    house = make_house()
    by, other = agent_of(house.agent), agent_of(house.other)
    for _ in range(3):
        first, second = make_ticket(house), make_ticket(house)
        ends = race(
            lambda a=first, b=second: merge_actions.merge_tickets([a], b, by=by),  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
            lambda a=first, b=second: merge_actions.merge_tickets([b], a, by=other),  # type: ignore[misc]  # as above
        )
        assert sorted(ends) == ["conflict", "done"]
        merged = Ticket.objects.filter(pk__in=(first.pk, second.pk), state="merged")
        assert merged.count() == Merge.objects.filter(ticket__in=(first, second)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_is_taken_and_restored_while_it_is_merged_is_either_and_never_both() -> None:
    house = make_house()
    by, other = agent_of(house.agent), agent_of(house.other)
    first, second = make_ticket(house, at=minutes_ago(5)), make_ticket(house, at=minutes_ago(5))
    ends = race(
        lambda: merge_actions.merge_tickets([first], second, by=by),
        lambda: ownership.take_ticket(first, by=other),
        lambda: lifecycle.restore_service(first, by=other, at=minutes_ago(1)),
    )
    assert ends[0] == "done"
    assert set(ends[1:]) <= {"done", "illegal_move"}
    told = fresh(first)
    assert (told.state, told.merged_into_id) == ("merged", second.pk)
    assert (told.owner_id == house.other.pk) == (ends[1] == "done")
    assert (told.restored_at is not None) == (ends[2] == "done")


@pytest.mark.django_db(transaction=True)
def test_two_who_undo_a_merge_undo_it_once() -> None:
    house = make_house()
    by, other = agent_of(house.agent), agent_of(house.other)
    first, second = make_ticket(house), make_ticket(house)
    (merge,) = merge_actions.merge_tickets([first], second, by=by)
    ends = race(
        lambda: merge_actions.undo_merge(merge, by=by),
        lambda: merge_actions.undo_merge(merge, by=other),
    )
    assert sorted(ends) == ["done", "illegal_move"]


SQL = {
    "a merge into oneself": "UPDATE desk_ticket SET merged_into_id = id, state = 'merged',"
    " closed_at = now() WHERE id = {first}",
    "a merged state without number": "UPDATE desk_ticket SET state = 'merged', closed_at = now()"
    " WHERE id = {first}",
    "a number without the state": "UPDATE desk_ticket SET merged_into_id = {second}"
    " WHERE id = {first}",
    "another customer": "UPDATE desk_ticket SET merged_into_id = {second}, state = 'merged',"
    " customer_id = NULL, contact_id = NULL, closed_at = now() WHERE id = {first}",
    "a circle": "UPDATE desk_ticket SET merged_into_id = {second}, state = 'merged',"
    " closed_at = now() WHERE id = {first}; UPDATE desk_ticket SET merged_into_id = {first},"
    " state = 'merged', closed_at = now() WHERE id = {second}",
    "two merges of one ticket": "INSERT INTO desk_merge (ticket_id, into_id, before, actor,"
    " actor_name, at) SELECT {first}, {second}, '{{}}', 'x', 'x', now() FROM generate_series(1, 2)",
    "a merge record into oneself": "INSERT INTO desk_merge (ticket_id, into_id, before, actor,"
    " actor_name, at) VALUES ({first}, {first}, '{{}}', 'x', 'x', now())",
}


@pytest.mark.parametrize("tried", SQL.values(), ids=SQL.keys())
def test_the_database_refuses(house: House, tried: str) -> None:
    first, second = make_ticket(house), make_ticket(house)
    statement = tried.format(first=first.pk, second=second.pk)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        attributed(system("test")),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_contact_reads_the_merge_of_his_ticket_and_nobody_elses(house: House) -> None:
    by: Actor = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    (merge,) = merge_actions.merge_tickets([second], first, by=by)
    assert Merge.objects.visible_to(by).get() == merge
    assert not Merge.objects.visible_to(ANONYMOUS).exists()
