from datetime import date

import pytest

from opale.customers.queries import party_of
from opale.customers.tests.builders import make_contact, make_customer

pytestmark = pytest.mark.django_db


def test_a_contact_is_known_by_the_address_whatever_its_case() -> None:
    contact = make_contact(make_customer())
    found = party_of(" ZOE@Acme.Example ")
    assert (found.customer, found.contact) == (contact.customer, contact)


def test_an_unknown_person_of_an_owned_domain_is_the_customers() -> None:
    customer = make_customer(domains=["acme.example"])
    for address in ("new@acme.example", "new@mail.acme.example"):
        assert party_of(address).customer == customer
        assert party_of(address).contact is None
    assert party_of("new@notacme.example").customer is None


def test_a_public_mail_domain_says_nothing() -> None:
    make_customer(domains=["gmail.com"])
    assert party_of("somebody@gmail.com").customer is None


def test_a_domain_of_two_customers_gives_candidates_and_no_guess() -> None:
    both = {make_customer(code, domains=["group.example"]) for code in ("A", "B")}
    found = party_of("x@group.example")
    assert found.customer is None
    assert set(found.candidates) == both


def test_a_contact_of_two_customers_is_not_guessed() -> None:
    for code in ("A", "B"):
        make_contact(make_customer(code), email="shared@office.example")
    found = party_of("shared@office.example")
    assert (found.customer, found.contact, len(found.candidates)) == (None, None, 2)


def test_who_has_left_is_not_known_any_more() -> None:
    make_contact(make_customer(), left_on=date(2026, 1, 1))
    assert party_of("zoe@acme.example").contact is None


@pytest.mark.parametrize("called", ["+33 1 99 00 11 22", "0199001122", "01.99.00.11.22"])
def test_a_telephone_number_is_known_however_it_is_written(called: str) -> None:
    contact = make_contact(make_customer(), phone="+33 (0)1 99 00 11 22")
    assert party_of(called).contact == contact


@pytest.mark.parametrize("nobody", ["", "@", "anonymous", "12", "a@b"])
def test_what_is_no_address_is_nobody(nobody: str) -> None:
    assert party_of(nobody).customer is None
