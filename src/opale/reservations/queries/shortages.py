"""Reasons why something cannot be reserved: what is left, from when, and who holds the rest."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool
from opale.reservations.models import ReservationLine, ReservationsQuerySet
from opale.reservations.queries import pool_tree

NAMED: Final = 3
NAMED_UNITS: Final = (Unit.RACK_UNIT, Unit.PORT)
"""The units that have names, each of which counts in the pool of its item."""
_SHORT = """
SELECT given.day, given.hours - reservations_hours_taken(%(person)s, given.day, 0)
FROM reservations_hours_by_day(%(person)s, %(days)s) AS given
WHERE given.hours > 0
    AND given.hours - reservations_hours_taken(%(person)s, given.day, 0) < %(hours)s
ORDER BY given.day LIMIT 1
"""


def person_shortage(person_id: int, name: str, hours: Decimal, days: DateRange) -> str:
    """Return a sentence on the first day on which a person lacks the hours; "" where there is
    none."""
    with connection.cursor() as cursor:
        cursor.execute(_SHORT, {"person": person_id, "days": days, "hours": hours})
        found = cursor.fetchone()
    if found is None:
        return ""
    day, left = found
    said = _("%(name)s has %(left)s h left on %(day)s, but %(asked)s h are needed.") % {
        "name": name,
        "left": _number(max(left, Decimal(0))),
        "day": _day(day),
        "asked": _number(hours),
    }
    return _with_holders(said, ReservationLine.objects.filter(person_id=person_id), day)


def pool_shortage(pool: CapacityPool, quantity: Decimal, days: DateRange) -> str:
    """Return a sentence on the fullest moment in these days of a pool, or of the first above it
    that lacks the requested quantity."""
    for one in pool_tree.chain_of(pool):
        with connection.cursor() as cursor:
            cursor.execute("SELECT reservations_most_taken(%s, %s, 0)", [one.pk, days])
            taken: Decimal = cursor.fetchone()[0]
        if taken + quantity > one.capacity:
            return _lacking(one, taken, quantity, days)
    return ""


def _lacking(pool: CapacityPool, taken: Decimal, quantity: Decimal, days: DateRange) -> str:
    said = _(
        "%(name)s has %(left)s of %(capacity)s %(unit)s left at its peak in this period, but "
        "%(asked)s are needed."
    ) % {
        "name": pool.name,
        "left": _number(max(pool.capacity - taken, Decimal(0))),
        "unit": pool.get_unit_display(),
        "capacity": _number(pool.capacity),
        "asked": _number(quantity),
    }
    held = pool_tree.held_of_pools([pool.pk], since=days.lower)
    rows = ReservationLine.objects.filter(reservation__in={one.reservation_id for one in held})
    return _with_holders(said, rows.filter(person=None), days)


def unit_shortage(item_id: int, name: str, unit: str, days: DateRange) -> str:
    """Return a sentence on who holds a unit in these days, or on the pool that it overfills."""
    rows = ReservationLine.objects.filter(
        item_id=item_id, unit=unit, holds=True, days__overlap=days
    )
    line = rows.select_related("reservation").order_by("days").first()
    if line is None:
        pool = CapacityPool.objects.filter(item=item_id, unit__in=NAMED_UNITS).first()
        return pool_shortage(pool, Decimal(1), days) if pool is not None else ""
    words = {"unit": unit, "item": name, "purpose": line.reservation.purpose}
    if line.last is None:
        return _("%(unit)s of %(item)s is reserved open-ended for: %(purpose)s.") % words
    words["day"] = _day(line.last)
    return _("%(unit)s of %(item)s is reserved until %(day)s for: %(purpose)s.") % words


def _with_holders(
    said: str, lines: ReservationsQuerySet[ReservationLine], when: DateRange | date
) -> str:
    within = "days__overlap" if isinstance(when, DateRange) else "days__contains"
    rows = lines.filter(holds=True, **{within: when}).order_by("-quantity", "id")
    purposes = rows.values_list("reservation__purpose", flat=True)[: NAMED * 2]
    names = list(dict.fromkeys(purposes))[:NAMED]
    if not names:
        return said
    return f"{said} {_('Reserved for: %(purposes)s.') % {'purposes': '; '.join(names)}}"


def _number(value: Decimal) -> str:
    whole = value == value.to_integral_value()
    return number_format(value, 0 if whole else 1)


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
