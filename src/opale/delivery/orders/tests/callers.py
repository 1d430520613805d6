"""A program that hands in and reads orders as TM Forum describes it, and what it sends."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

PRODUCT = "/tmf-api/productOrderingManagement/v4/productOrder"
SERVICE = "/tmf-api/serviceOrdering/v4/serviceOrder"
MANDATORY = {
    PRODUCT: {"id", "href", "state", "orderDate", "relatedParty", "productOrderItem"},
    SERVICE: {"id", "href", "state", "orderDate", "serviceOrderItem"},
}
MANDATORY_OF_ITEM = {
    PRODUCT: {"id", "action"},
    SERVICE: {"id", "action", "service"},
}
ITEMS = {PRODUCT: "productOrderItem", SERVICE: "serviceOrderItem"}
JSON = "application/json"
BOTH = pytest.mark.parametrize("root", [PRODUCT, SERVICE])


class Caller:
    def __init__(self, house: Personas, name: str = "project_manager") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {house.token(name)}"})

    def get(self, path: str, status: int = 200) -> Any:
        return self.read(self.client.get(path), status)

    def post(self, path: str, body: object, status: int = 201) -> Any:
        return self.read(self.client.post(path, body, JSON), status)

    def patch(self, path: str, body: object, status: int = 200) -> Any:
        return self.read(self.client.patch(path, body, "application/merge-patch+json"), status)

    @staticmethod
    def read(response: Any, status: int) -> Any:
        assert response.status_code == status, response.content
        return response.json()


def of_kit(root: str) -> dict[str, Any]:
    """What TM Forum's kits send: neither a customer nor an offering."""
    if root == SERVICE:
        return {"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]}
    return {
        "relatedParty": [{"id": "3456-dsf-66"}],
        "productOrderItem": [{"id": "1", "action": "add"}],
    }


def with_items(root: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body with the items that every new order needs, unless it has some."""
    items = ITEMS[root]
    return {items: of_kit(root)[items]} | (body or {})


FULL: dict[str, Any] = {
    "externalId": "PO-456",
    "priority": "1",
    "description": "Cabinet, for Q2",
    "category": "B2B product order",
    "orderDate": "2026-10-14T11:12:13.456+02:00",
    "requestedStartDate": "2026-11-02T08:13:59.506Z",
    "requestedCompletionDate": "2027-01-08T08:13:59",
    "expectedCompletionDate": "2027-01-09T00:00:00+0100",
    "notificationContact": "desk@acme.example",
    "@baseType": "ProductOrder",
    "@schemaLocation": "https://example.com/schema.json",
    "cancellationReason": "Duplicate",
    "completionDate": "2027-02-01T00:00:00Z",
    "isUrgent": True,
    "weight": 12.5,
    "note": [{"id": "1", "author": "Luc", "text": "Call first", "date": "2026-10-14"}],
    "relatedParty": [{"id": "ACME", "role": "Customer", "@referredType": "Organization"}],
}
SCALARS = sorted(name for name, value in FULL.items() if not isinstance(value, list))
