"""What a version holds, and the one act that makes an order of it: all of it, once, or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from tests.personas import Personas, make_personas

from opale.delivery.designs.actions import designs as design_actions
from opale.delivery.designs.actions import lifecycle, orders, reservations
from opale.delivery.designs.actions.orders import OrderResult
from opale.delivery.designs.models import Acceptance, Design, DesignVersion, HandedOver, Hold
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.states import DesignState
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    accepted,
    checked,
    make_design,
    offering,
    quoted,
    stock,
    take,
)
from opale.delivery.orders.actions import moves
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import order_sync
from opale.delivery.projects.actions import reservations as reservation_actions
from opale.delivery.projects.models import TechnicalNeed, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.infrastructure.models import CapacityPool
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.models import Fact
from opale.notifications.models import Notification
from opale.organisation.models import Membership
from opale.reservations.actions.releases import expire_reservations
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.states import ReservationState

S = ReservationState


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def ready(house: Personas, *what: tuple[str, int], hold: bool = True) -> Design:
    """Quoted, accepted, perhaps held for."""
    design = quoted(make_design(able(house), *what), held=hold)
    accepted(design, house, their_number="PO-7")
    return design


def of(design: Design) -> Reservation:
    version = DesignVersion.objects.get(design=design, number=design.version)
    found = design_queries.reservation_of(version, seen_by=MAKER)
    assert found is not None
    return found


@pytest.mark.django_db
def test_everything_that_the_check_found_is_held_tentatively(personas: Personas) -> None:
    hall, feed = stock()
    design = make_design(able(personas), ("colo", 1), probability=70)
    checked(design)
    made = reservations.reserve_design(design, by=MAKER)
    assert (made.state, made.probability, made.customer) == (S.TENTATIVE, 70, personas.customer)
    assert made.expires_at is not None
    assert made.expires_at - clock.now() > timedelta(days=13)
    pools = made.lines.filter(pool__isnull=False).values_list("pool", "quantity", "days")
    assert {(pool, int(quantity)) for pool, quantity, _days in pools} == {
        (hall.pk, 42), (feed.pk, 3),
    }  # fmt: skip
    people = set(made.lines.filter(person__isnull=False).values_list("person__name", flat=True))
    assert personas.people["core_engineer"].name in people
    assert Hold.objects.count() == made.lines.count()


@pytest.mark.django_db
def test_it_is_held_whole_or_not_at_all(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    checked(design)
    first = reservations.reserve_design(design, by=MAKER)
    version = DesignVersion.objects.get(design=design)
    found = design_queries.last_check(version, seen_by=MAKER)
    assert found is not None
    # What the check wrote down is more than there is by now: nothing of it is held.
    found.result["needs"][1]["quantity"] = "999"
    type(found).objects.filter(pk=found.pk).update(result=found.result)
    before = held()
    with pytest.raises(Conflict) as refused:
        reservations.reserve_design(design, by=MAKER)
    assert "999 are needed" in refused.value.sentence
    first.refresh_from_db()
    assert (first.state, held()) == (S.TENTATIVE, before)


@pytest.mark.django_db
def test_an_unchecked_or_stale_design_holds_nothing(personas: Personas) -> None:
    hall, _feed = stock()
    design = make_design(able(personas))
    with pytest.raises(IllegalMove):
        reservations.reserve_design(design, by=MAKER)
    checked(design)
    take(hall, "5")
    with pytest.raises(Conflict) as refused:
        reservations.reserve_design(design, by=MAKER)
    assert hall.name in refused.value.sentence
    with pytest.raises(Invalid):
        reservations.reserve_design(design, by=MAKER, expires_at=clock.now() + timedelta(days=200))


@pytest.mark.django_db
def test_reserved_again_it_takes_the_place_of_what_was_held(personas: Personas) -> None:
    stock(units="42", power="3")
    design = make_design(able(personas))
    checked(design)
    first = reservations.reserve_design(design, by=MAKER)
    second = reservations.reserve_design(design, by=MAKER, probability=90)
    first.refresh_from_db()
    assert (first.state, second.state, second.probability) == (S.RELEASED, S.TENTATIVE, 90)


@pytest.mark.django_db
def test_what_is_held_is_extended_by_one_press_until_it_expires(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    checked(design)
    made = reservations.reserve_design(design, by=MAKER, expires_at=clock.now() + timedelta(days=1))
    with clock.travel(timedelta(hours=12)):
        until = reservations.extend_design(design, by=MAKER)
    made.refresh_from_db()
    assert made.expires_at == until
    with clock.travel(timedelta(days=20)):
        assert expire_reservations(by=MAKER, at=clock.now()) == 1
        with pytest.raises(Conflict):
            reservations.extend_design(design, by=MAKER)
    assert held() == 0


@pytest.mark.django_db
def test_reopened_what_is_held_stays_until_the_new_version_reserves(personas: Personas) -> None:
    stock(units="42", power="3")
    design = quoted(make_design(able(personas)), held=True)
    first = of(design)
    lifecycle.reopen_design(design, by=MAKER)
    first.refresh_from_db()
    assert first.state == S.TENTATIVE
    checked(design)
    reservations.reserve_design(design, by=MAKER)
    first.refresh_from_db()
    assert (first.state, of(design).state) == (S.RELEASED, S.TENTATIVE)


@pytest.mark.django_db
def test_without_an_acceptance_there_is_no_order(personas: Personas) -> None:
    stock()
    design = quoted(make_design(able(personas)), held=True)
    with pytest.raises(Conflict) as refused:
        orders.order_design(design, by=MAKER)
    assert "customer's acceptance" in refused.value.sentence
    assert not Order.objects.exists()
    assert of(design).state == S.TENTATIVE


@pytest.mark.django_db
def test_one_act_makes_the_order_with_what_was_held(personas: Personas) -> None:
    stock()
    design = design_actions.create_design(
        able(personas).customer, "Two cabinets", by=MAKER,
        requirements="Both in one room.", wished_on=today() + timedelta(days=90),
    )  # fmt: skip
    site = design_actions.add_site(design, "Paris", by=MAKER, address="1 rue de la Paix")
    design_actions.add_line(
        design, offering("colo"), by=MAKER, site=site, quantity=2, options={"power_kw": "4"}
    )
    accepted(quoted(design, held=True), personas, their_number="PO-7")
    before = of(design)
    lines = held()
    done = orders.order_design(design, by=MAKER)
    design.refresh_from_db()
    before.refresh_from_db()
    assert (design.state, design.order, done.anew) == (DesignState.ACCEPTED, done.order, False)
    assert (before.state, held()) == (S.RELEASED, lines)
    assert (done.order.contact, done.order.external_id) == (personas.contact, "PO-7")
    assert "Both in one room." in done.order.description
    assert done.order.wanted_at is not None
    (line,) = done.order.lines.all()
    assert (line.quantity, line.offering) == (2, offering("colo"))
    assert line.characteristics == {"power_kw": "4"}
    assert line.site is not None
    assert (line.site.name, line.site.address) == ("Paris", "1 rue de la Paix")
    assert (line.site.customer, line.site.kind) == (design.customer, "customer_site")
    confirmed = Reservation.objects.filter(source=line.source)
    assert set(confirmed.values_list("state", flat=True)) == {S.CONFIRMED}
    assert Fact.objects.filter(name="designs.DesignOrdered").count() == 1


@pytest.mark.django_db
def test_pressed_again_the_same_order_is_given_back(personas: Personas) -> None:
    stock()
    design = ready(personas)
    first = orders.order_design(design, by=MAKER)
    again = orders.order_design(design, by=MAKER)
    assert again.order == first.order
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_a_cancelled_order_gives_back_what_its_design_held(personas: Personas) -> None:
    stock()
    done = orders.order_design(ready(personas), by=MAKER)
    assert held() > 0
    moves.cancel_order(done.order, by=MAKER)
    assert held() == 0


@pytest.mark.django_db
def test_the_project_takes_over_people_and_stock(personas: Personas) -> None:
    stock()
    done = orders.order_design(ready(personas), by=MAKER)
    lines = held()
    order = moves.move_order(done.order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    assert held() == lines
    for need in TechnicalNeed.objects.filter(project=project).select_related("reservation"):
        assert need.pool is not None
        assert reservation_actions.is_holding(need.reservation)
    power = WorkPackage.objects.select_related("reservation").get(project=project, key="power")
    assert power.person == personas.people["core_engineer"]
    assert power.reservation is not None
    assert power.reservation.source == power.source
    moves.cancel_order(order, by=MAKER)
    order_sync.sync_project(order.pk, by=MAKER)
    assert held() == 0


@pytest.mark.django_db
def test_a_package_reserves_its_hours_once_though_its_design_held_them(
    personas: Personas,
) -> None:
    stock()
    done = orders.order_design(ready(personas), by=MAKER)
    order = moves.move_order(done.order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    lines = held()
    power = WorkPackage.objects.select_related("project").get(project=project, key="power")
    reservation_actions.reserve_hours(power, by=MAKER)
    assert held() == lines


@pytest.mark.django_db
def test_what_expired_and_is_free_still_is_held_anew_and_it_is_said(personas: Personas) -> None:
    stock()
    design = ready(personas)
    lines = held()
    with clock.travel(timedelta(days=15)):
        expire_reservations(by=MAKER, at=clock.now())
        assert held() == 0
        done = orders.order_design(design, by=MAKER)
    assert done.anew
    assert 0 < held() <= lines


def _capacity(pool: CapacityPool, quantity: int) -> None:
    with attributed(MAKER):
        CapacityPool.objects.filter(pk=pool.pk).update(capacity=quantity)


@pytest.mark.django_db
@pytest.mark.parametrize("swept", [True, False])
def test_what_expired_and_is_gone_changes_nothing_and_says_who_has_it(
    swept: bool, personas: Personas
) -> None:
    hall, _feed = stock(units="42")
    design = ready(personas)
    with clock.travel(timedelta(days=15)):
        if swept:
            expire_reservations(by=MAKER, at=clock.now())
        else:
            # The minute's clock has not passed yet, and somebody else is given more than there is.
            _capacity(hall, 52)
        take(hall, "10", purpose="BETA cabinet")
        _capacity(hall, 42)
        with pytest.raises(Conflict) as refused:
            orders.order_design(design, by=MAKER)
    assert "BETA cabinet" in refused.value.sentence
    assert "Nothing was changed" in refused.value.sentence
    design.refresh_from_db()
    assert (design.state, design.order) == (DesignState.QUOTED, None)
    assert not Order.objects.exists()
    assert Acceptance.objects.exists()
    assert not HandedOver.objects.exists()


@pytest.mark.django_db
def test_what_is_held_for_another_sizing_is_not_handed_over(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    checked(design)
    before = reservations.reserve_design(design, by=MAKER)
    with clock.travel(timedelta(minutes=1)):
        design_actions.add_line(design, offering("other"), by=MAKER)
        accepted(quoted(design), personas)
        done = orders.order_design(design, by=MAKER)
    before.refresh_from_db()
    assert before.state == S.RELEASED
    assert done.order.lines.count() == 2
    sources = {line.source for line in done.order.lines.all()}
    holding = ReservationLine.objects.filter(holds=True)
    assert set(holding.values_list("reservation__source", flat=True)) == sources


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_get_one_order() -> None:
    house = make_personas()
    stock()
    design = ready(house)
    start = Barrier(2)

    def press() -> OrderResult:
        start.wait(timeout=60)
        try:
            return orders.order_design(design, by=MAKER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        first, second = [one.result() for one in [both.submit(press), both.submit(press)]]
    assert first.order == second.order
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_clock_and_the_order_at_once_leave_it_confirmed() -> None:
    """A tentative reservation whose expiry comes while the order is made is lost by nobody."""
    house = make_personas()
    stock()
    design = ready(house)
    late = clock.now() + timedelta(days=15)
    start = Barrier(2)

    def press() -> OrderResult:
        start.wait(timeout=60)
        try:
            return orders.order_design(design, by=MAKER, at=late)
        finally:
            connections.close_all()

    def expire() -> int:
        start.wait(timeout=60)
        try:
            return expire_reservations(by=MAKER, at=late)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        made, swept = both.submit(press), both.submit(expire)
        done = made.result()
        assert swept.result() in (0, 1)
    assert done.anew
    confirmed = Reservation.objects.filter(state=S.CONFIRMED)
    assert confirmed.exists()
    assert not Reservation.objects.filter(state=S.TENTATIVE).exists()


@pytest.mark.django_db(transaction=True)
def test_two_designs_that_want_the_last_stock_at_once_get_it_once() -> None:
    house = make_personas()
    stock(units="60")
    able(house)
    designs = [make_design(house), make_design(house)]
    for design in designs:
        checked(design)
    start = Barrier(2)

    def reserve(design: Design) -> bool:
        start.wait(timeout=60)
        try:
            reservations.reserve_design(design, by=MAKER)
        except Conflict:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        won = sorted(both.map(reserve, designs))
    assert won == [False, True]
    assert Reservation.objects.filter(state=S.TENTATIVE).count() == 1


@pytest.mark.django_db
def test_without_a_hold_the_order_reserves_what_is_free(personas: Personas) -> None:
    hall, feed = stock()
    design = make_design(able(personas), ("colo", 1))
    accepted(quoted(design), personas)
    done = orders.order_design(design, by=MAKER)
    assert done.unreserved == ()
    (line,) = done.order.lines.all()
    mine = ReservationLine.objects.filter(reservation__source=line.source, holds=True)
    assert set(mine.filter(pool__isnull=False).values_list("pool", flat=True)) == {hall.pk, feed.pk}
    assert mine.filter(person__isnull=False).exists()
    moves.move_order(done.order, START, by=MAKER)
    project = order_sync.sync_project(done.order.pk, by=MAKER)
    assert not TechnicalNeed.objects.filter(project=project, reservation=None).exists()


@pytest.mark.django_db
def test_what_an_order_could_not_reserve_is_said_and_who_must_act_is_told(
    personas: Personas,
) -> None:
    with attributed(MAKER):
        lead = personas.people["project_manager"]
        Membership.objects.filter(person=lead).update(role=Membership.Role.LEAD)
    hall, _feed = stock()
    design = make_design(able(personas), ("colo", 1))
    accepted(quoted(design), personas)
    take(hall, str(hall.capacity))
    done = orders.order_design(design, by=MAKER)
    (said,) = (one.sentence for one in done.unreserved if one.unit == "U")
    assert said == "colo: 42 U are not free."
    news = Notification.objects.get(kind="designs.unreserved", person=lead)
    assert said in news.text
    assert news.url == f"/orders/{done.order.number}/"
