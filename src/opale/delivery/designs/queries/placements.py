"""Named units of a version's lines, and items with enough free units.

Source: docs/rules/designs.md, "Rack location".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opale.delivery.designs.models import DesignLine, DesignPlace, DesignVersion
from opale.delivery.designs.queries.sizing import SizedNeed, contents_for, lines_of
from opale.delivery.projects.domain.template_content import quantity_of
from opale.delivery.projects.queries.packages import KINDS_OF
from opale.infrastructure.domain.units import unit_label
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries.unit_names import unit_ranges, units_of
from opale.reservations.queries.units import FreeRange, free_ranges, free_units
from opale.reservations.states import HOLDING


@dataclass(frozen=True, slots=True)
class Placeable:
    """A need whose units have names, with the chosen ones. `taken` are held by others."""

    line: DesignLine
    unit: str
    name_en: str
    name_fr: str
    quantity: int
    place: DesignPlace | None
    held: bool = False
    taken: str = ""

    @property
    def unit_name(self) -> str:
        return unit_label(self.unit)

    @property
    def said(self) -> str:
        return ", ".join(unit_ranges(self.place.units)) if self.place else ""


def placeable(
    version: DesignVersion, *, on: date, reservation: Reservation | None = None
) -> list[Placeable]:
    """Return the needs of a version whose units have names, with the chosen ones. `reservation` is
    the version's own."""
    chosen = {(one.line_id, one.unit): one for one in _places(version)}
    own = _own(reservation)
    return [
        _told(one, chosen.get((one.line.pk, one.need.unit)), own, on)
        for one in named_needs(lines_of(version))
    ]


def items_of_lines(version: DesignVersion) -> dict[int, int]:
    """Return the item in which each placed line has its location; the first of several."""
    rows = DesignPlace.objects.filter(version=version).order_by("-id")
    return dict(rows.values_list("line_id", "item_id"))


def get_placeable(version: DesignVersion, line: DesignLine, unit: str, *, on: date) -> Placeable:
    """Errors: NotFound."""
    for one in placeable(version, on=on):
        if (one.line.pk, one.unit) == (line.pk, unit):
            return one
    raise NotFound


def named_needs(lines: Iterable[DesignLine]) -> list[SizedNeed]:
    """Return the needs counted in whole named units, the first of each unit in a line."""
    rows = list(lines)
    contents = contents_for(rows)
    found: dict[tuple[int, str], SizedNeed] = {}
    for line in rows:
        for need in contents[line.offering_id].needs:
            quantity = quantity_of(need, line.options) * line.quantity
            if need.unit in KINDS_OF and quantity == quantity.to_integral_value():
                found.setdefault((line.pk, need.unit), SizedNeed(line, need, quantity))
    return list(found.values())


def free_ranges_for(
    version: DesignVersion, wanted: Placeable, *, seen_by: Actor, on: date
) -> list[FreeRange]:
    """Return ranges with enough free neighbouring units for a need: in the datacentre of its site
    if it is one of ours, without units chosen for other lines of the version."""
    site = wanted.line.site.place if wanted.line.site else None
    ours = site if site is not None and site.is_of_provider else None
    meant: dict[int, set[str]] = defaultdict(set)
    for one in _places(version):
        if one.line_id != wanted.line.pk or one.unit != wanted.unit:
            meant[one.item_id].update(one.units)
    return free_ranges(
        KINDS_OF[wanted.unit],
        wanted.quantity,
        seen_by=seen_by,
        since=on,
        site_id=ours.pk if ours else None,
        first=wanted.place.item if wanted.place else None,
        but=meant,
        besides=_besides(wanted),
    )


def _besides(wanted: Placeable) -> dict[str, Decimal]:
    """Return what else the line needs, all of which comes from the same item, by unit."""
    line = wanted.line
    found: dict[str, Decimal] = defaultdict(Decimal)
    for need in contents_for([line])[line.offering_id].needs:
        if need.unit != wanted.unit:
            found[need.unit] += quantity_of(need, line.options) * line.quantity
    return found


def _places(version: DesignVersion) -> list[DesignPlace]:
    return list(DesignPlace.objects.filter(version=version).select_related("item"))


def _own(reservation: Reservation | None) -> Mapping[int, set[str]]:
    """Return the units held for the version, by item."""
    found: dict[int, set[str]] = defaultdict(set)
    if reservation is not None and reservation.state in HOLDING:
        rows = ReservationLine.objects.filter(reservation=reservation, item__isnull=False)
        for item_id, unit in rows.values_list("item_id", "unit"):
            found[item_id or 0].add(unit)
    return found


def _told(
    wanted: SizedNeed, place: DesignPlace | None, own: Mapping[int, set[str]], on: date
) -> Placeable:
    held, taken = False, ""
    if place is not None:
        mine = own.get(place.item_id, set())
        held = mine.issuperset(place.units)
        taken = ", ".join(unit_ranges(_lost(place.item, place.units, mine, on)))
    return Placeable(
        wanted.line,
        wanted.need.unit,
        wanted.need.en,
        wanted.need.fr,
        int(wanted.quantity),
        place,
        held,
        taken,
    )


def _lost(item: ConfigurationItem, units: Iterable[str], mine: set[str], on: date) -> list[str]:
    known, free = set(units_of(item)), set(free_units(item, since=on))
    return [one for one in units if one in known and one not in free and one not in mine]
