"""What the API says of a method, or of a filter, that an address does not know."""

import pytest
from django.test import Client
from tests.personas import make_personas

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/v1/alerts", "/api/v1/alerts/1", "/api/v1/tickets"])
def test_a_method_that_an_address_does_not_know_is_a_problem(address: str) -> None:
    refused = Client(enforce_csrf_checks=True).delete(address)
    assert (refused.status_code, refused["Content-Type"]) == (405, "application/problem+json")
    assert refused.json()["code"] == "method_not_allowed"
    assert "GET" in refused["Allow"].split(", ")


@pytest.mark.parametrize("address", ["alerts", "tickets", "customers", "tickets/1"])
def test_a_misspelt_filter_does_not_give_everything(address: str) -> None:
    client = make_personas().client("run_engineer")
    refused = client.get(f"/api/v1/{address}?serach=gw-1&limit=1")
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert "serach" in refused.json()["fields"]
