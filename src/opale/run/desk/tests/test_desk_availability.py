"""How much of a month a service was there, and what a broken promise costs.

Source: docs/rules/clocks.md, "Availability" and "Penalties".
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from opale.customers.domain.penalties import (
    HourTerms,
    InvalidTerms,
    StepTerms,
    TermsFault,
    parse_terms,
    penalty_amount,
)
from opale.customers.models import Contract, SoldCommitment
from opale.infrastructure.models import ConfigurationItem, ItemActivity, ServiceItem
from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar
from opale.kernel.errors import IllegalMove, Invalid
from opale.run.desk.actions import lifecycle, merges
from opale.run.desk.actions import outages as outage_actions
from opale.run.desk.domain.availability import Availability, Month, Span, availability
from opale.run.desk.models import Kind, Ticket
from opale.run.desk.queries import availability as availability_queries
from opale.run.desk.queries.availability import ServiceMonth
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_house,
    make_ticket,
    minutes_ago,
    on_duty,
)

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00", country="FR")
ALWAYS = Calendar.around_the_clock()
MARCH = Month(2026, 3, "Europe/Paris")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FAR = datetime(2030, 1, 1, tzinfo=UTC)


def in_march(*, outages: Sequence[Span] = (), planned: Sequence[Span] = ()) -> Availability:
    return availability(MARCH, ALWAYS, outages=outages, planned=planned, until=FAR)


def span(day: float, hours: float) -> Span:
    starts = MARCH.starts + timedelta(days=day)
    return starts, starts + hours * HOUR


def test_a_month_is_that_of_the_customer_and_knows_its_change_of_the_clocks() -> None:
    assert MARCH.starts == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert MARCH.ends - MARCH.starts == timedelta(days=31) - HOUR
    assert in_march().due == timedelta(days=31) - HOUR
    december = Month(2025, 12, "Europe/Paris")
    assert (str(december.next()), december.next().before()) == ("2026-01", december)
    assert Month.of(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "Europe/Paris") == MARCH


def test_overlapping_outages_count_once_and_none_during_planned_work() -> None:
    found = in_march(outages=[span(3, 10), span(3.25, 10)], planned=[span(3, 2)])
    assert (found.down, found.planned) == (14 * HOUR, 2 * HOUR)
    assert found.due == timedelta(days=31) - 3 * HOUR


def test_what_was_down_a_second_is_never_shown_as_complete() -> None:
    found = in_march(outages=[(MARCH.starts, MARCH.starts + timedelta(seconds=1))])
    assert found.percent == Decimal("99.999")


def test_an_outage_over_the_turn_of_the_month_counts_in_each_month_for_its_part() -> None:
    over = (MARCH.ends - HOUR, MARCH.ends + 2 * HOUR)
    assert in_march(outages=[over]).down == HOUR
    april = availability(MARCH.next(), ALWAYS, outages=[over], planned=[], until=FAR)
    assert april.down == 2 * HOUR


def test_nothing_is_owed_before_a_service_began() -> None:
    def since(at: datetime) -> Availability:
        outages = [span(1, 3), span(20, 1)]
        return availability(MARCH, ALWAYS, outages=outages, planned=[], until=FAR, since=at)

    assert since(MARCH.ends).percent is None
    assert since(MARCH.ends + HOUR).percent is None
    assert since(MARCH.starts - HOUR) == in_march(outages=[span(1, 3), span(20, 1)])
    assert since(MARCH.ends - 23 * HOUR).percent is None
    assert since(MARCH.ends - 24 * HOUR).percent == 100
    begun = since(MARCH.starts + timedelta(days=10))
    assert (begun.down, begun.due) == (HOUR, MARCH.ends - MARCH.starts - timedelta(days=10))


@given(st.integers(-100, 900), st.integers(0, 740), st.integers(1, 100))
def test_what_is_due_and_down_of_a_new_service_are_those_after_its_start(
    begun: int, down_from: int, lasting: int
) -> None:
    """Counted hour by hour."""
    outage = span(down_from / 24, lasting)
    found = availability(
        MARCH, ALWAYS, outages=[outage], planned=[], until=FAR, since=MARCH.starts + begun * HOUR
    )
    hours = [MARCH.starts + n * HOUR for n in range(743) if n >= begun]
    assert found.due == len(hours) * HOUR
    assert found.down == sum(outage[0] <= at < outage[1] for at in hours) * HOUR


def test_a_month_without_one_covered_hour_has_no_figure() -> None:
    never = Calendar.on_weekdays("Europe/Paris")
    found = availability(MARCH, never, outages=[span(1, 5)], planned=[], until=FAR)
    assert (found.exact, found.percent) == (None, None)


SPANS = st.lists(
    st.tuples(st.integers(-600, 5000), st.integers(1, 900)).map(
        lambda pair: (
            MARCH.starts + pair[0] * MINUTE,
            MARCH.starts + (pair[0] + pair[1]) * MINUTE,
        )
    ),
    max_size=5,
)


@given(outages=SPANS, planned=SPANS, until=st.integers(0, 5000), office=st.booleans())
def test_availability_agrees_with_counting_every_minute(
    outages: list[Span], planned: list[Span], until: int, *, office: bool
) -> None:
    calendar = OFFICE if office else ALWAYS
    end = MARCH.starts + until * MINUTE
    due = down = 0
    for minute in range(until):
        at = MARCH.starts + minute * MINUTE
        local = at.astimezone(calendar.zone)
        hour = local.hour
        is_open = not office or (local.weekday() < 5 and (9 <= hour < 12 or 14 <= hour < 18))
        if not is_open or any(a <= at < b for a, b in planned):
            continue
        due += 1
        down += any(a <= at < b for a, b in outages)
    found = availability(MARCH, calendar, outages=outages, planned=planned, until=end)
    assert (found.due, found.down) == (due * MINUTE, down * MINUTE)
    assert timedelta() <= found.down <= found.due
    assert found.exact is None or 0 <= found.exact <= 100


# Terms.

STEPS = {
    "steps": [{"below": "99.9", "percent": "5"}, {"below": "99", "percent": "20"}],
    "cap": "15",
}


def test_of_the_steps_reached_the_dearest_counts_up_to_the_cap() -> None:
    terms = parse_terms(STEPS)
    assert isinstance(terms, StepTerms)
    given_for = {"100": 0, "99.9": 0, "99.899": 5, "99": 5, "98.999": 15}
    for percent, penalty in given_for.items():
        assert terms.percent(Decimal(percent)) == penalty, percent


def test_each_hour_begun_counts_up_to_the_cap() -> None:
    terms = parse_terms({"per_hour": "2", "cap": "5"})
    assert isinstance(terms, HourTerms)
    cases = {-1: 0, 0: 0, 1: 2, 3600: 2, 3601: 4, 90_000: 5}
    for seconds, penalty in cases.items():
        assert terms.percent(timedelta(seconds=seconds)) == penalty, seconds


@pytest.mark.parametrize(
    ("terms", "flaw", "member", "value"),
    [
        ({"cap": "5"}, TermsFault.KINDS, "", None),
        ({"per_hour": "2", "steps": STEPS["steps"]}, TermsFault.KINDS, "", None),
        ({"steps": []}, TermsFault.STEPS, "steps", []),
        ({"steps": ["99.9"]}, TermsFault.STEP, "steps[1]", "99.9"),
        ({"steps": [*STEPS["steps"], {"below": "9"}]}, TermsFault.STEP, "steps[3]", {"below": "9"}),
        (
            {"steps": [{"below": "99.9", "percent": "5"}, {"below": "NaN", "percent": "5"}]},
            TermsFault.PERCENT, "steps[2].below", "NaN",
        ),
        ({"steps": [{"below": "99.9", "percent": 0}]}, TermsFault.PERCENT, "steps[1].percent", 0),
        ({"per_hour": "0"}, TermsFault.PERCENT, "per_hour", "0"),
        ({"per_hour": "101"}, TermsFault.PERCENT, "per_hour", "101"),
        ({"per_hour": "2", "cap": None}, TermsFault.PERCENT, "cap", None),
        ({"per_hour": "2", "more": 1}, TermsFault.UNKNOWN, "more", 1),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_computed_say_which_member_is_wrong(
    terms: dict[str, Any], flaw: TermsFault, member: str, value: object
) -> None:
    with pytest.raises(InvalidTerms) as refusal:
        parse_terms(terms)
    bad = refusal.value
    assert (bad.flaw, bad.member, bad.value) == (flaw, member, value)


@given(
    fee=st.decimals(0, 100_000, places=2),
    percents=st.lists(st.decimals(0, 100, places=2), min_size=2, max_size=2),
)
def test_an_amount_is_exact_to_the_cent_and_grows_with_the_percentage(
    fee: Decimal, percents: list[Decimal]
) -> None:
    low, high = sorted(percents)
    assert 0 <= penalty_amount(fee, low) <= penalty_amount(fee, high) <= fee
    assert abs(penalty_amount(fee, high) - fee * high / 100) <= Decimal("0.005")


# From the record.


@pytest.fixture
def house() -> House:
    house = make_house()
    on_duty(house.agent, house.desk, "triage", minutes_ago(60 * 24 * 100), hours=24 * 200)
    with attributed(system("test")):
        type(house.service).objects.filter(pk=house.service.pk).update(monthly_fee=Decimal(400))
    house.service.refresh_from_db()
    return house


def manager() -> Actor:
    rights = ("desk.read", "desk.work", "customers.read")
    return Actor("person", "person:1", "Maud", dict.fromkeys(rights, EVERYTHING), person_id=1)


def sell(house: House, measure: str, terms: dict[str, Any], **figures: Any) -> SoldCommitment:
    with attributed(system("test")):
        return SoldCommitment.objects.create(
            customer=house.customer,
            contract=Contract.objects.get(customer=house.customer),
            measure=measure,
            coverage="always",
            penalty_terms=terms,
            period=DateRange(date(2020, 1, 1), None),
            **figures,
        )


def down(house: House, starts: datetime, hours: float) -> Ticket:
    ticket, by = make_ticket(house, at=starts), agent_of(house.agent)
    lifecycle.restore_service(ticket, by=by, at=starts + hours * HOUR)
    return outage_actions.set_outage(ticket, starts, by=by)


def last_month(house: House) -> ServiceMonth:
    month = Month.of(clock.now(), "Europe/Paris").before()
    (found,) = availability_queries.months_of(
        [house.service], [month], seen_by=manager(), at=clock.now()
    )
    return found


def in_last_month(hours: float) -> datetime:
    return Month.of(clock.now(), "Europe/Paris").before().starts + hours * HOUR


@pytest.mark.django_db
def test_the_month_of_a_service_is_computed_from_its_incidents(house: House) -> None:
    sold = sell(house, "availability", STEPS, percent=Decimal("99.9"))
    down(house, in_last_month(30), 2)
    down(house, in_last_month(31), 3)
    found = last_month(house)
    assert found.found.down == 4 * HOUR
    assert (found.promised, found.kept, found.running) == (sold, False, False)
    (penalty,) = found.penalties
    assert (penalty.percent, penalty.amount, found.owed) == (
        Decimal(5),
        Decimal("20.00"),
        Decimal("20.00"),
    )


@pytest.mark.django_db
def test_planned_work_on_an_item_of_the_service_is_left_out(house: House) -> None:
    starts = in_last_month(40)
    with attributed(system("test")):
        item = ConfigurationItem.objects.create(name="ce-1", kind="router")
        ServiceItem.objects.create(customer=house.customer, service=house.service, item=item)
        for interrupts, source in ((True, "a"), (False, "b")):
            ItemActivity.objects.create(
                item=item,
                kind="planned_work",
                title="Remplacement",
                starts=starts + (0 if interrupts else 10) * HOUR,
                ends=starts + (2 if interrupts else 20) * HOUR,
                interrupts=interrupts,
                source=source,
            )
    down(house, starts, 3)
    found = last_month(house)
    assert (found.found.down, found.found.planned) == (HOUR, 2 * HOUR)


@pytest.mark.django_db
def test_each_hour_begun_beyond_a_sold_gtr_is_paid_for_up_to_the_cap(house: House) -> None:
    sold = sell(house, "restore", {"per_hour": "2", "cap": "7"}, target=2 * HOUR)
    one = down(house, in_last_month(50), 3.5)
    (penalty,) = last_month(house).penalties
    assert (penalty.sold, penalty.percent, penalty.amount) == (sold, Decimal(4), Decimal("16.00"))
    assert penalty.late == (one,)
    down(house, in_last_month(90), 10)
    (penalty,) = last_month(house).penalties
    assert (penalty.percent, penalty.amount) == (Decimal(7), Decimal("28.00"))


@pytest.mark.django_db
def test_a_cancelled_incident_and_a_request_are_no_outage(house: House) -> None:
    by = agent_of(house.agent)
    ticket = down(house, in_last_month(30), 2)
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(kind=Kind.REQUEST)
    assert last_month(house).found.down == timedelta()
    request = make_ticket(house, kind=Kind.REQUEST)
    with pytest.raises(IllegalMove):
        outage_actions.set_outage(request, minutes_ago(1), by=by)


@pytest.mark.django_db
def test_an_outage_that_was_merged_lasts_until_its_survivor_is_restored(house: House) -> None:
    """What monitoring saw counts, whichever ticket it goes on under."""
    by, starts = agent_of(house.agent), in_last_month(30)
    seen, told, last = (make_ticket(house, at=starts) for _ in range(3))
    outage_actions.set_outage(seen, starts, by=by)
    merges.merge_tickets([seen], told, by=by)
    merges.merge_tickets([told], last, by=by)
    assert last_month(house).found.down > 20 * HOUR
    lifecycle.restore_service(last, by=by, at=starts + 2 * HOUR)
    found = last_month(house)
    assert found.found.down == 2 * HOUR
    assert [outage.ticket for outage in found.outages] == [seen]
    since = found.month.starts
    down = availability_queries.services_with_outages(
        house.customer, since, seen_by=manager(), limit=5
    )
    assert down == [house.service]
    lifecycle.cancel_ticket(last, by=by)
    assert last_month(house).found.down == timedelta()


@pytest.mark.django_db
def test_an_outage_that_nobody_ended_lasts_until_now(house: House) -> None:
    ticket = make_ticket(house, at=minutes_ago(90))
    outage_actions.set_outage(ticket, minutes_ago(120), by=agent_of(house.agent))
    month = Month.of(minutes_ago(60), "Europe/Paris")
    (found,) = availability_queries.months_of(
        [house.service], [month], seen_by=manager(), at=clock.now()
    )
    assert HOUR < found.found.down <= 2 * HOUR + MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [-5, 60 * 24 * 40, 10])
def test_an_outage_began_in_the_past_within_a_month_and_before_the_restoration(
    house: House, minutes: int
) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    lifecycle.restore_service(ticket, by=by, at=minutes_ago(30))
    with pytest.raises(Invalid):
        outage_actions.set_outage(ticket, minutes_ago(minutes), by=by)


@pytest.mark.django_db
def test_months_of_many_services_are_read_in_a_few_queries(
    house: House, django_assert_max_num_queries: Any
) -> None:
    sell(house, "availability", STEPS, percent=Decimal("99.9"))
    months = [Month.of(clock.now(), "Europe/Paris")]
    for _ in range(11):
        months.append(months[-1].before())
    services = [house.service] * 5
    with django_assert_max_num_queries(8):
        found = availability_queries.months_of(services, months, seen_by=manager(), at=clock.now())
    assert len(found) == 60
