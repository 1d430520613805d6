"""Loading of the demo company. A small one in one transaction; `bulk` adds the large history.

Only this code writes rows without their actions: running them for a year of history would take
far longer than five seconds. All constraints and triggers of the database apply, and rows that it
merely adds are attributed to `system:demo`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.db import connection

from opale.customers.models import Family, Stream
from opale.demo.alerts import raise_alerts, record_changes, write_deliveries
from opale.demo.app_data.automations import run_automations
from opale.demo.app_data.designs import recheck_designs
from opale.demo.arrivals import ArrivalRhythm, conversation_length
from opale.demo.bulk_insert import copy_parts, fill_next_due
from opale.demo.calls import record_calls
from opale.demo.company import PARIS, Staff, create_company
from opale.demo.copy_rows import Rows
from opale.demo.credentials import Credentials, create_logins
from opale.demo.deferred_indexes import deferred_checks, without_savepoints
from opale.demo.demo_company import DemoCompany, load_apps
from opale.demo.desk_work import work_on_tickets
from opale.demo.estate import Estate, create_estate
from opale.demo.macros import publish_sentences
from opale.demo.mails import mark_followers_notified, mark_mails_sent
from opale.demo.names import mentions
from opale.demo.portfolio import LARGE_CUSTOMER_SHARE, TOPICS, Account, Portfolio, create_portfolio
from opale.demo.requests import create_requests
from opale.demo.roster_patterns import write_patterns
from opale.demo.suppliers import write_suppliers
from opale.demo.ticket_fields import create_ticket_fields
from opale.demo.ticket_histories import HistoryWriter
from opale.demo.world import (
    Arrival,
    ContactRef,
    CustomerRef,
    PersonRef,
    ServiceRef,
    ShiftRef,
    World,
)
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar
from opale.kernel.live_topics import publish_once
from opale.kernel.reference_cache import pinned
from opale.organisation.models import Person
from opale.organisation.rights import Function
from opale.run.desk.actions.commitments import deferred_refresh
from opale.run.desk.actions.triage import learn_words
from opale.run.desk.domain.clocks import Measure, Promise
from opale.run.desk.models import StreamSettings

HISTORY = timedelta(days=182)
REPORTED = timedelta(days=400)
"""How far back reports look: 13 months."""
FRESH, FRESH_WITHIN = 14, timedelta(hours=3)
SHORT = 2
"""Messages of an earlier ticket."""
AT_ONCE = 400
"""Tickets generated while the database writes those before them."""


@dataclass(frozen=True, slots=True)
class Size:
    customers: int
    tickets: int
    longest: int
    # How far back alerts are kept; how often texts add a sentence of random words, and whether
    # these are only trade terms (to be read) or all words (to be searched).
    alerts_for: timedelta
    colour: float
    plain: bool
    # Tickets of the months before the history, with short conversations, for reports.
    earlier: int = 0

    @property
    def all_tickets(self) -> int:
        return self.tickets + self.earlier


SIZES = {
    "small": Size(120, 1600, 60, timedelta(days=21), 0.0, plain=True, earlier=1500),
    "large": Size(3000, 1_000_000, 5000, timedelta(days=14), 1.0, plain=False),
}


@dataclass(frozen=True, slots=True)
class LoadedCompany:
    """The company before its history is written."""

    world: World
    rhythm: ArrivalRhythm
    credentials: Credentials
    staff: Staff


def load_small(folder: Path, *, seed: int, password: str) -> None:
    """Write everything, or nothing; logins first, as the company is useless without them."""
    size = SIZES["small"]
    with attributed(system("demo")), without_savepoints():
        loaded = load_company(size, seed=seed, password=password)
        _tell(loaded, size, seed)
        write_deliveries_of(loaded)
        _live(loaded, seed)
        learn_words()
        loaded.credentials.write(folder)


def _live(loaded: LoadedCompany, seed: int) -> None:
    """Write the last hours by Opale's own actions. None of them changes reference data, and their
    consequences are computed once, after them."""
    now = loaded.world.now
    with publish_once(), pinned():
        with deferred_refresh():
            create_requests(Random(seed + 2), now, by=system("demo"))
            work_on_tickets(Random(seed + 3), now)
        publish_sentences()
        mark_mails_sent()
        record_calls(Random(seed + 4), loaded.staff, loaded.credentials.telephone_id, now)
        mark_followers_notified()
        create_ticket_fields()
    run_automations(now)
    recheck_designs()


def load_company(size: Size, *, seed: int, password: str) -> LoadedCompany:
    """Write organisation, customers, infrastructure and integrations, without history."""
    rng = Random(seed)
    now = clock.now().replace(microsecond=0)
    starts = now - HISTORY
    encoded = make_password(password)
    staff = create_company(rng, now=now, starts=starts, encoded=encoded)
    write_patterns(staff, now)
    portfolio = create_portfolio(rng, staff, count=size.customers, now=now, encoded=encoded)
    write_suppliers(rng)
    estate = create_estate(rng, portfolio)
    credentials = create_logins(staff, portfolio, password, now)
    raise_alerts(rng, estate, credentials.integration_id, now)
    record_changes()
    load_apps(DemoCompany(staff, portfolio, estate, now, seed))
    rhythm = ArrivalRhythm(starts, now, zone=PARIS)
    world = _world(rng, size, rhythm, staff, portfolio, estate, credentials)
    return LoadedCompany(world, rhythm, credentials, staff)


def write_deliveries_of(loaded: LoadedCompany) -> None:
    """Write the events of every alert of the company, after its history."""
    world = loaded.world
    write_deliveries(world.integration_id, world.integration_name, world.now)


def _tell(loaded: LoadedCompany, size: Size, seed: int) -> None:
    arrivals = list(_arrivals(Random(seed + 1), loaded.rhythm, size))
    with deferred_checks():
        copy_parts(_stories(HistoryWriter(loaded.world, f"{seed}:0"), arrivals))
    fill_next_due()


def _stories(teller: HistoryWriter, arrivals: Sequence[Arrival]) -> Iterator[Rows]:
    for first in range(0, len(arrivals), AT_ONCE):
        rows = Rows()
        for arrival in arrivals[first : first + AT_ONCE]:
            teller.tell(arrival, rows)
        yield rows


def _arrivals(rng: Random, rhythm: ArrivalRhythm, size: Size) -> Iterator[Arrival]:
    moments = rhythm.arrivals(rng, size.tickets - FRESH)
    # At any hour of the day, the desk has open tickets.
    moments += [rhythm.ends - FRESH_WITHIN * rng.random() for _ in range(FRESH)]
    moments.sort()
    lengths = [conversation_length(rng, longest=size.longest) for _ in moments]
    moments = _earlier(rng, rhythm, size.earlier) + moments
    lengths = [SHORT] * size.earlier + lengths
    ticket, number, message, alert = (
        reserve("desk_ticket", size.all_tickets),
        reserve_numbers(size.all_tickets),
        reserve("desk_message", sum(lengths)),
        reserve("events_alert", size.all_tickets),
    )
    for index, (at, length) in enumerate(zip(moments, lengths, strict=True)):
        received = at.replace(microsecond=0)
        yield Arrival(ticket + index, number + index, received, length, message, alert + index)
        message += length


def _earlier(rng: Random, rhythm: ArrivalRhythm, count: int) -> list[datetime]:
    """Return the arrivals of the months before the history."""
    if not count:
        return []
    before = ArrivalRhythm(rhythm.ends - REPORTED, rhythm.starts, zone=PARIS)
    return before.arrivals(rng, count)


def reserve(table: str, count: int) -> int:
    """Reserve `count` ids of a table, and return the first."""
    return _reserve("SELECT pg_get_serial_sequence(%s, 'id')", table, count)


def reserve_numbers(count: int) -> int:
    return _reserve("SELECT %s", "desk_ticket_number", count)


def _reserve(find: str, name: str, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(find, [name])
        (sequence,) = cursor.fetchone()
        cursor.execute(
            "SELECT min(nextval(%s::regclass)) FROM generate_series(1, %s)", [sequence, count]
        )
        (first,) = cursor.fetchone()
    return int(first)


TRIAGE = {Stream.CORPORATE: timedelta(minutes=30), Stream.SOLUTION: timedelta(minutes=10)}

# The world from which histories are generated.


def _world(
    rng: Random,
    size: Size,
    rhythm: ArrivalRhythm,
    staff: Staff,
    portfolio: Portfolio,
    estate: Estate,
    credentials: Credentials,
) -> World:
    refs = {person.pk: _person(person) for person in staff.everyone}
    storm = estate.routers[0]
    return World(
        starts=rhythm.starts,
        now=rhythm.ends,
        zone=PARIS,
        customers=tuple(_customer(account, portfolio, estate) for account in portfolio.accounts),
        weights=_weights(rng, len(portfolio.accounts)),
        shifts=_shifts(staff, refs),
        engineers=tuple(
            refs[person.pk]
            for function in (Function.RUN_ENGINEER, Function.CORE_ENGINEER, Function.BUILD_ENGINEER)
            for person in staff.by_function[function]
        ),
        employees=tuple(ref for ref in refs.values()),
        integration_id=credentials.integration_id,
        integration_name=credentials.integration_name,
        names={language: mentions(rng, language, 1500) for language in ("fr", "en")},
        storm_starts=rhythm.storm.starts,
        storm_ends=rhythm.storm.starts + timedelta(hours=rhythm.storm.hours),
        storm_item_id=storm.pk,
        storm_host=storm.name,
        alerts_since=rhythm.ends - size.alerts_for,
        triage=_triage(),
        colour=size.colour, plain=size.plain,
    )  # fmt: skip


def _triage() -> dict[str, Promise]:
    """Return the time within which the desk triages a ticket, by stream."""
    StreamSettings.objects.bulk_create(
        (StreamSettings(stream=stream, triage_target=length) for stream, length in TRIAGE.items()),
        ignore_conflicts=True,
    )
    always = Calendar.around_the_clock()
    return {
        row.stream: Promise("triage", row.triage_target, "always", always, "desk")
        for row in StreamSettings.objects.all()
    }


def _shifts(staff: Staff, refs: dict[int, PersonRef]) -> tuple[ShiftRef, ...]:
    return tuple(
        ShiftRef(
            shift.starts.astimezone(UTC),
            shift.ends.astimezone(UTC),
            refs[shift.lead.pk],
            refs[shift.triage.pk],
            tuple(refs[p.pk] for p in (shift.lead, shift.triage, *shift.others)),
        )
        for shift in staff.shifts
    )


def _person(person: Person) -> PersonRef:
    return PersonRef(person.pk, person.name, f"user:{person.user_id}")


def _weights(rng: Random, count: int) -> tuple[float, ...]:
    """Return cumulative weights: the first customer has its share, the others follow a gentle power
    law."""
    others = [1 / (rank + 10) ** 0.8 for rank in range(1, count)]
    rng.shuffle(others)
    total = sum(others)
    first = total * LARGE_CUSTOMER_SHARE / (1 - LARGE_CUSTOMER_SHARE)
    return tuple(accumulate([first, *others]))


def _customer(account: Account, portfolio: Portfolio, estate: Estate) -> CustomerRef:
    return CustomerRef(
        account.customer.pk,
        tuple(ContactRef(c.pk, c.name, c.language) for c in account.contacts),
        tuple(
            ServiceRef(
                id=service.pk,
                topic=TOPICS[Family(service.offering.family)],
                item_id=estate.main_item[service.reference].pk,
                facts=estate.facts[service.reference],
                plan_version_id=version.pk,
                stream=str(version.stream),
                premium=account.premium,
                matrix=version.premium_matrix if account.premium else version.matrix,
                promises=_promises(account, service.reference, code, portfolio),
            )
            for service in account.services
            for code in (account.plan_of[service.reference],)
            for version in (portfolio.versions[code],)
        ),
    )


def _promises(
    account: Account, reference: str, code: str, portfolio: Portfolio
) -> dict[int, tuple[Promise, ...]]:
    """Return the promises by service, as `customers.queries.promises_of`: those sold for the
    service override the plan's."""
    calendar = account.customer.calendar
    sold = {"restore": account.gtr.get(reference), "acknowledge": account.gti.get(reference)}
    key = (calendar.name, code, account.premium, sold["restore"], sold["acknowledge"])
    if key not in portfolio.promises:
        premium = account.premium
        portfolio.promises[key] = _worked_out(calendar.record, code, premium, sold, portfolio)
    return portfolio.promises[key]


def _worked_out(
    record: dict[str, Any],
    code: str,
    premium: bool,
    sold: dict[str, timedelta | None],
    portfolio: Portfolio,
) -> dict[int, tuple[Promise, ...]]:
    hours, always = Calendar.from_record(record), Calendar.around_the_clock()
    found: dict[int, list[Promise]] = {}
    for target in portfolio.targets:
        if target.version is not portfolio.versions[code] or target.premium != premium:
            continue
        coverage, length, source = str(target.coverage), target.target, "plan"
        if (promised := sold.get(str(target.measure))) is not None:
            coverage, length, source = "always", promised, "contract"
        calendar = always if coverage == "always" else hours
        found.setdefault(target.priority, []).append(
            Promise(cast(Measure, str(target.measure)), length, coverage, calendar, source)
        )
    return {priority: tuple(promises) for priority, promises in found.items()}
