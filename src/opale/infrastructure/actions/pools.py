"""Pools derived from the register: rack units and power of each rack, within those of its site.

Source: docs/rules/reservations.md, "Pools".
"""

from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.infrastructure.rights import EDIT
from opale.kernel.action_steps import update_changed
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
            top = _top(site, unit)
            if top is None:
                continue
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


def follow_rack(rack: ConfigurationItem, *, by: Actor) -> None:
    """Give a rack in a datacentre its pools, and let those that it has follow its name and site.

    Errors: NotAllowed.
    """
    site = rack.site
    if rack.kind != ConfigurationItem.Kind.RACK or site is None or not site.is_of_provider:
        return
    derive_pools(site, by=by)
    with attributed(by):
        for pool in CapacityPool.objects.filter(item=rack, derived=True).select_related("parent"):
            top = pool.parent if pool.site_id == site.pk else _top(site, Unit(pool.unit))
            name = f"{rack.name} · {pool.unit}"
            update_changed(pool, {"name": name, "site": site, "parent": top})


def _top(site: Site, unit: Unit) -> CapacityPool | None:
    """Return the site's pool at the top, made where there is none; None where there are several."""
    tops = CapacityPool.objects.filter(site=site, unit=unit, parent=None, item=None)
    found = list(tops.order_by("pk")[:2])
    if found:
        return found[0] if len(found) == 1 else None
    return CapacityPool.objects.create(
        name=f"{site.code} · {unit}", site=site, unit=unit, derived=True
    )
