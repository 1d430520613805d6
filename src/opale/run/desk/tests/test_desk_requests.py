"""Requests of the catalogue: filled in, sent somewhere by rule, carried out or refused."""

from datetime import timedelta

import pytest
from django.utils import translation

from opale.customers.models import Service
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.kernel.isolation import as_customers
from opale.kernel.models import Fact
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    catalogue,
    lifecycle,
    messages,
    rejections,
    requests,
)
from opale.run.desk.domain.catalogue.shipped import SHIPPED
from opale.run.desk.models import (
    Override,
    Refusal,
    RequestDetails,
    RequestType,
    Route,
    Ticket,
)
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.tests.builders import House, agent_of, make_customer, make_service
from opale.run.desk.tests.catalogue import (
    AHEAD,
    access,
    ask,
    contact,
    contact_actor,
    datacentre,
    employee_of,
    fresh,
    furnished,
    kind,
)


@pytest.fixture
def house(db: None) -> House:
    return furnished()


def test_the_shipped_catalogue_is_loaded_once_and_is_then_the_installations(house: House) -> None:
    assert RequestType.objects.count() == len(SHIPPED)
    by = system("test")
    sheet = catalogue.RequestTypeInput.of(kind("quote"))
    catalogue.edit_type(kind("quote"), sheet, by=by)
    with attributed(by):
        RequestType.objects.filter(code="quote").update(name_en="Offer")
        RequestType.objects.filter(code="telephony").delete()
    assert catalogue.load_catalogue(by=by) == 1
    assert kind("quote").name_en == "Offer"


def test_every_shipped_form_has_no_fault(house: House) -> None:
    for one in RequestType.objects.all():
        catalogue.edit_type(one, catalogue.RequestTypeInput.of(one), by=system("test"))


def test_an_access_outside_of_what_the_customer_has_is_refused_clearly(house: House) -> None:
    datacentre(House(**{**house.__dict__, "customer": make_customer(
        house.calendar, "BETA", "Beta")}), "LY1")  # fmt: skip
    by = agent_of(house.agent)
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        ask(
            house,
            "datacentre-access",
            access(
                "LY1",
                ends=(AHEAD + timedelta(days=9)).isoformat(),
                visitors=[{"name": "Jean", "company": "Acme"}],
                wish="?",
            ),
            by,
        )
    assert refusal.value.fields == {
        "site": "Acme has nothing at this site, so access cannot be requested.",
        "ends": "Too long: at most 7 days.",
        "visitors": "Jean: enter the identity document.",
        "wish": "This field is not part of the form.",
    }
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("code", "values", "route"),
    [
        ("dns-change", {"managed": True}, "change"),
        ("dns-change", {"managed": False}, "request"),
        ("bandwidth-change", {"bandwidth_mbps": 500}, "change"),
        ("bandwidth-change", {"bandwidth_mbps": 10_000}, "order"),
    ],
)
def test_a_rule_says_where_a_request_goes_and_why(
    house: House, code: str, values: dict[str, object], route: str
) -> None:
    zone = {"zone": "acme.example", "action": "add", "record": "www", "type": "A"}
    fixed = zone if code == "dns-change" else {"service": "VPN-1"}
    ticket = ask(house, code, fixed | values, agent_of(house.agent))
    details = RequestDetails.objects.get(ticket=ticket)
    assert details.route == route
    assert details.because_en
    assert details.because_fr != details.because_en
    fact = Fact.objects.get(name="desk.RequestRouted")
    assert (fact.body["route"], fact.body["overridden"]) == (route, False)
    assert request_queries.route_of(details, ticket.service).route == route


def test_an_agent_sends_it_another_way_and_back(house: House) -> None:
    by = agent_of(house.agent)
    values = {"zone": "a.example", "managed": True, "action": "add", "record": "w", "type": "A"}
    ticket = ask(house, "dns-change", values, by)
    details = requests.reroute_request(ticket, Route.REQUEST, Override.KNOWN_PROCEDURE, by=by)
    assert (details.route, details.override) == ("request", "known_procedure")
    requests.revise_request(ticket, values | {"record": "www"}, by=by)
    assert RequestDetails.objects.get(ticket=ticket).route == "request"
    details = requests.reroute_request(ticket, Route.CHANGE, Override.RISK, by=by)
    assert (details.route, details.override) == ("change", "")
    routes = Fact.objects.filter(name="desk.RequestRouted").order_by("id")
    assert [fact.body["route"] for fact in routes] == ["change", "request", "change"]


