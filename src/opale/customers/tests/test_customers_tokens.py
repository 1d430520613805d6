"""What the API token of a customer's contact opens."""

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.actions.customers import end_contact
from opale.customers.tests.builders import make_service
from opale.kernel.clock import now


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


def ask(token: str, path: str) -> int:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_the_token_of_a_contact_reads_what_is_of_its_customer_alone(personas: Personas) -> None:
    headers = {"Authorization": f"Bearer {personas.token('customer_contact')}"}
    for customer in (personas.customer, personas.other_customer):
        make_service(customer, f"S-{customer.code}")
    for path, known in (("customers", "ACME"), ("services", "S-ACME"), ("contacts", "Acme")):
        answer = Client().get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 200
        assert known in answer.content.decode()
        assert "BETA" not in answer.content.decode().upper()
    other = Client().get(f"/api/v1/customers/{personas.other_customer.pk}", headers=headers)
    assert other.status_code == 404
    assert Client().get("/api/v1/people", headers=headers).status_code == 403


def test_the_token_of_a_contact_that_left_opens_nothing(personas: Personas) -> None:
    token = personas.token("customer_contact")
    end_contact(personas.contact, by=personas.actor("administrator"), on=now().date())
    assert ask(token, "/api/v1/me") == 401


def test_the_token_of_a_contact_is_narrowed_too(personas: Personas) -> None:
    token = personas.token("customer_contact", "desk.read")
    assert ask(token, "/api/v1/tickets") == 200
    assert ask(token, "/api/v1/customers") == 403
