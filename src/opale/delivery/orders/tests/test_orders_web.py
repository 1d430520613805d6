"""The pages of orders: found, handed in, changed, cancelled when it was shown what comes back."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from tests.personas import Personas

from opale.customers.actions.services import edit_offering
from opale.customers.tests.builders import make_offering, make_service
from opale.delivery.orders.actions import moves
from opale.delivery.orders.listings import ORDERS
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import START
from opale.delivery.orders.tests.builders import (
    MAKER,
    WANTED,
    cabinet,
    hold_power,
    line_of,
    make_order,
)
from opale.infrastructure.tests.builders import make_site
from opale.kernel.attribution import attributed
from opale.listings.jumps import jumps
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(personas: Personas) -> Client:
    return personas.client("project_manager")


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_orders_are_found_by_number_words_customer_and_state(
    personas: Personas, manager: Client
) -> None:
    first = make_order(personas, description="Second cabinet", external_id="PO-77")
    other = make_order(personas, customer=personas.other_customer)
    moves.cancel_order(other, by=MAKER)
    for asked in (f"q={first.reference}", f"q={first.number}", "q=PO-77", "q=cabinet", "q=acme",
                  "state=open", "q=second+acme"):  # fmt: skip
        shown = page(manager, f"/orders/?{asked}")
        assert (first.reference in shown, other.reference in shown) == (True, False), asked
    assert other.reference in page(manager, "/orders/?state=ended")
    assert "No order matches your filters" in page(manager, "/orders/?q=nothing")


def test_an_order_is_handed_in_with_its_first_line(personas: Personas, manager: Client) -> None:
    offering = make_offering("colo-cabinet")
    body = {
        "customer": personas.customer.pk,
        "kind": "new",
        "external_id": "PO-9",
        "offering": offering.pk,
        "quantity": "2",
        "wanted": "2027-03-01 9:00",
    }
    response = manager.post("/orders/new/", body)
    order = Order.objects.get()
    assert response.headers["Location"] == f"/orders/{order.number}/"
    assert order.wanted_text.startswith("2027-03-01T09:00:00")
    line = order.lines.get()
    assert (line.offering, line.quantity, line.action) == (offering, 2, "add")
    assert order.reference in page(manager, f"/orders/{order.number}/")


def test_what_is_refused_stands_beside_its_field(personas: Personas, manager: Client) -> None:
    theirs = make_service(personas.other_customer, "S-2")
    body = {"customer": personas.customer.pk, "kind": "move", "service": theirs.pk, "quantity": "1"}
    response = manager.post("/orders/new/", body)
    assert response.status_code == 422
    assert "another customer" in response.content.decode()
    assert not Order.objects.exists()


def test_a_cancellation_shows_first_what_it_gives_back(personas: Personas, manager: Client) -> None:
    order = make_order(personas)
    hold_power(order)
    path = f"/orders/{order.number}/cancellation/"
    shown = page(manager, path)
    assert "Hall A" in shown
    assert ReservationLine.objects.filter(holds=True).exists()
    assert manager.post(path, {"reason": "Put off"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.reason) == ("cancelled", "Put off")
    assert not ReservationLine.objects.filter(holds=True).exists()
    assert "nothing to cancel" in page(manager, path)


def test_a_date_that_is_not_touched_stays_as_it_was_written(
    personas: Personas, manager: Client
) -> None:
    order = make_order(personas, wanted_text="2027-03-01T09:00:42+01:00")
    hold_power(order)
    shown = page(manager, f"/orders/{order.number}/edit/")
    assert "2027" in shown
    body = {"description": "Now described", "wanted": "2027-03-01 09:00"}
    assert manager.post(f"/orders/{order.number}/edit/", body).status_code == 302
    order.refresh_from_db()
    assert order.description == "Now described"
    assert order.wanted_text == "2027-03-01T09:00:42+01:00"
    assert ReservationLine.objects.filter(holds=True).exists()


def test_a_line_is_changed_and_another_added(personas: Personas, manager: Client) -> None:
    order = make_order(personas, cabinet())
    line = line_of(order)
    assert line.offering is not None
    body = {
        "action": "add",
        "offering": line.offering.pk,
        "quantity": "3",
        "characteristics": "power_kw: 4\nfeeds: A+B",
    }
    assert manager.post(f"/orders/{order.number}/lines/1/", body).status_code == 302
    line.refresh_from_db()
    assert (line.quantity, line.characteristics) == (3, {"power_kw": "4", "feeds": "A+B"})
    page = manager.get(f"/orders/{order.number}/further-line/").content.decode()
    assert f"/services/pick/?customer={order.customer_id}" in page, "the customer's own first"
    assert manager.post(f"/orders/{order.number}/further-line/", body).status_code == 302
    assert [one.item_id for one in order.lines.all()] == ["1", "2"]
    bad = manager.post(f"/orders/{order.number}/further-line/", body | {"characteristics": "four"})
    assert bad.status_code == 422


def test_buttons_are_there_for_what_can_be_done_alone(personas: Personas, manager: Client) -> None:
    order = make_order(personas, wanted_text=WANTED)
    path = f"/orders/{order.number}/"
    assert f"{path}moves/start/" in page(manager, path)
    assert f"{path}moves/complete/" not in page(manager, path)
    assert manager.post(f"{path}moves/complete/").status_code == 409
    moves.move_order(order, START, by=MAKER)
    assert f"{path}moves/complete/lines/1/" in page(manager, path)
    assert manager.post(f"{path}moves/complete/lines/1/").status_code == 302
    order.refresh_from_db()
    assert order.state == "completed"
    assert f"{path}cancellation/" not in page(manager, path)
    reader = page(personas.client("build_engineer"), path)
    assert "moves/" not in reader


def test_a_contact_sees_its_order_and_nothing_that_is_held(personas: Personas) -> None:
    order = make_order(personas)
    hold_power(order)
    contact = personas.client("customer_contact")
    shown = page(contact, f"/orders/{order.number}/")
    assert order.reference in shown
    assert "Hall A" not in shown
    page(personas.client("foreign_contact"), f"/orders/{order.number}/", 404)


@pytest.mark.parametrize("kind", ["new", "modification", "move", "termination"])
def test_a_file_carries_orders_in_and_out(kind: str, personas: Personas) -> None:
    make_offering("colo-cabinet")
    make_service(personas.customer, "S-1")
    make_site("PAR1")
    action = {"new": "add", "termination": "delete"}.get(kind, "modify")
    rows = [
        "customer;order;line;kind;action;offering;service;site;quantity;wanted;description",
        f"ACME;PO-1;1;{kind};{action};colo-cabinet;S-1;PAR1;2;2027-03-01T09:00:00+01:00;Cabinets",
        f"ACME;PO-1;2;{kind};{action};colo-cabinet;S-1;;1;2027-04-01T09:00:00+02:00;Cabinets",
    ]
    client = personas.client("project_manager")
    content = "\n".join(rows)
    sent = client.post("/api/v1/exchange/orders/imports", content, "text/csv")
    assert sent.status_code == 201, sent.content
    order = Order.objects.get()
    assert (order.kind, order.external_id, order.lines.count()) == (kind, "PO-1", 2)
    again = client.post("/api/v1/exchange/orders/imports?dry_run=true", content, "text/csv")
    assert again.json()["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}
    out = client.get("/api/v1/exchange/orders.csv").content.decode()
    for row in rows[1:]:
        assert row in out
    changed = content.replace(";2;2027-03", ";5;2027-03")
    assert client.post("/api/v1/exchange/orders/imports", changed, "text/csv").status_code == 201
    assert line_of(order).quantity == 5
    assert str(line_of(order).site) == "PAR1"
    back = client.post(f"/api/v1/imports/{sent.json()['id']}/taking-back")
    assert [one["line"] for one in back.json()["kept_back"]] == [2]
    assert [one.item_id for one in order.lines.all()] == ["1"]


def test_a_file_with_a_fault_makes_no_order(personas: Personas) -> None:
    content = "customer;order;line;wanted\nACME;PO-1;1;\nACME;PO-2;1;soon\n"
    client = personas.client("project_manager")
    sent = client.post("/api/v1/exchange/orders/imports", content, "text/csv")
    assert sent.status_code == 422
    assert [(one["line"], one["column"]) for one in sent.json()["faults"]] == [(3, "wanted")]
    assert not Order.objects.exists()


def test_characteristics_read_by_name_and_keep_what_was_not_touched(
    personas: Personas, manager: Client
) -> None:
    named = [{"key": "power_kw", "name_en": "Power", "name_fr": "Puissance", "unit": "kW"}]
    said = {"power_kw": 4, "vlan": {"id": 7}}
    order = make_order(personas, cabinet(characteristics=said))
    edit_offering(make_offering("colo-cabinet"), by=MAKER, options=named)
    held = hold_power(order)
    path = f"/orders/{order.number}/"
    assert "Power: 4\xa0kW" in page(manager, path)
    line = f"{path}lines/1/"
    drawn = page(manager, line)
    assert re.search(r'name="characteristics-power_kw"[^>]* value="4"', drawn)
    assert re.search(r'name="characteristics-vlan"[^>]* value="{&quot;id&quot;: 7}"', drawn)
    body = {
        "action": "add", "offering": make_offering("colo-cabinet").pk, "quantity": "1",
        "characteristics-power_kw": "4", "characteristics-vlan": '{"id": 7}',
    }  # fmt: skip
    assert manager.post(line, body).status_code == 302
    assert line_of(order).characteristics == said
    held.refresh_from_db()
    assert held.state == "confirmed", "nothing of it is another"
    body |= {"characteristics-power_kw": "", "characteristics-vlan": ""}
    body["characteristics"] = "Puissance: 6"
    assert manager.post(line, body).status_code == 302
    assert line_of(order).characteristics == {"power_kw": "6"}
    held.refresh_from_db()
    assert held.state == "released"
    shown = page(manager, path)
    assert "power_kw" not in shown
    assert "Power: 4\xa0kW" in shown, "what changed says so too"


@pytest.mark.parametrize("name", ["1/2", "a/moves/b", "two\nrows", "50 %?#é", " 1 "])
def test_a_line_is_reached_whatever_a_program_calls_it(
    name: str, personas: Personas, manager: Client
) -> None:
    order = make_order(personas, cabinet(item_id=name))
    path = reverse("orders_line_edit", args=[order.number, name])
    assert escape(path) in page(manager, f"/orders/{order.number}/")
    assert "Edit line" in page(manager, path)
    move = reverse("orders_line_move", args=[order.number, "cancel", name])
    assert manager.post(move).status_code == 302
    assert line_of(order, name).state == "cancelled"


def test_the_palette_jumps_to_an_order_by_its_number(personas: Personas) -> None:
    order = make_order(personas)
    manager = personas.actor("project_manager")
    by_number, by_words = jumps(ORDERS, starts="O-"), jumps(ORDERS, but="O-")
    found = by_number(order.reference.lower(), manager, 8)
    assert [one.url for one in found] == [f"/orders/{order.number}/"]
    assert by_number("acme", manager, 8) == by_words(order.reference, manager, 8) == []
    assert [one.url for one in by_words("acme", manager, 8)] == [f"/orders/{order.number}/"]
    assert by_number(order.reference, personas.actor("employee"), 8) == []
    with attributed(personas.actor("project_manager")):
        type(order).objects.update(description=f"Two racks\n{'By the north door, ' * 9}a UPS")
    (line,) = by_words("ups", manager, 8)
    assert line.note.startswith(f"{personas.customer.name} · …")
    assert line.note.endswith("a UPS")
    assert "Two racks" not in line.note
