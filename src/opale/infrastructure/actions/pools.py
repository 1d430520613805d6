"""Pools derived from the register: rack units and power of each rack, within those of its site.

Source: docs/rules/reservations.md, "Pools".
"""

from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.infrastructure.rights import EDIT
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.kernel.locks import take_locks

DERIVED = (Unit.RACK_UNIT, Unit.POWER)
"""What a rack states of itself."""


def derive_pools(site: Site, *, by: Actor) -> list[CapacityPool]:
    """Make the pools that the racks of a site lack, within the site's pool of the same unit.

    A site without such a pool gets one that adds its racks up; where it has several at the top,
    which of them a rack is part of is not known, and nothing is made. Errors: NotAllowed.
    """
    if not by.can(EDIT):
        raise NotAllowed
    made: list[CapacityPool] = []
    with attributed(by):
        take_locks(f"infrastructure.pools:{site.pk}")
        racks = ConfigurationItem.objects.filter(site=site, kind=ConfigurationItem.Kind.RACK)
        for unit in DERIVED:
            lacking = list(racks.exclude(pools__unit=unit).exclude(state="retired"))
            if not lacking:
                continue
            tops = CapacityPool.objects.filter(site=site, unit=unit, parent=None, item=None)
            found = list(tops.order_by("pk")[:2])
            if len(found) > 1:
                continue
            top = found[0] if found else _make(f"{site.code} · {unit}", site, unit)
            made += CapacityPool.objects.bulk_create(
                CapacityPool(
                    name=f"{rack.name} · {unit}",
                    site=site,
                    parent=top,
                    item=rack,
                    unit=unit,
                    derived=True,
                )
                for rack in lacking
            )
    return made


def _make(name: str, site: Site, unit: Unit) -> CapacityPool:
    return CapacityPool.objects.create(name=name, site=site, unit=unit, derived=True)
