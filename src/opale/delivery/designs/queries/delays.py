"""Measured delays of work, customers, carriers and stock.

Source: docs/rules/designs.md, "Days and their confidence".
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Sum

from opale.delivery.projects.models import Baseline, CarrierPromise, Party, Slip, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import PackageState
from opale.planning.workdays import Workdays

LOOKED_BACK: Final = timedelta(days=2 * 365)
MOST: Final = 1000
"""The newest delays that are read at most."""
OTHERS: Final = (Party.US, Party.CUSTOMER, Party.STOCK)


def measured_delays(calendar: Workdays) -> dict[str, tuple[int, ...]]:
    """Return the delays of the last two years by party, in working days."""
    return {
        **_slips(),
        Party.CARRIER.value: _carriers(calendar),
    }


def _slips() -> Mapping[str, tuple[int, ...]]:
    """Return by how much each completed work package slipped after its promise, by party; most by
    nothing."""
    frozen = Baseline.objects.filter(project=OuterRef("project_id"))
    rows = (
        WorkPackage.objects.filter(
            Exists(frozen),
            state=PackageState.DONE,
            days__gt=0,
            party__in=OTHERS,
            done_on__gte=today() - LOOKED_BACK,
        )
        .order_by("-done_on", "-pk")
        .values_list("pk", "party")[:MOST]
    )
    parties = dict(rows)
    late: dict[tuple[int, str], int] = {
        (pk, cause): days
        for pk, cause, days in Slip.objects.filter(package__in=list(parties))
        .order_by()
        .values_list("package_id", "cause")
        .annotate(days=Sum("days"))
    }
    found: dict[str, list[int]] = defaultdict(list)
    for pk, party in parties.items():
        found[party].append(late.get((pk, party), 0))
    return {party.value: tuple(found[party]) for party in OTHERS}


def _carriers(calendar: Workdays) -> tuple[int, ...]:
    """Return how late each carrier delivered after its first promise; for a pending delivery, by
    how much its last promise is later."""
    rows = CarrierPromise.objects.filter(
        said_at__date__gte=today() - LOOKED_BACK, package__state__in=("todo", "doing", "done")
    )
    said: dict[int, list[CarrierPromise]] = defaultdict(list)
    for row in rows.select_related("package").order_by("said_at", "id")[: 2 * MOST]:
        said[row.package_id].append(row)
    found = []
    for promises in said.values():
        done = promises[0].package.done_on
        first, last = promises[0].promised_on, promises[-1].promised_on
        if done is None and last <= first:
            continue
        found.append(calendar.count(first, done or last))
    return tuple(found)


def delay_summary(delays: Sequence[int]) -> dict[str, int]:
    """Return the number of delays, the share per hundred that were late, and the ninth decile."""
    if not delays:
        return {"count": 0, "late": 0, "most": 0}
    ordered = sorted(delays)
    return {
        "count": len(ordered),
        "late": sum(one > 0 for one in ordered) * 100 // len(ordered),
        "most": ordered[-(-len(ordered) * 9 // 10) - 1],
    }
