"""Changes of reservations: what they are for, and the days and quantities of their lines.

What is reserved for an order, a project or a design follows these, and is changed there. Source:
docs/rules/reservations.md.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypedDict, Unpack

from django.db import DataError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.organisation.models import Person
from opale.reservations import rights
from opale.reservations.actions.reservations import (
    LIST,
    Line,
    check_line,
    constraint_errors,
    lacking,
    lock_things,
)
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.states import HOLDING

A_DAY: Final = timedelta(days=1)


class ReservationFields(TypedDict, total=False):
    purpose: str
    holder: Person
    customer: Customer | None


class LineFields(TypedDict, total=False):
    since: date
    last: date | None
    quantity: Decimal


def edit_reservation(
    reservation: Reservation,
    *,
    by: Actor,
    **fields: Unpack[ReservationFields],
) -> Reservation:
    """Change what a reservation is for, whose it is, and for which customer.

    Errors: NotFound, NotAllowed, IllegalMove (it ended), Conflict (it belongs to an order, a
    project or a design), Invalid.
    """
    with attributed(by):
        row = _locked(reservation.pk, by)
        if "purpose" in fields:
            fields["purpose"] = " ".join(fields["purpose"].split())
            if not fields["purpose"]:
                raise Invalid(purpose=_("Enter the purpose."))
        update_changed(row, fields)
        live_topics.publish(LIST, row.topic, customer_id=row.customer_id)
    return row


def edit_line(
    line: ReservationLine,
    *,
    by: Actor,
    **fields: Unpack[LineFields],
) -> ReservationLine:
    """Change the days and the quantity of a line; `last` is its last day, None without end.

    Errors: NotFound, NotAllowed, IllegalMove (it ended), Conflict (so much is not left, or it
    belongs to an order, a project or a design), Invalid.
    """
    with attributed(by):
        held = _locked(line.reservation_id, by)
        rows = ReservationLine.objects.select_related("person__company__calendar", "pool", "item")
        row = rows.filter(pk=line.pk, reservation=held).first()
        if row is None:
            raise NotFound
        last = fields.get("last", row.last)
        asked = Line(
            person=row.person,
            pool=row.pool,
            item=row.item,
            unit=row.unit,
            since=fields.get("since", row.since),
            until=last + A_DAY if last is not None else None,
            quantity=fields.get("quantity", row.quantity),
        )
        check_line(asked)
        lock_things([asked])
        _write(row, asked)
        live_topics.publish(LIST, held.topic, customer_id=held.customer_id)
    return row


def _write(row: ReservationLine, asked: Line) -> None:
    days = DateRange(asked.since, asked.until)
    try:
        with transaction.atomic(), translate_violations(**constraint_errors()):
            update_changed(row, {"days": days, "quantity": asked.quantity})
    except DataError as error:
        raise Invalid(quantity=_("The quantity is too large.")) from error
    except Conflict as refusal:
        raise Conflict(lacking(asked) or refusal.sentence) from refusal


def _locked(reservation_id: int, by: Actor) -> Reservation:
    row = lock_row(Reservation.objects.filter(pk=reservation_id), by, rights.RESERVE)
    if row.state not in HOLDING:
        raise IllegalMove("edit", {row.pk: row.state})
    if row.source:
        raise Conflict(
            _("This is reserved for an order, a project or a design: change it there, or release"
              " it.")
        )  # fmt: skip
    return row
