"""What the API says of an address that knows no such method."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/v1/alerts", "/api/v1/alerts/1", "/api/v1/tickets"])
def test_a_method_that_an_address_does_not_know_is_a_problem(address: str) -> None:
    refused = Client(enforce_csrf_checks=True).delete(address)
    assert (refused.status_code, refused["Content-Type"]) == (405, "application/problem+json")
    assert refused.json()["code"] == "method_not_allowed"
    assert "GET" in refused["Allow"].split(", ")
