"""What the API says of a method, a filter, or a member of a body that an address does not know."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from django.test import Client
from ninja import Schema
from pydantic import BaseModel
from tests.personas import make_personas

from opale.api.urls import api

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


def shapes_in(kind: Any, seen: set[Any]) -> Iterator[type[Schema]]:
    """Yield each shape within a type, once."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        if issubclass(kind, Schema):
            yield kind
        for field in kind.model_fields.values():
            yield from shapes_in(field.annotation, seen)
    for part in get_args(kind):
        yield from shapes_in(part, seen)


def test_each_body_refuses_names_that_it_does_not_know() -> None:
    seen: set[Any] = set()
    found = [
        shape
        for _path, operation in api.operations()
        for model in operation.models
        if model.__ninja_param_source__ == "body"
        for shape in shapes_in(model, seen)
    ]
    assert len(found) > 100
    assert [shape.__name__ for shape in found if shape.model_config.get("extra") != "forbid"] == []


def test_a_misspelt_or_foreign_member_of_a_body_is_refused() -> None:
    client = make_personas().client("desk_agent")
    body = {"subject": "No light", "ownr_id": 3, "functions": ["administrator"]}
    refused = client.post("/api/v1/tickets", body, content_type="application/json")
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"ownr_id", "functions"})
