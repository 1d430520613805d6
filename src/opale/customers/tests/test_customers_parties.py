import importlib
from datetime import date

import pytest
from django.apps import apps

from opale.customers import rights
from opale.customers.actions import customers
from opale.customers.models import Contact
from opale.customers.queries.parties import callers_of, party_of
from opale.customers.tests.builders import make_contact, make_customer, staff

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


def test_a_number_is_kept_as_typed_and_found_however_it_calls() -> None:
    by = staff(rights.EDIT, rights.EDIT_CONTACTS)
    customer = make_customer()
    contact = customers.create_contact(customer, by=by, name="Léa", phone="01 99 00 11 22")
    assert (contact.phone, contact.phone_e164) == ("01 99 00 11 22", "+33199001122")
    customers.edit_contact(contact, by=by, phone="reception")
    contact.refresh_from_db()
    assert (contact.phone, contact.phone_e164) == ("reception", "")
    customers.edit_customer(customer, by=by, phone="+33 1 99 00 50 00")
    assert party_of("0199005000").customer == customer


def test_who_has_the_number_comes_before_who_is_near_it() -> None:
    theirs = make_customer("NEAR", phone="01 99 00 11 00")
    assert callers_of("+33199001122").maybe == (theirs,)
    assert callers_of("+33199001122").customer is None
    contact = make_contact(make_customer(), phone="01 99 00 11 22")
    found = callers_of("+33199001122")
    assert (found.contact, found.customer, found.maybe) == (contact, contact.customer, ())


def test_a_number_of_several_is_nobodys_until_somebody_says() -> None:
    for code in ("A", "B"):
        make_contact(make_customer(code), phone="01 99 00 11 22")
    found = callers_of("+33199001122")
    assert (len(found.contacts), found.contact, found.customer) == (2, None, None)


def test_mobiles_have_no_neighbours_and_who_has_left_is_not_guessed() -> None:
    make_contact(make_customer(), phone="06 39 98 11 22")
    make_customer("GONE", phone="01 99 00 11 00", left_on=date(2026, 1, 1))
    assert callers_of("+33639981133").maybe == callers_of("+33199001122").maybe == ()


def test_numbers_typed_before_are_read_by_the_migration() -> None:
    contact = make_contact(make_customer(), phone="01.99.00.11.22")
    Contact.objects.update(phone_e164="")
    module = importlib.import_module("opale.customers.migrations.0008_known_numbers")
    module.read_numbers(apps, None)
    contact.refresh_from_db()
    assert contact.phone_e164 == "+33199001122"
