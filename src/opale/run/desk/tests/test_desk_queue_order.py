"""The order of the queue, and work outside hours. Source: docs/rules/priority.md, "The queue"."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from opale.customers.models import (
    Contact,
    ContractedPlan,
    ContractOption,
    Coverage,
    Service,
    SupportPlan,
    SupportPlanVersion,
)
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions import classifications, merges, ownership, ticket_creation
from opale.run.desk.actions import interventions as intervention_actions
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import (
    FOREVER,
    Commitment,
    Grade,
    Intervention,
    Kind,
    Source,
    Ticket,
)
from opale.run.desk.queries import queue_order, ticket_lists, tickets
from opale.run.desk.tests.builders import (
    LONG_AGO,
    MATRIX,
    House,
    agent_of,
    make_house,
    make_service,
    make_ticket,
)

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 11, 21, 14, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 9:00 in Paris
MONDAY_WORK = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ALWAYS = DateRange(LONG_AGO, None)


def standing_at(moment: datetime) -> AbstractContextManager[None]:
    return clock.travel(moment - clock.now())


@pytest.fixture
def house() -> House:
    return make_house()


def corporate(house: House, *, interventions: bool = False) -> Service:
    """A service on the Corporate plan: the customer's business hours."""
    service = make_service(house.customer, "NET-1")
    with attributed(system("test")):
        plan = SupportPlan.objects.create(code="corporate", name_en="C", name_fr="C")
        SupportPlanVersion.objects.create(
            plan=plan,
            period=ALWAYS,
            stream="corporate",
            coverage="customer_hours",
            matrix=MATRIX,
            premium_matrix=MATRIX,
            exceptional_interventions=interventions,
        )
        ContractedPlan.objects.filter(service=service).update(plan=plan)
    return service


def received(
    house: House,
    service: Service | None = None,
    *,
    at: datetime = MONDAY_WORK,
    grade: Grade = Grade.MEDIUM,
    kind: Kind = Kind.INCIDENT,
    item: ConfigurationItem | None = None,
) -> Ticket:
    return ticket_creation.receive_ticket(
        NewTicket(
            subject="Accès lent",
            source=Source.MAIL,
            kind=kind,
            customer=house.customer,
            contact=house.contact,
            service=service or house.service,
            item=item,
            impact=grade,
            urgency=grade,
        ),
        by=system("test"),
        at=at,
    )


def in_queue(house: House, at: datetime, stream: str = "") -> list[Ticket]:
    by = agent_of(house.agent)
    rows = ticket_lists.tickets_in("open", seen_by=by, at=at, stream=stream)
    return list(queue_order.in_order(rows, at).sorted())


def place(house: House, ticket: Ticket, at: datetime) -> queue_order.QueuePlace:
    by = agent_of(house.agent)
    found = tickets.get_ticket(ticket.number, seen_by=by)
    return queue_order.place_of(found, ticket_lists.tickets_in("open", seen_by=by, at=at), at)


def test_priority_goes_before_the_time_that_is_left(house: House) -> None:
    with standing_at(MONDAY_WORK):
        early = received(house, at=MONDAY_WORK - timedelta(hours=3))
        urgent = received(house, grade=Grade.HIGH)
        assert early.next_due_at < urgent.next_due_at
        assert in_queue(house, MONDAY_WORK) == [urgent, early]


def test_among_equals_the_nearest_promise_goes_first_and_one_without_comes_last(
    house: House,
) -> None:
    with standing_at(MONDAY_WORK):
        later = received(house)
        sooner = received(house, at=MONDAY_WORK - timedelta(minutes=20))
        without = received(house, at=MONDAY_WORK - timedelta(hours=1))
        Ticket.objects.filter(pk=without.pk).update(next_due_at=datetime(9999, 12, 31, tzinfo=UTC))
        assert in_queue(house, MONDAY_WORK) == [sooner, later, without]


def test_premium_goes_before_its_equals_and_never_before_a_higher_priority(house: House) -> None:
    special = make_service(house.customer, "VPN-2")
    with attributed(system("test")):
        contract = special.plans.get().contract
        ContractOption.objects.create(
            customer=house.customer,
            contract=contract,
            service=special,
            kind="premium",
            period=ALWAYS,
        )
    with standing_at(MONDAY_WORK):
        plain = received(house)
        premium = received(house, special)
        higher = received(house, grade=Grade.HIGH)
        same = datetime(2026, 11, 23, 12, tzinfo=UTC)
        Ticket.objects.update(next_due_at=same)
        assert premium.premium
        assert in_queue(house, MONDAY_WORK) == [higher, premium, plain]


