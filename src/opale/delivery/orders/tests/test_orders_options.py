"""What is ordered of an offering is checked alike on pages, in TM Forum's API and from designs."""

from typing import Any

import pytest
from tests.personas import Personas

from opale.customers.actions.services import edit_offering
from opale.customers.forms.offerings import read_option
from opale.customers.models import Offering
from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions import changes
from opale.delivery.orders.actions.orders import NewLine
from opale.delivery.orders.models import Order
from opale.delivery.orders.tests.builders import MAKER, cabinet, line_of, make_order
from opale.delivery.orders.tests.callers import PRODUCT, Caller
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
LINES = ("power_kw*: Power / Puissance (kW) [0.5..20.0]", "feeds: Feeds / Voies [A | A+B]")


@pytest.fixture
def offering(personas: Personas) -> Offering:
    made = make_offering("colo-cabinet", name_en="Cabinet")
    options = [read_option(line) for line in LINES]
    edit_offering(made, by=MAKER, options=options)
    made.refresh_from_db()
    return made


def wrong_values() -> list[tuple[dict[str, Any], str]]:
    return [
        ({"power_kw": "a lot"}, "Power: enter a number, 0.5 to 20\xa0kW."),
        ({"power_kw": "90"}, "Power: enter a number, 0.5 to 20\xa0kW."),
        ({"power_kw": "4", "feeds": "C"}, "Feeds: choose one of A, A+B."),
        ({"power_kw": "4", "pigeons": "2"}, "pigeons"),
        ({"feeds": "A"}, "Power: required."),
        ({}, "Power: required."),
    ]


@pytest.mark.parametrize(("values", "said"), wrong_values())
def test_all_doors_refuse_alike(
    personas: Personas, offering: Offering, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said.replace("+", r"\+")):
        make_order(personas, NewLine(offering=offering, characteristics=values))
    body = {
        "productOrderItem": [
            {
                "id": "1",
                "action": "add",
                "productOffering": {"id": offering.code},
                "product": {
                    "productCharacteristic": [
                        {"name": name, "value": value} for name, value in values.items()
                    ]
                },
            }
        ],
    }
    refused = Caller(personas).post(PRODUCT, body, 400)
    assert said in refused["reason"]
    manager = personas.client("project_manager")
    typed = {f"characteristics-{name}": value for name, value in values.items()}
    page = manager.post(
        "/orders/new/",
        {
            "customer": personas.customer.pk, "kind": "new", "quantity": "1",
            "offering": offering.pk, **typed,
        },
    )  # fmt: skip
    assert page.status_code == 422
    assert said in page.content.decode().replace("&#x27;", "'")
    assert not Order.objects.exists()


def test_what_fits_is_kept_plainly(personas: Personas, offering: Offering) -> None:
    order = make_order(
        personas, NewLine(offering=offering, characteristics={"power_kw": "4,5 kW", "feeds": "a+b"})
    )
    assert line_of(order).characteristics == {"power_kw": "4.5", "feeds": "A+B"}
    page = personas.client("project_manager").get(f"/orders/{order.number}/").content.decode()
    assert "Power: 4.5\xa0kW" in page


def test_a_program_that_says_nothing_of_a_required_option_is_told(
    personas: Personas, offering: Offering
) -> None:
    item = {"id": "1", "action": "add", "productOffering": {"id": offering.code}}
    refused = Caller(personas).post(PRODUCT, {"productOrderItem": [item]}, 400)
    assert "Power: required." in refused["reason"]


def test_a_line_of_before_is_changed_without_its_old_values_in_the_way(
    personas: Personas, offering: Offering
) -> None:
    old = {"power_kw": "as today", "colour": "red"}
    edit_offering(offering, by=MAKER, options=[])
    order = make_order(personas, cabinet(characteristics=old))
    edit_offering(offering, by=MAKER, options=[read_option(line) for line in LINES])
    changes.change_line(line_of(order), by=MAKER, quantity=2, characteristics=old)
    assert line_of(order).quantity == 2
    with pytest.raises(Invalid):
        changes.change_line(line_of(order), by=MAKER, characteristics=old | {"power_kw": "more"})


def test_what_was_agreed_in_a_design_is_ordered_as_it_is(
    personas: Personas, offering: Offering
) -> None:
    line = NewLine(offering=offering, characteristics={"power_kw": "as today"}, agreed=True)
    assert line_of(make_order(personas, line)).characteristics == {"power_kw": "as today"}


def test_a_termination_asks_for_no_options(personas: Personas, offering: Offering) -> None:
    order = make_order(personas, NewLine(offering=offering, action="delete", characteristics={}))
    assert line_of(order).characteristics == {}
