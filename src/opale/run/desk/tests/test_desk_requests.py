"""Requests of the catalogue: filled in, sent somewhere by rule, approved by who may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from opale.customers.models import Contact, Service
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.isolation import as_customers
from opale.kernel.models import Fact
from opale.kernel.tests.concurrency import at_once
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    approvals,
    catalogue,
    lifecycle,
    messages,
    ownership,
    pauses,
    rejections,
    requests,
)
from opale.run.desk.domain.catalogue.shipped import SHIPPED
from opale.run.desk.models import (
    Approval,
    Commitment,
    Message,
    Override,
    Pause,
    Refusal,
    RequestDetails,
    RequestType,
    Route,
    Ticket,
)
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.tests.builders import House, agent_of, make_customer, make_house, make_service
from opale.run.desk.tests.catalogue import (
    AHEAD,
    access,
    ask,
    contact,
    contact_actor,
    datacentre,
    employee_of,
    kind,
    load,
)


def furnished() -> House:
    house = make_house()
    load()
    datacentre(house)
    return house


@pytest.fixture
def house(db: None) -> House:
    return furnished()


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


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


def test_an_authorised_contact_asks_and_nobody_else_is_asked(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent), contact=may)
    assert ticket.subject.startswith("Accès à un datacentre · PA1 Paris 1")
    assert "2 personnes" in ticket.subject
    assert not Approval.objects.exists()
    assert not Pause.objects.exists()
    details = RequestDetails.objects.get(ticket=ticket)
    assert details.values["visitors"][1]["identity"] == "P 998"
    assert (details.route, details.because_fr[:12]) == ("request", "Aucune règle")


def test_without_the_authority_the_request_is_kept_and_asked_of_who_has_it(house: House) -> None:
    contact(house, "Luc Petit", may_enter=True)
    contact(house, "Ann Ford", may_enter=True, language="en")
    contact(house, "Gone Long", may_enter=True, left_on="2020-01-01")
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    approval = Approval.objects.get(ticket=ticket)
    assert (approval.authority, approval.state) == ("enter", "asked")
    mails = OutgoingMail.objects.filter(origin=f"desk.approval:{approval.pk}").order_by("language")
    assert [(m.language, m.to) for m in mails] == [
        ("en", ["ann.ford@acme.example"]),
        ("fr", ["luc.petit@acme.example"]),
    ]
    assert "Rosa Diaz, Montage SARL, P 998" in mails[0].body
    assert "Your approval is asked for" in mails[0].subject
    assert "Jean Valet" in mails[1].body
    told = Message.objects.get(ticket=ticket)
    assert "Ann Ford, Luc Petit" in told.body
    assert fresh(ticket).answered_at is None


def test_while_it_waits_the_time_to_intervene_runs_and_the_work_stands_still(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by, service=house.service,
                 contact=house.contact)  # fmt: skip
    pause = Pause.objects.get(ticket=ticket)
    assert (pause.kind, pause.ends, fresh(ticket).state) == ("customer", None, "new")
    promise = ticket.commitments.get(measure="acknowledge")
    assert promise.due_at is not None
    assert promise.met_at is None
    ownership.take_ticket(ticket, by=by)
    assert fresh(ticket).state == "pending"
    assert Pause.objects.get(ticket=ticket).ends is None
    with clock.travel(timedelta(minutes=30)):
        approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    ended = Pause.objects.get(ticket=ticket)
    assert ended.ends is not None
    assert ended.ends - ended.starts >= timedelta(minutes=29)
    assert fresh(ticket).state == "in_progress"


@pytest.mark.parametrize("act", [lifecycle.resolve_ticket, pauses.resume_ticket])
def test_nothing_is_carried_out_before_the_word_is_given(
    house: House, act: Callable[..., None]
) -> None:
    by = agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    ownership.take_ticket(ticket, by=by)
    with pytest.raises(IllegalMove, match="approval"):
        act(ticket, by=by)
    assert fresh(ticket).state == "pending"


def test_a_request_that_is_opened_again_goes_on_waiting_for_the_word(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    lifecycle.cancel_ticket(ticket, by=by)
    assert not Pause.objects.filter(ticket=ticket, ends=None).exists()
    lifecycle.reopen_ticket(ticket, by=by)
    assert Pause.objects.get(ticket=ticket, ends=None).kind == "customer"
    due = Commitment.objects.get(ticket=ticket, measure="resolve")
    assert due.due_at is None
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert not Pause.objects.filter(ticket=ticket, ends=None).exists()
    due.refresh_from_db()
    assert due.due_at is not None


def test_a_new_ticket_that_waits_for_a_word_can_wait_for_a_supplier_too(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by)
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert fresh(ticket).state == "held"
    assert Pause.objects.get(ticket=ticket, ends=None).kind == "supplier"


def test_a_word_heard_on_the_telephone_says_whose_and_who_heard_it(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    with pytest.raises(Invalid):
        approvals.decide_approval(ticket, granted=True, by=by)
    with pytest.raises(NotAllowed, match="Ana Ruiz"):
        approvals.decide_approval(ticket, granted=True, by=by, heard_from=house.contact)
    approval = approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert (approval.decided_by, approval.heard_by) == (may, by.key)
    assert Fact.objects.filter(name="desk.ApprovalDecided").count() == 1
    with pytest.raises(Conflict, match="Luc Petit"):
        approvals.decide_approval(ticket, granted=False, by=by, heard_from=may)


def test_a_contact_decides_for_itself_under_the_portal_role(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True, may_open=False)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    by = contact_actor(may, "desk.read")
    with as_customers([house.customer.pk]):
        approvals.decide_approval(ticket, granted=True, by=by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("opale_portal",)
    approval = Approval.objects.get(ticket=ticket)
    assert (approval.state, approval.heard_by) == ("granted", "")


def test_refused_the_request_is_refused_and_the_requester_told_why(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True, may_open=False)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    approvals.decide_approval(
        ticket, granted=False, by=contact_actor(may), reason="Chantier reporté"
    )
    after = fresh(ticket)
    assert after.state == "rejected"
    assert after.cause == "Elle n’a pas été approuvée : Chantier reporté"
    assert Pause.objects.get(ticket=ticket).ends is not None
    mail = OutgoingMail.objects.filter(message__ticket=ticket).latest("id")
    assert mail.to == ["ana@acme.example"]
    assert "n’a pas été approuvée" in mail.body
    assert "Chantier reporté" in mail.body
    assert "Centre de services" in mail.body
    assert "Luc Petit" not in mail.body


def test_an_authority_withdrawn_between_asking_and_deciding_does_not_count(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    with attributed(system("test")):
        Contact.objects.filter(pk=may.pk).update(may_enter=False)
    with pytest.raises(NotAllowed):
        approvals.decide_approval(ticket, granted=True, by=contact_actor(may))
    with attributed(system("test")):
        Contact.objects.filter(pk=may.pk).update(may_enter=True, left_on="2020-01-01")
    with pytest.raises(NotAllowed):
        approvals.decide_approval(ticket, granted=True, by=agent_of(house.agent), heard_from=may)
    assert Approval.objects.get(ticket=ticket).state == "asked"


def test_a_foreign_contact_neither_decides_nor_is_heard(house: House) -> None:
    beta = make_customer(house.calendar, "BETA", "Beta")
    with attributed(system("test")):
        foreign = Contact.objects.create(
            customer=beta, name="Ed Far", language="en", may_enter=True
        )
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    with pytest.raises(NotFound):
        approvals.decide_approval(ticket, granted=True, by=contact_actor(foreign))
    with pytest.raises(Invalid, match="another customer"):
        approvals.decide_approval(
            ticket, granted=True, by=agent_of(house.agent), heard_from=foreign
        )


def test_where_nobody_holds_the_authority_the_owner_is_told(house: House) -> None:
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    note = Message.objects.get(ticket=ticket)
    assert note.visibility == "internal"
    assert "Acme" in note.body
    assert not OutgoingMail.objects.exists()


def test_a_change_after_the_word_asks_for_it_anew(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    third = {"name": "Max Neu", "company": "Acme", "identity": "X 1"}
    values = access(visitors=[*access()["visitors"], third])
    requests.revise_request(ticket, values, by=by)
    states = list(Approval.objects.filter(ticket=ticket).values_list("state", flat=True))
    assert states == ["granted", "asked"]
    assert Pause.objects.filter(ticket=ticket, ends=None).count() == 1
    requests.revise_request(ticket, values, by=by)
    assert Approval.objects.filter(ticket=ticket).count() == 2


def test_what_the_contact_may_do_itself_is_changed_without_asking(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by, contact=may)
    requests.revise_request(ticket, access(escort="provider"), by=by, reason="appel")
    assert not Approval.objects.exists()
    (revision, *_rest) = request_queries.revisions_of_request(ticket)
    assert (revision.actor_name, revision.reason) == (house.agent.name, "appel")


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
        "site": "Acme has nothing at this site: access cannot be asked for there.",
        "ends": "This is too long: at most 7 days.",
        "visitors": "Jean: the identity document is missing.",
        "wish": "This form does not ask for that.",
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
    assert "Le contrat ne le prévoit pas".lower() in mail.body.lower()
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
    assert list(request_queries.requests_of_employee(by)) == [for_other, ticket]


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


def test_the_database_refuses_a_second_question_and_a_word_of_nobody(house: House) -> None:
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    again = """
        INSERT INTO desk_approval
            (ticket_id, customer_id, authority, state, asked_at, heard_by, reason)
        SELECT ticket_id, customer_id, 'enter', 'asked', now(), '', '' FROM desk_approval
    """
    for statement in (
        again,
        "UPDATE desk_approval SET state = 'granted', decided_at = now()",
        "UPDATE desk_approval SET state = 'granted'",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            attributed(system("test")),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Approval.objects.get(ticket=ticket).state == "asked"


@pytest.mark.django_db(transaction=True)
def test_of_two_contacts_who_decide_at_once_the_first_word_stands() -> None:
    house = furnished()
    one = contact(house, "Luc Petit", may_enter=True)
    two = contact(house, "Ann Ford", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    results = at_once(
        lambda: approvals.decide_approval(ticket, granted=True, by=contact_actor(one)),
        lambda: approvals.decide_approval(ticket, granted=False, by=contact_actor(two)),
    )
    assert sorted(type(result).__name__ for result in results) == ["Approval", "Conflict"]
    stands = Approval.objects.get(ticket=ticket)
    assert fresh(ticket).state == ("new" if stands.state == "granted" else "rejected")
    assert Pause.objects.filter(ticket=ticket, ends=None).count() == 0