def test_outside_its_hours_a_corporate_ticket_waits_and_says_until_when(house: House) -> None:
    service = corporate(house)
    with standing_at(SATURDAY):
        waiting = received(house, service, at=SATURDAY, grade=Grade.HIGH)
        worked = received(house, at=SATURDAY, grade=Grade.LOW)
        assert in_queue(house, SATURDAY) == [worked, waiting]
        rows = ticket_lists.tickets_in("open", seen_by=agent_of(house.agent), at=SATURDAY)
        queue = queue_order.in_order(rows, SATURDAY)
        last = list(ticket_lists.with_list_columns(queue.sorted()))[-1]
        assert queue.starts_at(last) == MONDAY_OPENING
        assert place(house, waiting, SATURDAY).starts_at == MONDAY_OPENING
        assert place(house, worked, SATURDAY).starts_at is None
    with standing_at(MONDAY_WORK):
        assert in_queue(house, MONDAY_WORK) == [waiting, worked]
        assert place(house, waiting, MONDAY_WORK).starts_at is None


def promised_always(house: House, ticket: Ticket) -> Commitment:
    with attributed(system("test")):
        return Commitment.objects.create(
            ticket=ticket,
            customer=house.customer,
            measure=Commitment.Measure.RESTORE,
            target=timedelta(hours=4),
            coverage=Coverage.ALWAYS,
            starts_at=SATURDAY,
            due_at=SATURDAY + timedelta(hours=4),
        )


def test_what_a_contract_restores_day_and_night_is_worked_outside_the_hours_of_the_plan(
    house: House,
) -> None:
    service = corporate(house)
    with standing_at(SATURDAY):
        waiting = received(house, service, at=SATURDAY, grade=Grade.HIGH)
        promised = received(house, service, at=SATURDAY, grade=Grade.LOW)
        restore = promised_always(house, promised)
        assert in_queue(house, SATURDAY) == [promised, waiting]
        assert place(house, promised, SATURDAY).starts_at is None
        assert place(house, promised, SATURDAY).promised_always
        with attributed(system("test")):
            Commitment.objects.filter(pk=restore.pk).update(met_at=SATURDAY)
        assert place(house, promised, SATURDAY).starts_at == MONDAY_OPENING


def test_a_failure_of_our_own_platform_is_worked_whatever_the_plan(house: House) -> None:
    service = corporate(house)
    with attributed(system("test")):
        ours = ConfigurationItem.objects.create(name="core-1", kind="router")
        theirs = ConfigurationItem.objects.create(
            name="cpe-1", kind="router", customer=house.customer
        )
    with standing_at(SATURDAY):
        hit = received(house, service, at=SATURDAY, item=ours)
        own = received(house, service, at=SATURDAY, item=theirs)
        asked = received(house, service, at=SATURDAY, item=ours, kind=Kind.REQUEST)
        assert place(house, hit, SATURDAY).own_platform
        assert place(house, hit, SATURDAY).starts_at is None
        assert place(house, own, SATURDAY).starts_at == MONDAY_OPENING
        assert place(house, asked, SATURDAY).starts_at == MONDAY_OPENING


def test_the_place_is_counted_within_the_stream(house: House) -> None:
    service = corporate(house)
    with standing_at(MONDAY_WORK):
        first = received(house, grade=Grade.HIGH)
        second = received(house)
        alone = received(house, service)
        assert [place(house, t, MONDAY_WORK).place for t in (first, second, alone)] == [1, 2, 1]
        assert in_queue(house, MONDAY_WORK, "corporate") == [alone]
        nearest = place(house, first, MONDAY_WORK).nearest
        assert nearest is not None
        assert nearest.due_at == first.next_due_at


def test_the_nearest_due_time_follows_the_clocks(house: House) -> None:
    by = agent_of(house.agent)
    with standing_at(MONDAY_WORK):
        ticket = make_ticket(house, at=MONDAY_WORK)
        before = ticket.next_due_at
        ownership.take_ticket(ticket, by=by)
        ticket.refresh_from_db()
        assert ticket.next_due_at > before
        due = ticket.next_due_at
        found = replace(ClassificationInput.of(ticket), urgency=Grade.LOW)
        classifications.classify_ticket(ticket, found, by=by)
        ticket.refresh_from_db()
        assert ticket.next_due_at != due


def entitled(house: House) -> Contact:
    with attributed(system("test")):
        return Contact.objects.create(
            customer=house.customer,
            name="Paul Orderer",
            email="paul@acme.example",
            language="fr",
            may_order=True,
        )


def test_an_intervention_lets_a_ticket_be_worked_until_it_ends(house: House) -> None:
    service, contact, by = (
        corporate(house, interventions=True),
        entitled(house),
        agent_of(house.agent),
    )
    with standing_at(SATURDAY):
        ticket = received(house, service, at=SATURDAY)
        made = intervention_actions.agree_intervention(
            ticket, by=by, agreed_by=contact, price=Decimal(250)
        )
        assert place(house, ticket, clock.now()).starts_at is None
        with pytest.raises(Conflict):
            intervention_actions.agree_intervention(
                ticket, by=by, agreed_by=contact, price=Decimal(250)
            )
        with clock.travel(timedelta(hours=1)):
            intervention_actions.end_intervention(made, by=by)
            later = clock.now() + timedelta(minutes=1)
            assert place(house, ticket, later).starts_at == MONDAY_OPENING