def test_a_ticket_keeps_the_form_and_the_rules_of_its_day(house: House) -> None:
    by = agent_of(house.agent)
    values = {"zone": "a.example", "managed": True, "action": "add", "record": "w", "type": "A"}
    ticket = ask(house, "dns-change", values, by)
    sheet = catalogue.RequestTypeInput.of(kind("dns-change"))
    catalogue.edit_type(
        kind("dns-change"),
        catalogue.RequestTypeInput(name_en="DNS", name_fr="DNS", fields=sheet.fields[:1]),
        by=system("test"),
    )
    details = request_queries.details_of(ticket, seen_by=by)
    assert len(request_queries.sheet_of(details)) == 5
    assert request_queries.route_of(details, None).route == "change"


def test_a_request_is_refused_for_a_chosen_reason_without_a_word_typed(house: House) -> None:
    by = agent_of(house.agent)
    ticket = ask(house, "quote", {"wish": "vpn"}, by)
    rejections.reject_ticket(ticket, Refusal.NOT_SOLD, by=by)
    assert fresh(ticket).state == "rejected"
    mail = OutgoingMail.objects.get(message__ticket=ticket)
    assert "Non prévu au contrat".lower() in mail.body.lower()
    with pytest.raises(IllegalMove):
        rejections.reject_ticket(ticket, Refusal.NOT_SOLD, by=by)
    lifecycle.reopen_ticket(ticket, by=by)
    assert fresh(ticket).state == "in_progress"


def test_an_employee_asks_for_itself_alone_and_is_answered_in_its_language(house: House) -> None:
    by = employee_of(house.other)
    values = {"what": "laptop", "occasion": "broken"}
    ticket = ask(house, "equipment", values, by, employee=house.other)
    assert (ticket.customer_id, ticket.language) == (None, "fr")
    assert ticket.subject == "Équipement · Ordinateur portable"
    assert messages.recipients_of(fresh(ticket)) == [house.other.email]
    with pytest.raises(NotAllowed):
        ask(house, "equipment", values, by, employee=house.agent)
    with pytest.raises(NotAllowed):
        ask(house, "quote", {"wish": "vpn"}, by, contact=house.contact)
    for_other = ask(house, "equipment", values, agent_of(house.agent), employee=house.other)
    assert list(request_queries.requests_of_requester(by)) == [for_other, ticket]


def test_a_contact_asks_for_itself_alone(house: House) -> None:
    by = contact_actor(house.contact)
    with as_customers([house.customer.pk]):
        ticket = ask(house, "quote", {"wish": "vpn"}, by, contact=house.contact)
    assert fresh(ticket).contact == house.contact
    with pytest.raises(NotAllowed):
        ask(house, "quote", {"wish": "vpn"}, by, contact=contact(house, "Luc Petit"))


def test_employees_requests_are_not_for_customers_nor_the_other_way_round(house: House) -> None:
    by = agent_of(house.agent)
    with pytest.raises(Invalid):
        ask(house, "equipment", {"what": "laptop", "occasion": "new"}, by)
    with pytest.raises(Invalid):
        ask(house, "quote", {"wish": "vpn"}, by, employee=house.other)
    catalogue.retire_type(kind("quote"), by=system("test"))
    with pytest.raises(Invalid):
        ask(house, "quote", {"wish": "vpn"}, by)


def test_a_service_of_another_customer_cannot_be_named(house: House) -> None:
    foreign = make_service(make_customer(house.calendar, "BETA", "Beta"), "VPN-9")
    for said in ("VPN-9", foreign.pk, {"id": foreign.pk}):
        with pytest.raises(Invalid):
            ask(house, "bandwidth-change", {"service": said, "bandwidth_mbps": 10},
                agent_of(house.agent))  # fmt: skip
    assert Service.objects.count() == 2


def test_a_contact_finds_what_its_customer_has_bought(house: House) -> None:
    codes = {
        one.code for one in request_queries.request_types(seen_by=contact_actor(house.contact))
    }
    assert {"vpn-site", "quote", "dns-change"} <= codes
    assert not codes & {"firewall-rule", "datacentre-access", "equipment"}
    employees = {
        one.code for one in request_queries.request_types(seen_by=employee_of(house.other))
    }
    assert employees == {"equipment", "telephony", "network-access", "software-licence"}
