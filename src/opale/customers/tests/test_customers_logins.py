"""Logins of contacts: who lets them in, what they open, and how they end."""

import pytest
from django.core import mail
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.actions import customers, logins
from opale.customers.models import Contact
from opale.customers.tests.builders import make_contact, make_service
from opale.customers.tests.test_customers_api import Caller
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.models import Change
from opale.organisation.actions.access import send_invitation
from opale.organisation.models import ApiToken, User

AGENT, READER = "desk_agent", "build_engineer"
PASSWORD = "correct horse 7 battery"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def contact(house: Personas) -> Contact:
    return make_contact(house.customer)


def test_an_invited_contact_chooses_a_password_and_sees_the_own_customer(
    house: Personas, contact: Contact, client: Client
) -> None:
    for customer in (house.customer, house.other_customer):
        make_service(customer, f"S-{customer.code}")
    agent, page = house.client(AGENT), f"/contacts/{contact.pk}/"
    assert "Grant access" in agent.get(page).content.decode()
    asked = agent.post(f"/contacts/{contact.pk}/invitation/", follow=True)
    shown = asked.content.decode()
    assert "sent to zoe@acme.example" in shown
    assert "Revoke access" in shown
    contact.refresh_from_db()
    user = contact.user
    assert user is not None
    assert (user.kind, user.language) == (User.Kind.CONTACT, "fr")

    send_invitation(user.pk)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["zoe@acme.example"], "Votre accès à Opale")
    link = next(word for word in str(sent.body).split() if word.startswith("http"))
    opened = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    words = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(opened.redirect_chain[-1][0], words)
    assert client.login(email="zoe@acme.example", password=PASSWORD)
    seen = client.get("/services/").content.decode()
    assert "S-ACME" in seen
    assert "S-BETA" not in seen
    assert client.get("/customers/BETA/").status_code == 404


def test_a_closed_access_ends_what_was_opened_and_can_be_given_again(house: Personas) -> None:
    opened, token = house.client("customer_contact"), house.token("customer_contact")
    assert opened.get("/services/").status_code == 200
    key = opened.session.session_key
    agent = house.client(AGENT)
    agent.post(f"/contacts/{house.contact.pk}/access/")
    assert opened.get("/services/").status_code == 302
    assert Change.objects.filter(topic=f"session:{key}").exists()
    assert ApiToken.objects.get().revoked_at is not None
    asked = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/me", headers=asked).status_code == 401
    before = house.contact.user_id
    logins.invite_contact(house.contact, by=house.actor(AGENT))
    user = User.objects.get(contact=house.contact)
    assert (user.pk, user.is_active) == (before, True)


def test_only_who_keeps_contacts_lets_them_in(house: Personas, contact: Contact) -> None:
    for act in (logins.invite_contact, logins.close_contact_access):
        with pytest.raises(NotAllowed):
            act(contact, by=house.actor(READER))
        with pytest.raises(NotAllowed):
            act(house.contact, by=house.actor("customer_contact"))
    assert house.client(READER).post(f"/contacts/{contact.pk}/invitation/").status_code == 403


def test_nobody_is_let_in_who_left_or_has_no_address_or_that_of_another(
    house: Personas, contact: Contact
) -> None:
    agent = house.actor(AGENT)
    silent = make_contact(house.customer, "No Address", email="")
    twin = make_contact(house.customer, "Twin", email="desk_agent@opale.example")
    with pytest.raises(Conflict, match="email address"):
        logins.invite_contact(silent, by=agent)
    with pytest.raises(Conflict, match="Another login"):
        logins.invite_contact(twin, by=agent)
    with pytest.raises(Conflict, match="has no login"):
        logins.close_contact_access(contact, by=agent)
    customers.end_contact(contact, by=agent, on=now().date())
    with pytest.raises(Conflict, match="inactive contact"):
        logins.invite_contact(contact, by=agent)
    assert not User.objects.filter(email="zoe@acme.example").exists()


def test_a_new_address_of_a_contact_is_that_of_the_login_too(house: Personas) -> None:
    agent, contact = house.actor(AGENT), house.contact
    customers.edit_contact(contact, by=agent, email="ana@acme.example")
    assert User.objects.get(contact=contact).email == "ana@acme.example"
    for email in ("", "contact@beta.example"):
        with pytest.raises(Invalid) as refused:
            customers.edit_contact(contact, by=agent, email=email)
        assert "email" in refused.value.fields
    contact.refresh_from_db()
    assert contact.email == User.objects.get(contact=contact).email == "ana@acme.example"


def test_live_streams_are_asked_again_when_a_contact_or_the_customer_leaves(
    house: Personas,
) -> None:
    today = now().date()
    customers.end_contact(house.contact, by=house.actor(AGENT), on=today)
    customers.end_customer(house.other_customer, by=house.actor("service_manager"), on=today)
    told = set(Change.objects.values_list("topic", flat=True))
    for contact in (house.contact, house.other_contact):
        assert f"organisation.user:{contact.user_id}" in told


def test_programs_let_contacts_in_and_out(house: Personas, contact: Contact) -> None:
    caller = Caller(house, "service_manager")
    assert caller.post(f"/contacts/{contact.pk}/invitation", {}, 202)["id"] == contact.pk
    assert User.objects.get(contact=contact).is_active
    ended = caller.client.delete(f"/api/v1/contacts/{contact.pk}/access")
    assert ended.status_code == 204
    assert not User.objects.get(contact=contact).is_active


def test_a_contact_has_not_the_address_of_somebody_who_works_with_opale(
    house: Personas, contact: Contact
) -> None:
    boss, agent = "administrator@opale.example", house.actor(AGENT)
    for email in (boss, boss.upper()):
        with pytest.raises(Invalid) as refused:
            customers.edit_contact(contact, by=agent, email=email)
        assert "email" in refused.value.fields
        with pytest.raises(Invalid) as refused:
            customers.create_contact(house.customer, by=agent, name="Twin", email=email)
        assert "email" in refused.value.fields
    contact.refresh_from_db()
    assert contact.email == "zoe@acme.example"
    # One that has it already is changed in other ways.
    with attributed(agent):
        Contact.objects.filter(pk=contact.pk).update(email=boss)
    customers.edit_contact(contact, by=agent, name="Zoë", email=boss)
