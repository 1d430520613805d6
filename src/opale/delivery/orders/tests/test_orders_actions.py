"""Orders are received, moved, changed in flight and cancelled; nothing stays held behind them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction
from tests.personas import Personas

from opale.customers.models import Contact
from opale.customers.tests.builders import make_offering, make_service
from opale.delivery.orders import queries
from opale.delivery.orders.actions import changes, moves, orders, reservations
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.rights import READ, WORK
from opale.delivery.orders.states import (
    ASSESS,
    CANCEL,
    COMPLETE,
    HOLD,
    KEEP,
    REJECT,
    START,
    OrderState,
)
from opale.delivery.orders.tests.builders import (
    MAKER,
    WANTED,
    cabinet,
    hold_power,
    line_of,
    make_order,
    power,
)
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.models import Fact
from opale.kernel.states import moves_of
from opale.reservations.models import Reservation, ReservationLine

pytestmark = pytest.mark.django_db
S = OrderState


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def facts() -> list[str]:
    rows = Fact.objects.filter(name__startswith="orders.").order_by("id")
    return list(rows.values_list("name", flat=True))


def test_an_order_is_kept_with_its_lines_under_a_number_of_its_own(personas: Personas) -> None:
    first = make_order(personas, cabinet(), cabinet(quantity=2))
    second = make_order(personas)
    assert second.number > first.number >= 20001
    assert first.state == S.ACKNOWLEDGED
    assert [(one.item_id, one.quantity) for one in first.lines.all()] == [("1", 1), ("2", 2)]
    assert {one.customer_id for one in first.lines.all()} == {personas.customer.pk}
    assert facts() == ["orders.OrderReceived"] * 2


def test_the_text_of_a_moment_is_kept_as_it_was_written(personas: Personas) -> None:
    order = make_order(personas, wanted_text=WANTED, ordered_text="2026-10-01T08:00:00.5Z")
    order.refresh_from_db()
    assert (order.wanted_text, order.ordered_text) == (WANTED, "2026-10-01T08:00:00.5Z")
    assert order.wanted_at == datetime(2027, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2027-13-01", "0001-01-01T00:00:00Z", "2027-01-01T00:00:00+18:40", "2" * 41],
)
def test_what_is_no_moment_is_refused(text: str, personas: Personas) -> None:
    with pytest.raises(Invalid):
        make_order(personas, wanted_text=text)
    assert not Order.objects.exists()


def test_an_order_of_nothing_has_a_line_to_fill_in_and_is_not_begun() -> None:
    order = orders.create_order(NewOrder(), by=MAKER)
    assert [line.item_id for line in order.lines.all()] == ["1"]
    assert order.parties[0]["role"] == "requester"
    with pytest.raises(Invalid) as refused:
        moves.move_order(order, START, by=MAKER)
    assert "customer" in refused.value.fields


def test_work_begins_when_every_line_says_what_it_is_about(personas: Personas) -> None:
    order = make_order(personas, cabinet(), NewLine(), NewLine(action="delete"))
    with pytest.raises(Invalid) as refused:
        moves.move_order(order, START, by=MAKER)
    assert refused.value.fields["lines"].endswith("2, 3.")
    ended = make_service(personas.customer, "S-ENDED")
    lines = (
        LineChange(item_id="2", fields={"offering": make_offering()}),
        LineChange(item_id="3", fields={"service": ended}),
    )
    changes.change_order(order, by=MAKER, lines=lines)
    assert moves.move_order(order, START, by=MAKER).state == S.IN_PROGRESS


def test_where_only_services_are_named_the_order_is_their_customers(personas: Personas) -> None:
    service = make_service(personas.customer, "S-1")
    asked = NewOrder(lines=(NewLine(action="delete", service=service),))
    order = orders.create_order(asked, by=MAKER)
    assert (order.customer, order.kind) == (personas.customer, Order.Kind.TERMINATION)


def test_a_service_of_another_customer_is_refused(personas: Personas) -> None:
    theirs = make_service(personas.other_customer, "S-2")
    with pytest.raises(Invalid):
        make_order(personas, NewLine(action="modify", service=theirs))


def test_who_orders_is_of_the_customer_and_may(personas: Personas) -> None:
    with pytest.raises(Invalid):
        make_order(personas, contact=personas.contact)
    with pytest.raises(Invalid):
        make_order(personas, contact=personas.other_contact)
    with attributed(MAKER):
        Contact.objects.filter(pk=personas.contact.pk).update(may_order=True)
    personas.contact.refresh_from_db()
    assert make_order(personas, contact=personas.contact).contact == personas.contact


def test_an_offering_that_is_retired_is_not_added(personas: Personas) -> None:
    gone = make_offering("old-vpn", retired_on="2026-01-01")
    gone.refresh_from_db()
    with pytest.raises(Invalid):
        make_order(personas, NewLine(offering=gone))


def test_two_lines_of_one_name_are_refused(personas: Personas) -> None:
    with pytest.raises(Invalid):
        make_order(personas, cabinet(item_id="a"), cabinet(item_id="a"))


def test_the_database_knows_no_undated_cancellation(personas: Personas) -> None:
    order = make_order(personas)
    with pytest.raises(IntegrityError), attributed(MAKER):
        Order.objects.filter(pk=order.pk).update(state=S.CANCELLED)
    with pytest.raises(IntegrityError), attributed(MAKER):
        Order.objects.filter(pk=order.pk).update(wanted_text="")


def test_who_only_reads_changes_nothing(personas: Personas) -> None:
    order = make_order(personas)
    reader = personas.actor("build_engineer")
    for act in (
        lambda: make_order(personas, by=reader),
        lambda: changes.change_order(order, by=reader, description="x"),
        lambda: moves.cancel_order(order, by=reader),
        lambda: moves.delete_order(order, by=reader),
        lambda: reservations.reserve_for_line(line_of(order), (power(),), by=reader),
    ):
        with pytest.raises(NotAllowed):
            act()
    order.refresh_from_db()
    assert order.state == S.ACKNOWLEDGED


def test_an_order_is_seen_by_its_customer_and_by_no_other(personas: Personas) -> None:
    order = make_order(personas)
    nobodys = orders.create_order(NewOrder(), by=MAKER)
    mine, theirs = personas.actor("customer_contact"), personas.actor("foreign_contact")
    assert list(queries.orders(seen_by=mine)) == [order]
    assert list(queries.orders(seen_by=theirs)) == []
    with pytest.raises(NotFound):
        queries.get_order(order.number, seen_by=theirs)
    assert set(queries.orders(seen_by=personas.actor("desk_agent"))) == {order, nobodys}


def test_the_lines_move_with_their_order_and_each_move_is_recorded(personas: Personas) -> None:
    order = make_order(personas, cabinet(), cabinet())
    moves.move_order(order, START, by=personas.actor("project_manager"))
    assert {line.state for line in order.lines.all()} == {S.IN_PROGRESS}
    moved = moves_of(OrderLine, line_of(order).pk).get()
    assert (moved.source, moved.target) == (S.ACKNOWLEDGED, S.IN_PROGRESS)


def test_the_last_line_ends_the_order(personas: Personas) -> None:
    order = make_order(personas, cabinet(), cabinet())
    moves.move_order(order, START, by=MAKER)
    assert moves.move_line(line_of(order), COMPLETE, by=MAKER).state == S.IN_PROGRESS
    done = moves.move_line(line_of(order, "2"), COMPLETE, by=MAKER)
    assert done.state == S.COMPLETED
    assert done.completed_at is not None


def test_a_line_is_not_begun_before_its_order(personas: Personas) -> None:
    order = make_order(personas)
    with pytest.raises(IllegalMove):
        moves.move_line(line_of(order), START, by=MAKER)


def test_what_is_delivered_stays_when_the_rest_is_cancelled(personas: Personas) -> None:
    order = make_order(personas, cabinet(), cabinet())
    kept = hold_power(order)
    given_back = hold_power(order, "2")
    moves.move_order(order, START, by=MAKER)
    moves.move_line(line_of(order), COMPLETE, by=MAKER)
    assert moves.cancel_order(order, by=MAKER).state == S.PARTIAL
    states = dict(Reservation.objects.values_list("pk", "state"))
    assert states == {kept.pk: "confirmed", given_back.pk: "released"}


def test_a_cancelled_line_gives_back_what_it_held_alone(personas: Personas) -> None:
    order = make_order(personas, cabinet(), cabinet())
    hold_power(order)
    hold_power(order, "2")
    moves.move_line(line_of(order), CANCEL, by=MAKER)
    assert held() == 1
    assert line_of(order, "2").state == S.ACKNOWLEDGED


def test_nothing_is_reserved_for_what_has_ended_or_may_be_cancelled(personas: Personas) -> None:
    order = make_order(personas)
    moves.move_order(order, START, by=MAKER)
    moves.move_order(order, ASSESS, by=MAKER)
    with pytest.raises(IllegalMove):
        hold_power(order)
    moves.move_order(order, KEEP, by=MAKER)
    hold_power(order)
    moves.cancel_order(order, by=MAKER)
    with pytest.raises(IllegalMove):
        hold_power(order)
    assert held() == 0


def test_a_reservation_that_is_refused_leaves_the_line_without_any(personas: Personas) -> None:
    order = make_order(personas)
    with pytest.raises(Conflict):
        reservations.reserve_for_line(line_of(order), (power("60"), power("60")), by=MAKER)
    assert not Reservation.objects.exists()


def test_who_may_cancel_gives_back_without_a_right_on_reservations(personas: Personas) -> None:
    order = make_order(personas)
    hold_power(order)
    by = Actor("token", "user:9", "Import", dict.fromkeys((READ, WORK), EVERYTHING))
    moves.cancel_order(order, by=by)
    assert held() == 0


@pytest.mark.django_db(transaction=True)
def test_of_a_reservation_and_a_cancellation_at_once_nothing_stays_held() -> None:
    power()
    for _time in range(5):
        order = orders.create_order(NewOrder(), by=MAKER)
        line, start = line_of(order), Barrier(2)

        def hold(line: OrderLine = line, start: Barrier = start) -> None:
            start.wait(timeout=60)
            try:
                reservations.reserve_for_line(line, (power(),), by=MAKER)
            except IllegalMove:
                pass
            finally:
                connections.close_all()

        def cancel(order: Order = order, start: Barrier = start) -> None:
            start.wait(timeout=60)
            try:
                moves.cancel_order(order, by=MAKER)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as both:
            for done in [both.submit(hold), both.submit(cancel)]:
                done.result()
        order.refresh_from_db()
        assert (order.state, held()) == (S.CANCELLED, 0)


def test_a_rejection_says_why(personas: Personas) -> None:
    order = make_order(personas)
    with pytest.raises(Invalid):
        moves.move_order(order, REJECT, by=MAKER)
    rejected = moves.move_order(order, REJECT, by=MAKER, reason="No fibre there")
    assert (rejected.state, rejected.reason) == (S.REJECTED, "No fibre there")


def test_a_change_is_attributed_and_told_once(personas: Personas) -> None:
    order = make_order(personas)
    manager = personas.actor("project_manager")
    changes.change_order(order, by=manager, description="Second cabinet")
    changes.change_order(order, by=manager, description="Second cabinet")
    assert facts() == ["orders.OrderReceived", "orders.OrderChanged"]
    last = revisions(Order, id=order.pk)[0]
    assert last.actor_name == manager.name
    assert [one.column for one in last.differences] == ["description"]


def test_what_has_ended_is_not_changed(personas: Personas) -> None:
    order = make_order(personas)
    moves.cancel_order(order, by=MAKER)
    with pytest.raises(IllegalMove):
        changes.change_order(order, by=MAKER, description="Late")


def test_a_change_of_an_ended_line_changes_nothing_else(personas: Personas) -> None:
    order = make_order(personas, cabinet(), cabinet())
    moves.move_line(line_of(order), CANCEL, by=MAKER)
    lines = [LineChange(item_id="1", fields={"quantity": 3})]
    with pytest.raises(IllegalMove):
        changes.change_order(order, by=MAKER, description="New", lines=lines)
    order.refresh_from_db()
    assert order.description == ""


def test_a_customer_is_added_once_and_reaches_the_lines(personas: Personas) -> None:
    order = orders.create_order(NewOrder(), by=MAKER)
    changes.change_order(order, by=MAKER, customer=personas.customer)
    assert line_of(order).customer == personas.customer
    with pytest.raises(Invalid):
        changes.change_order(order, by=MAKER, customer=personas.other_customer)


def test_an_order_on_which_nothing_began_is_taken_away_whole(personas: Personas) -> None:
    order = make_order(personas)
    hold_power(order)
    moves.delete_order(order, by=MAKER)
    assert (Order.objects.count(), OrderLine.objects.count(), held()) == (0, 0, 0)
    assert facts()[-1] == "orders.OrderDeleted"
    assert make_order(personas).number > order.number


def test_an_order_on_which_work_began_stays(personas: Personas) -> None:
    order = make_order(personas)
    moves.move_order(order, START, by=MAKER)
    moves.move_order(order, HOLD, by=MAKER)
    with pytest.raises(Conflict):
        moves.delete_order(order, by=MAKER)
    moves.cancel_order(order, by=MAKER)
    with pytest.raises(Conflict):
        moves.delete_order(order, by=MAKER)


def test_a_failure_half_way_leaves_the_order_as_it_was(personas: Personas) -> None:
    order = make_order(personas)
    hold_power(order)
    with transaction.atomic():
        moves.cancel_order(order, by=MAKER)
        assert held() == 0
        transaction.set_rollback(True)
    order.refresh_from_db()
    assert (order.state, held()) == (S.ACKNOWLEDGED, 1)
