"""Actions that make, confirm, change and extend reservations.

Source: docs/rules/reservations.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import DataError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.locks import take_locks
from opale.kernel.states import Move, perform
from opale.organisation.models import Person
from opale.reservations import rights
from opale.reservations.actions.expiry_notifications import settle_expiry
from opale.reservations.domain.availability import working_days
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries import load, pool_tree, shortages
from opale.reservations.queries.unit_names import canonical_unit
from opale.reservations.states import CONFIRM, HOLDING, ReservationState

LIST = "reservations.list"
MOST_LINES = 400
MOST_PROBABLE = 100
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A requested line: hours a day of a person, a quantity of a pool, or a unit of an item.

    Units: `until` is the first day after it; None for a pool or a unit held without end.
    """

    since: date
    until: date | None
    person: Person | None = None
    pool: CapacityPool | None = None
    item: ConfigurationItem | None = None
    unit: str = ""
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReservation:
    """A requested reservation. Without `expires_at` it is confirmed at once."""

    purpose: str
    lines: tuple[Line, ...]
    customer: Customer | None = None
    holder: Person | None = None
    source: str = ""
    probability: int | None = None
    expires_at: datetime | None = None
    approver: Person | None = None
    approval_reason: str = ""


def reserve(asked: NewReservation, *, by: Actor, at: datetime | None = None) -> Reservation:
    """Reserve every line, or nothing.

    Errors: NotAllowed, Invalid, Conflict (double booking, detected by the database).
    """
    moment = at or now()
    _check(asked, by, moment)
    with attributed(by):
        lock_things(asked.lines)
        with translate_violations(**constraint_errors()):
            made = Reservation.objects.create(
                purpose=" ".join(asked.purpose.split()),
                source=asked.source,
                customer=asked.customer,
                holder_id=asked.holder.pk if asked.holder else by.person_id,
                state=_state_of(asked),
                probability=asked.probability,
                expires_at=asked.expires_at,
                approved_by=asked.approver,
                approval_reason=asked.approval_reason.strip(),
                made_at=moment,
            )
            for line in asked.lines:
                _hold(made, line, overbooked=asked.approver is not None)
        if not Reservation.objects.filter(pk=made.pk).within(by, rights.RESERVE).exists():
            raise NotAllowed
        live_topics.publish(LIST, customer_id=made.customer_id)
    return made


def confirm_reservation(reservation: Reservation, *, by: Actor, at: datetime) -> None:
    """Confirm a proposed or tentative reservation.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict (it expired; somebody else holds it).
    """
    with attributed(by), translate_violations(**constraint_errors()):
        rows = Reservation.objects.visible_to(by).filter(pk=reservation.pk)
        held = rows.select_for_update(of=("self",)).first()
        if held is None:
            raise NotFound
        if held.state == ReservationState.TENTATIVE and held.expires_at and held.expires_at <= at:
            raise Conflict(_("This tentative reservation has expired: reserve again."))
        _hold_things(held)
        perform(CONFIRM, rows, by=by, at=at)
        settle_expiry([held], by=by)
        live_topics.publish(LIST, customer_id=held.customer_id)


def move_reservation(
    reservation: Reservation, move: Move, *, by: Actor, at: datetime | None = None
) -> None:
    """Move a reservation to another state. Errors: NotFound, NotAllowed, IllegalMove, Conflict."""
    at = at or now()
    if move is CONFIRM:
        confirm_reservation(reservation, by=by, at=at)
        return
    with attributed(by):
        perform(move, Reservation.objects.visible_to(by).filter(pk=reservation.pk), by=by, at=at)
        settle_expiry([reservation], by=by)
        live_topics.publish(LIST, customer_id=reservation.customer_id)


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """The hours of a person from a day on, in a reservation, and the lines that replace them."""

    reservation: Reservation
    person: Person
    since: date
    lines: tuple[Line, ...]


