"""Who depends on items, for lists of many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.infrastructure.queries.dependents import Dependents, dependents_of
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed

pytestmark = pytest.mark.django_db
MAKER = system("test")


def make_item(name: str, over: ConfigurationItem | None = None) -> ConfigurationItem:
    item = ConfigurationItem.objects.create(name=name, kind="router", state="in_service")
    if over is not None:
        Dependency.objects.create(upper=item, lower=over)
    return item


def test_a_router_names_the_customers_above_it_through_all_that_stands_on_it() -> None:
    with attributed(MAKER):
        core = make_item("rt-core-1")
        edge, lonely = make_item("rt-edge-1", core), make_item("rt-lab-1")
        for number, code in enumerate(("WIND", "STORM")):
            customer = make_customer(code, name=code.title())
            for part in range(2):
                service = make_service(customer, reference=f"S-{number}{part}")
                ServiceItem.objects.create(customer=customer, service=service, item=edge)
    found = dependents_of([core.pk, edge.pk, lonely.pk], seen_by=MAKER)
    assert found == {pk: Dependents(4, ("Storm", "Wind")) for pk in (core.pk, edge.pk)}
    assert dependents_of([core.pk], seen_by=ANONYMOUS) == {}


def test_many_items_are_looked_up_in_three_queries() -> None:
    with attributed(MAKER):
        items = [make_item(f"rt-{number}") for number in range(20)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        dependents_of([one.pk for one in items], seen_by=MAKER)
    assert len(queries) <= 3