def test_an_intervention_goes_on_where_its_ticket_was_merged(house: House) -> None:
    service, contact, by = (
        corporate(house, interventions=True),
        entitled(house),
        agent_of(house.agent),
    )
    with standing_at(SATURDAY):
        agreed, survivor = (received(house, service, at=SATURDAY) for _ in range(2))
        intervention_actions.agree_intervention(
            agreed, by=by, agreed_by=contact, price=Decimal(250)
        )
        (merge,) = merges.merge_tickets([agreed], survivor, by=by)
        assert place(house, survivor, clock.now()).starts_at is None
        merges.undo_merge(merge, by=by)
        assert place(house, survivor, clock.now()).starts_at == MONDAY_OPENING
        agreed.refresh_from_db()
        assert place(house, agreed, clock.now()).starts_at is None


def test_an_intervention_is_off_unless_the_plan_offers_it(house: House) -> None:
    service, contact = corporate(house), entitled(house)
    with standing_at(SATURDAY):
        ticket = received(house, service, at=SATURDAY)
        with pytest.raises(Conflict):
            intervention_actions.agree_intervention(
                ticket, by=agent_of(house.agent), agreed_by=contact, price=Decimal(250)
            )


def test_an_intervention_needs_an_entitled_contact_and_a_price(house: House) -> None:
    service, contact, by = (
        corporate(house, interventions=True),
        entitled(house),
        agent_of(house.agent),
    )
    with standing_at(SATURDAY):
        ticket = received(house, service, at=SATURDAY)
        with pytest.raises(Invalid, match="order"):
            intervention_actions.agree_intervention(
                ticket, by=by, agreed_by=house.contact, price=Decimal(250)
            )
        with pytest.raises(Invalid, match="price"):
            intervention_actions.agree_intervention(
                ticket, by=by, agreed_by=contact, price=Decimal(0)
            )
        assert not Intervention.objects.exists()


def test_the_database_refuses_an_intervention_that_ends_before_it_starts(house: House) -> None:
    ticket, contact = make_ticket(house), entitled(house)
    with pytest.raises(IntegrityError), transaction.atomic(), attributed(system("test")):
        Intervention.objects.create(
            ticket=ticket,
            agreed_by=contact,
            price=1,
            starts=SATURDAY,
            ends=SATURDAY - timedelta(hours=1),
            actor="x",
        )


def table_under(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of docs/rules/priority.md, header left out."""
    text = Path("docs/rules/priority.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    lines = [line for line in text.split("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_worked_example_of_the_queue(house: House) -> None:
    special = make_service(house.customer, "VPN-2")
    with attributed(system("test")):
        ContractOption.objects.create(
            customer=house.customer,
            contract=special.plans.get().contract,
            service=special,
            kind="premium",
            period=ALWAYS,
        )
    with standing_at(MONDAY_WORK):
        rows = table_under("The queue")
        made = {}
        for name, priority, due, premium, _place in reversed(rows):
            ticket = received(house, special if premium == "yes" else None)
            at = FOREVER if due == "none" else MONDAY_OPENING.replace(hour=int(due[:2]) - 1)
            with attributed(system("test")):
                Ticket.objects.filter(pk=ticket.pk).update(priority=priority, next_due_at=at)
            made[name] = ticket
        for name, _priority, _due, _premium, number in rows:
            assert place(house, made[name], MONDAY_WORK).place == int(number), name
        assert in_queue(house, MONDAY_WORK) == [made[row[0]] for row in rows]


def test_the_worked_example_of_the_hours(house: House) -> None:
    service, by = corporate(house, interventions=True), agent_of(house.agent)
    with attributed(system("test")):
        ours = ConfigurationItem.objects.create(name="core-1", kind="router")
        theirs = ConfigurationItem.objects.create(
            name="cpe-1", kind="router", customer=house.customer
        )
    with standing_at(SATURDAY):
        agreed = received(house, service, at=SATURDAY)
        intervention_actions.agree_intervention(
            agreed, by=by, agreed_by=entitled(house), price=Decimal(250)
        )
        restored = received(house, service, at=SATURDAY)
        promised_always(house, restored)
        cases = {
            "an incident on the customer's own router": received(
                house, service, at=SATURDAY, item=theirs
            ),
            "an incident on our core router": received(house, service, at=SATURDAY, item=ours),
            "a request about our core router": received(
                house, service, at=SATURDAY, item=ours, kind=Kind.REQUEST
            ),
            "an incident whose contract restores within 4 h, 24 hours a day": restored,
            "an incident, intervention agreed by a contact who may order": agreed,
        }
        for case, worked in table_under("Outside hours"):
            starts = place(house, cases[case], clock.now()).starts_at
            assert starts == (None if worked == "now" else MONDAY_OPENING), case