def rearrange(moved: Sequence[Rearrangement], *, by: Actor) -> None:
    """Move hours to other days or people, all or nothing. Past days stay.

    One piece of work may take the place of another. Errors: NotFound, NotAllowed, IllegalMove (it
    holds nothing), Invalid, Conflict.
    """
    with attributed(by), translate_violations(**constraint_errors()):
        rows = [
            lock_row(Reservation.objects.filter(pk=one.reservation.pk), by, rights.RESERVE)
            for one in sorted(moved, key=lambda one: one.reservation.pk)
        ]
        for row in rows:
            if row.state not in HOLDING:
                raise IllegalMove("rearrange", {row.pk: row.state})
        for one in moved:
            for line in one.lines:
                check_line(line)
        lock_things(line for one in moved for line in one.lines)
        for one in moved:
            _cut(one)
        for one in moved:
            for line in one.lines:
                _hold(one.reservation, line, overbooked=False)
        live_topics.publish(LIST, *(row.topic for row in rows))


def _cut(one: Rearrangement) -> None:
    lines = ReservationLine.objects.filter(
        reservation=one.reservation, person=one.person, days__endswith__gt=one.since
    )
    for line in lines.order_by("pk"):
        if line.since >= one.since:
            line.delete()
        else:
            line.days = DateRange(line.since, one.since)
            line.save(update_fields=["days"])


def transfer_reservation(reservation: Reservation, source: str, *, by: Actor) -> None:
    """Transfer the reservation of one row of another app to another row.

    That app has checked the rights. Errors: NotFound.
    """
    with attributed(by):
        row = Reservation.objects.select_for_update(of=("self",)).filter(pk=reservation.pk).first()
        if row is None:
            raise NotFound
        update_changed(row, {"source": source})
        live_topics.publish(LIST, row.topic)


def extend_reservation(
    reservation: Reservation,
    until: datetime,
    *,
    by: Actor,
    at: datetime,
    probability: int | None = None,
) -> None:
    """Extend a tentative reservation, perhaps with another probability.

    Errors: NotFound, NotAllowed, IllegalMove (it is not tentative), Conflict (it expired), Invalid.
    """
    if until <= at:
        raise Invalid(expires_at=_("The expiry date must be in the future."))
    if probability is not None and not 0 <= probability <= MOST_PROBABLE:
        raise Invalid(probability=_("Enter a probability from 0 to 100."))
    with attributed(by):
        row = lock_row(Reservation.objects.filter(pk=reservation.pk), by, rights.RESERVE)
        if row.state != ReservationState.TENTATIVE:
            raise IllegalMove("extend", {row.pk: row.state})
        if row.expires_at is not None and row.expires_at <= at:
            raise Conflict(_("This tentative reservation has expired: reserve again."))
        settle_expiry([row], by=by)
        wanted = row.probability if probability is None else probability
        update_changed(row, {"expires_at": until, "probability": wanted})
        live_topics.publish(LIST, row.topic, customer_id=row.customer_id)


def constraint_errors() -> dict[str, Conflict | Invalid]:
    """Return the sentences for the database's constraint violations."""
    return {
        "pool_has_room": Conflict(_("The pool does not have enough left on these days.")),
        "person_has_time": Conflict(
            _("This person does not have enough hours left on these days.")
        ),
        "person_works_here": Conflict(_("This person will have left the company by then.")),
        "one_holder_of_a_unit": Conflict(_("This unit is already reserved on these days.")),
        "overbooking_is_approved": Invalid(
            approver=_("To overbook, enter the approver and the reason.")
        ),
        "overbooking_has_a_name_and_a_reason": Invalid(
            approver=_("To overbook, enter the approver and the reason.")
        ),
    }


def _check(asked: NewReservation, by: Actor, at: datetime) -> None:
    if not by.can(rights.RESERVE):
        raise NotAllowed
    if asked.approver is not None and not by.can(rights.OVERBOOK):
        raise NotAllowed
    if not asked.purpose.strip():
        raise Invalid(purpose=_("Enter the purpose."))
    if not asked.lines:
        raise Invalid(lines=_("Add at least one line."))
    if asked.expires_at is not None and asked.expires_at <= at:
        raise Invalid(expires_at=_("The expiry date must be in the future."))
    if asked.expires_at is not None and asked.probability is None:
        raise Invalid(probability=_("Enter the probability of a tentative reservation."))
    if asked.probability is not None and not 0 <= asked.probability <= MOST_PROBABLE:
        raise Invalid(probability=_("Enter a probability from 0 to 100."))
    if asked.approver is not None and not asked.approval_reason.strip():
        raise Invalid(approval_reason=_("To overbook, enter the approver and the reason."))
    if len(asked.lines) > MOST_LINES:
        raise Invalid(lines=_("A reservation has %(most)s lines at most.") % {"most": MOST_LINES})
    for line in asked.lines:
        check_line(line)


