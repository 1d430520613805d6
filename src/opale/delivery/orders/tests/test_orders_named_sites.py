"""The upgrade that links lines to the sites that they named in words."""

from importlib import import_module

import pytest
from django.db import connection, transaction
from tests.personas import Personas

from opale.delivery.orders.models import OrderLine
from opale.delivery.orders.tests.builders import cabinet, make_order
from opale.infrastructure.tests.builders import make_site

MIGRATION = import_module("opale.delivery.orders.migrations.0006_named_sites")


@pytest.mark.django_db
def test_lines_are_linked_to_the_one_site_that_they_name(personas: Personas) -> None:
    rennes = make_site("RNS", name="Rennes", customer=personas.customer, address="1 rue Haute")
    for code in ("LIL-1", "LIL-2"):
        make_site(code, name="Lille", customer=personas.customer)
    make_site("BETA", name="Lyon", customer=personas.other_customer)
    said: list[dict[str, str]] = [
        {"site": "Rennes", "address": "1 rue Haute", "power_kw": "4"},
        {"site": "Rennes", "address": "elsewhere"},
        {"site": "Lille"},
        {"site": "Lyon"},
        {},
    ]
    order = make_order(personas, *(cabinet(characteristics=one) for one in said))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MIGRATION.ATTRIBUTE)
        cursor.execute(MIGRATION.LINK)
    rows = list(OrderLine.objects.filter(order=order).order_by("position"))
    assert [row.site for row in rows] == [rennes, rennes, None, None, None]
    assert [row.characteristics for row in rows] == [
        {"power_kw": "4"},
        {"address": "elsewhere"},
        *said[2:],
    ]
