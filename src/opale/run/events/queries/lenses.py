"""What stands, gathered by what it is about: a storm seen by the services or customers it hits."""

from collections.abc import Iterable
from typing import Any, Final, Literal, cast

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from opale.customers.models import Customer, Service
from opale.kernel.actor import Actor
from opale.run.events.models import Alert
from opale.run.events.queries import Filters, alerts
from opale.run.events.states import Severity

Lens = Literal["service", "customer"]
WORST_GROUP_FIRST: Final = ("-worst", "-number", "-key")
GRADES: Final = tuple(one for one in reversed(Severity) if one is not Severity.CLEAR)


def groups(lens: Lens, filters: Filters, *, seen_by: Actor) -> QuerySet[Alert, dict[str, Any]]:
    """One row a service or customer: its `key` (0 for none), `worst`, `number`, `since`, and how
    many of each severity, by its name in lower case."""
    found = alerts(filters, seen_by=seen_by).select_related(None).order_by()
    counts = {one.name.lower(): Count("severity", filter=Q(severity=one)) for one in GRADES}
    gathered: Any = found.values(key=Coalesce(F(f"{lens}_id"), 0)).annotate(
        worst=Max("severity"), number=Count("*"), since=Min("started_at"), **counts
    )
    return cast("QuerySet[Alert, dict[str, Any]]", gathered)


def names_of(lens: Lens, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """What the groups of a lens are called, each with whose it is, if that is not the name."""
    if lens == "customer":
        return {one.pk: (one.name, "") for one in Customer.objects.filter(pk__in=keys)}
    services = Service.objects.filter(pk__in=keys).select_related("customer")
    return {one.pk: (one.name, one.customer.name) for one in services}