def check_line(line: Line) -> None:
    """Errors: Invalid."""
    named = [thing for thing in (line.person, line.pool, line.item) if thing is not None]
    if len(named) != 1 or (line.item is None and line.unit.strip()):
        raise Invalid(lines=_("A line reserves a person, a pool, or a unit of an item."))
    if line.quantity <= 0:
        raise Invalid(quantity=_("The quantity must be above zero."))
    if line.until is not None and line.until <= line.since:
        raise Invalid(until=_("The end must be after the start."))
    if line.person is not None and line.until is None:
        raise Invalid(until=_("Enter the last day for the hours of a person."))
    if line.person is not None and line.until is not None:
        _check_person(line.person, line.since, line.until)
    if line.item is not None and not line.unit.strip():
        raise Invalid(unit=_("Enter the unit, such as U12 or port 4."))


def _check_person(person: Person, since: date, until: date) -> None:
    """Check the days of a person's line.

    Errors: Invalid (too long, or nobody works on these days).
    """
    if until - since > LONGEST:
        raise Invalid(until=_("Hours of a person can be reserved for three years at most."))
    if not working_days(load.calendar_of(person), since, until):
        raise Invalid(
            since=_("%(name)s does not work on any of these days.") % {"name": person.name}
        )


def _state_of(asked: NewReservation) -> ReservationState:
    return ReservationState.TENTATIVE if asked.expires_at else ReservationState.CONFIRMED


def _hold(made: Reservation, line: Line, *, overbooked: bool) -> None:
    """Write the line. Errors: Invalid, Conflict (with what is left, and who holds the rest)."""
    try:
        with translate_violations(**constraint_errors()):
            _write(made, line, overbooked=overbooked)
    except Conflict as refusal:
        raise Conflict(lacking(line) or refusal.sentence) from refusal


def lacking(line: Line) -> str:
    """Return what is left of a thing on these days, and who holds the rest; "" where it is not
    known."""
    days = DateRange(line.since, line.until)
    if line.person is not None and line.person.left_on is None:
        return shortages.person_shortage(line.person.pk, line.person.name, line.quantity, days)
    if line.pool is not None:
        return shortages.pool_shortage(line.pool, line.quantity, days)
    if line.item is not None:
        unit = canonical_unit(line.item, line.unit)
        return shortages.unit_shortage(line.item.pk, line.item.name, unit, days)
    return ""


def _write(made: Reservation, line: Line, *, overbooked: bool) -> None:
    try:
        ReservationLine.objects.create(
            reservation=made,
            person=line.person,
            pool=line.pool,
            item=line.item,
            unit=canonical_unit(line.item, line.unit) if line.item is not None else "",
            quantity=line.quantity,
            days=DateRange(line.since, line.until),
            overbooked=overbooked and line.item is None,
        )
    except DataError as error:
        raise Invalid(quantity=_("The quantity is too large.")) from error


def _hold_things(reservation: Reservation) -> None:
    lines = reservation.lines.values_list("person_id", "pool_id", "item_id")
    _take_locks(lines)


def lock_things(lines: Iterable[Line]) -> None:
    """Lock what these lines reserve, all at once and in one order, so that two who want the same
    cannot deadlock."""
    _take_locks(
        (
            line.person.pk if line.person else None,
            line.pool.pk if line.pool else None,
            line.item.pk if line.item else None,
        )
        for line in lines
    )


def _take_locks(named: Iterable[tuple[int | None, int | None, int | None]]) -> None:
    """Take the locks of people, items and whole trees of pools."""
    rows = list(named)
    people = {person for person, _pool, _item in rows if person is not None}
    pools = {pool for _person, pool, _item in rows if pool is not None}
    items = {item for _person, _pool, item in rows if item is not None}
    roots = pool_tree.root_pools(pools, items)
    take_locks(
        *(f"reservations.person:{pk}" for pk in people),
        *(f"reservations.pool:{pk}" for pk in roots),
        *(f"reservations.item:{pk}" for pk in items),
    )
