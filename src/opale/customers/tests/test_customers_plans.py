from datetime import date, timedelta

import pytest

from opale.customers.models import (
    Contract,
    ContractOption,
    Coverage,
    Measure,
    PlanTarget,
    Service,
    SoldCommitment,
)
from opale.customers.queries.plans import PlanInForce, plan_in_force, priority_of
from opale.customers.queries.promises import promises_of
from opale.customers.tests.builders import (
    SINCE,
    give_plan,
    make_contract,
    make_customer,
    make_plan,
    make_service,
)

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 3)


def test_a_three_by_three_table_may_say_that_three_by_three_gives_four() -> None:
    plan = PlanInForce(make_plan(), premium=False)
    found = priority_of(plan, 3, 3)
    assert found.priority == 4
    assert found.reason == "Solution: low impact with low urgency gives P4."


def test_premium_has_a_matrix_of_its_own_and_says_so() -> None:
    found = priority_of(PlanInForce(make_plan(), premium=True), 2, 1)
    assert (found.priority, "Premium" in found.reason) == (1, True)


def test_without_plan_the_reason_says_so() -> None:
    assert priority_of(None, 3, 3).reason.startswith("No plan")


def test_a_part_has_the_plan_of_the_whole_unless_it_has_its_own() -> None:
    customer = make_customer()
    contract = make_contract(customer)
    whole = make_service(customer, "S-1")
    part = make_service(customer, "S-2", parent=whole)
    solution, corporate = make_plan("solution"), make_plan("corporate")
    give_plan(contract, whole, solution)
    found = plan_in_force(customer, part, on=MARCH)
    assert found
    assert found.version == solution
    give_plan(contract, part, corporate)
    found = plan_in_force(customer, part, on=MARCH)
    assert found
    assert found.version == corporate


def test_without_service_the_best_plan_of_the_customer_holds() -> None:
    customer = make_customer()
    contract = make_contract(customer)
    give_plan(contract, make_service(customer, "S-1"), make_plan("corporate"))
    give_plan(contract, make_service(customer, "S-2"), make_plan("solution"))
    found = plan_in_force(customer, None, on=MARCH)
    assert found
    assert found.version.plan.code == "solution"


def test_the_version_is_that_of_the_day() -> None:
    customer = make_customer()
    service = make_service(customer)
    old = make_plan(since=SINCE, until=date(2026, 4, 1))
    new = make_plan(since=date(2026, 4, 1))
    give_plan(make_contract(customer), service, old)
    days = {MARCH: old, date(2026, 4, 1): new}
    for day, version in days.items():
        found = plan_in_force(customer, service, on=day)
        assert found
        assert found.version == version


@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2027, 1, 1)])
def test_no_plan_holds_outside_of_the_contract(on: date) -> None:
    customer = make_customer()
    service = make_service(customer)
    contract = make_contract(customer, period=(SINCE, date(2027, 1, 1)))
    give_plan(contract, service, make_plan(since=date(2020, 1, 1)))
    assert plan_in_force(customer, service, on=on) is None


def test_premium_of_another_service_does_not_count() -> None:
    customer = make_customer()
    contract = make_contract(customer)
    mine, other = make_service(customer, "S-1"), make_service(customer, "S-2")
    version = make_plan()
    give_plan(contract, mine, version)
    give_plan(contract, other, version)
    ContractOption.objects.create(
        customer=customer, contract=contract, service=other, kind="premium", period=contract.period
    )
    found = {s: plan_in_force(customer, s, on=MARCH) for s in (mine, other)}
    assert [plan.premium for plan in found.values() if plan] == [False, True]


def _sell(
    contract: Contract, service: Service | None, hours: int, priority: int | None = None
) -> None:
    SoldCommitment.objects.create(
        customer=contract.customer,
        contract=contract,
        service=service,
        measure=Measure.RESTORE,
        priority=priority,
        target=timedelta(hours=hours),
        coverage=Coverage.CUSTOMER_HOURS,
        period=(SINCE, None),
    )


def test_of_each_measure_the_most_precise_promise_holds() -> None:
    customer = make_customer()
    contract, whole = make_contract(customer), make_service(customer, "S-1")
    part = make_service(customer, "S-2", parent=whole)
    version = make_plan()

    def restore() -> tuple[timedelta, str]:
        promises = promises_of(customer, part, version=version, premium=False, priority=2, on=MARCH)
        found = next(p for p in promises if p.measure == Measure.RESTORE)
        return found.target, found.source

    assert restore() == (timedelta(hours=8), "Plan Solution, P2")
    for service, priority, hours in (
        (None, None, 7),
        (None, 2, 6),
        (whole, None, 5),
        (part, None, 4),
        (part, 2, 3),
        (part, 1, 1),
    ):
        _sell(contract, service, hours, priority)
        assert restore() == (timedelta(hours=max(hours, 3)), "Contract CT-7")


def test_customer_hours_count_in_the_customers_calendar() -> None:
    customer = make_customer()
    service = make_service(customer)
    _sell(make_contract(customer), service, 4)
    (promise,) = promises_of(customer, service, version=None, premium=False, priority=2, on=MARCH)
    assert promise.calendar.time_zone == "Europe/Paris"
    assert not promise.calendar.never_closes


def test_a_premium_target_wins_over_the_plain_one_only_under_premium() -> None:
    customer, version = make_customer(), make_plan()
    PlanTarget.objects.create(
        version=version,
        premium=True,
        measure=Measure.ACKNOWLEDGE,
        priority=1,
        target=timedelta(minutes=10),
        coverage=Coverage.ALWAYS,
    )
    found = {
        premium: next(
            promise.target
            for promise in promises_of(
                customer, None, version=version, premium=premium, priority=1, on=MARCH
            )
            if promise.measure == Measure.ACKNOWLEDGE
        )
        for premium in (True, False)
    }
    assert found == {True: timedelta(minutes=10), False: timedelta(hours=1)}
