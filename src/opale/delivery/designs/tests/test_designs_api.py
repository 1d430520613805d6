"""Designs by programs: from a draft to an order, and what is refused on the way."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.personas import Personas

from opale.delivery.designs.models import Design
from opale.delivery.designs.tests.builders import able, offering, stock, take
from opale.delivery.orders.models import Order
from opale.delivery.projects.queries.workdays import today

pytestmark = pytest.mark.django_db


class Api:
    def __init__(self, house: Personas, name: str = "solution_architect") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {house.token(name)}"})

    def __call__(self, verb: str, path: str, status: int = 200, **body: Any) -> Any:
        ask = getattr(self.client, verb)
        answer = ask(f"/api/v1/designs{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None


@pytest.fixture
def api(personas: Personas) -> Api:
    able(personas)
    return Api(personas)


def drawn(api: Api, house: Personas) -> str:
    made = api("post", "", 201, customer_id=house.customer.pk, title="VPN", probability=60)
    path = f"/{made['number']}"
    api("post", f"{path}/lines", 201, offering_id=offering("vpn").pk)
    site = api("post", f"{path}/sites", 201, name="Paris")
    api(
        "post", f"{path}/lines", 201, offering_id=offering("inet").pk, site_id=site["id"],
        options={"access": "fibre"},
    )  # fmt: skip
    for name in ("Lille", "Lyon"):
        api("post", f"{path}/sites", 201, name=name, like_id=site["id"])
    return path


def test_a_design_becomes_an_order_by_the_api(personas: Personas, api: Api) -> None:
    path = drawn(api, personas)
    (version,) = api("get", f"{path}/versions")
    assert [line["offering"] for line in version["lines"]] == ["vpn", "inet", "inet", "inet"]
    api("get", f"{path}/check", 404)
    found = api("post", f"{path}/check", 201)
    assert (found["feasible"], found["stale"]) == (True, [])
    assert found["earliest_on"] <= found["p50_on"] <= found["p80_on"]
    held = api("post", f"{path}/reservation", 201)
    assert (held["state"], held["probability"]) == ("tentative", 60)
    assert api("post", f"{path}/reservation/extension")["expires_at"] > held["expires_at"]
    assert api("post", f"{path}/quote")["state"] == "quoted"
    api("post", f"{path}/order", 409)
    said: dict[str, Any] = {
        "contact_id": personas.contact.pk, "accepted_on": today().isoformat(),
        "mail": "From Zoë", "their_number": "PO-9",
    }  # fmt: skip
    assert api("put", f"{path}/acceptance", **said)["their_number"] == "PO-9"
    first, again = api("post", f"{path}/order"), api("post", f"{path}/order")
    assert first == again
    assert Order.objects.get().number == first["number"]
    shown = api("get", path)
    assert (shown["state"], shown["order_id"]) == ("accepted", first["order_id"])


def test_what_is_refused_says_what_to_do(personas: Personas, api: Api) -> None:
    path = drawn(api, personas)
    assert "Check the design first" in api("post", f"{path}/quote", 409)["detail"]
    assert "Check the design first" in api("post", f"{path}/reservation", 409)["detail"]
    api("post", f"{path}/lines", 422, offering_id=2**40)
    api("post", f"{path}/lines", 422, offering_id=offering("vpn").pk, site_id=2**40)
    api("patch", path, 422, probability=101)
    api("delete", f"{path}/reservation", 204)
    api("get", f"{path}/reservation", 404)
    api("post", f"{path}/withdrawal", reason="No budget")
    assert api("post", f"{path}/check", 409)["code"] == "illegal_move"
    assert api("post", f"{path}/versions", 201, note="Again")["number"] == 2


def test_a_stale_check_says_why(personas: Personas, api: Api) -> None:
    hall, _feed = stock()
    made = api("post", "", 201, customer_id=personas.customer.pk, title="Cabinet")
    path = f"/{made['number']}"
    line = api("post", f"{path}/lines", 201, offering_id=offering("colo").pk)
    api("patch", f"{path}/lines/{line['id']}", options={"power_kw": "4"})
    api("post", f"{path}/check", 201)
    take(hall, "10")
    assert hall.name in api("get", f"{path}/check")["stale"][0]
    assert hall.name in api("post", f"{path}/quote", 409)["detail"]
    api("delete", f"{path}/lines/{line['id']}", 204)
    assert api("get", path)["state"] == "draft"


def test_documents_are_kept_and_handed_out(personas: Personas, api: Api) -> None:
    path = drawn(api, personas)
    file = SimpleUploadedFile("offer.txt", b"Three sites.")
    answer = api.client.post(f"/api/v1/designs{path}/documents", {"file": file})
    assert answer.status_code == 201
    (shown,) = api("get", f"{path}/documents")
    assert (shown["name"], shown["media_type"]) == ("offer.txt", "text/plain")
    content = api.client.get(f"/api/v1/designs{path}/documents/{shown['id']}/content")
    assert b"".join(content) == b"Three sites."


def test_designs_are_listed_by_state_customer_and_words(personas: Personas, api: Api) -> None:
    path = drawn(api, personas)
    for asked, found in (
        ("?state=open", 1), ("?state=quoted", 0), ("?q=acme", 1), ("?q=nothing", 0),
        (f"?customer_id={personas.other_customer.pk}", 0),
        (f"?q=D-{path.removeprefix('/')}", 1),
    ):  # fmt: skip
        assert len(api("get", asked)["items"]) == found, asked


def test_who_reads_does_not_write(personas: Personas, api: Api) -> None:
    path = drawn(api, personas)
    reader = Api(personas, "project_manager")
    reader("get", path)
    reader("post", f"{path}/check", 403)
    assert Design.objects.get().state == "draft"
