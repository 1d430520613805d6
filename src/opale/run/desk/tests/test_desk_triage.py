"""What triage proposes, and why. Source: docs/rules/triage.md."""

from dataclasses import replace

import pytest
from django.utils import translation

from opale.customers.models import Contact, Customer, Offering, Service
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.models import Team
from opale.run.desk.actions import classifications, lifecycle, links, merges, triage
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.domain.text_classification import (
    CatalogueName,
    extract_words,
    learn_word_counts,
    stem,
)
from opale.run.desk.domain.triage import Enquiry, Evidence, Proposal, extract_names
from opale.run.desk.models import Assignment, Grade, Kind, Source, Ticket, TicketLink, WordCount
from opale.run.desk.queries import similar_tickets
from opale.run.desk.queries import triage as triage_queries
from opale.run.desk.queries.similar_tickets import TicketDraft
from opale.run.desk.queries.triage import Proposals, propose_classification
from opale.run.desk.tests.assignments import make_team
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_service,
    make_ticket,
)
from opale.run.desk.tests.catalogue import kind, load
from opale.run.desk.tests.rules import table

ME = system("test")


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def ask(text: str, sender: str = "", **more: bool) -> Proposals:
    enquiry = Enquiry(subject=text, body="Bonjour", sender=sender, **more)
    return propose_classification(enquiry, seen_by=ME, at=clock.now())


def an_item(house: House, name: str, service: Service | None = None) -> ConfigurationItem:
    with attributed(ME):
        item = ConfigurationItem.objects.create(
            name=name, kind="router", customer=service.customer if service else None
        )
        if service:
            ServiceItem.objects.create(customer=service.customer, service=service, item=item)
    return item


def sell(customer: Customer, reference: str, offering: Offering) -> Service:
    return Service.objects.create(
        customer=customer,
        offering=offering,
        reference=reference,
        name=reference,
        state=Service.State.ACTIVE,
    )


def reasons(found: Proposals) -> list[str]:
    assert found.customer is not None
    return [evidence.sentence for evidence in found.customer.evidence]


def test_the_senders_address_proves_the_customer_and_the_contact(house: House) -> None:
    found = ask("Panne", "Ana@acme.example")
    assert found.customer is not None
    assert found.customer.value == house.customer
    assert found.contact is not None
    assert found.contact.value == house.contact
    assert reasons(found) == ["Ana@acme.example is the address of Ana Ruiz."]


def test_a_service_reference_and_an_item_in_the_text_prove_it_too(house: House) -> None:
    assert reasons(ask("VPN-1 down")) == ["The text contains the service reference VPN-1."]
    an_item(house, "cpe-rennes-7", house.service)
    found = ask("No answer from cpe-rennes-7.")
    assert reasons(found) == ["The text mentions cpe-rennes-7, which belongs to this customer."]
    assert found.service is not None
    assert found.service.value == house.service
    assert found.item is not None
    assert found.item.value.name == "cpe-rennes-7"


def test_nobody_is_proposed_on_a_name_a_private_address_or_a_contradiction(house: House) -> None:
    with attributed(ME):
        ConfigurationItem.objects.create(
            name="vm-1", kind="host", customer=house.customer, address="10.20.0.1"
        )
        other = make_customer(house.calendar, "BETA", "Beta")
        make_service(other, "VPN-9")
        Contact.objects.create(customer=other, name="Bo", email="bo@beta.example", language="en")
    assert ask("Our partner Acme cannot reach 10.20.0.1").customer is None
    assert ask("VPN-9 down", "ana@acme.example").customer is None
    assert ask("VPN-9 and VPN-1 down").customer is None
    assert ask("Nothing works").nothing


def test_a_shared_item_proves_no_customer_but_is_named(house: House) -> None:
    an_item(house, "bb-par-lyo-1")
    found = ask("bb-par-lyo-1 down")
    assert found.customer is None
    assert found.item is not None


def test_a_colleague_is_no_customer(house: House) -> None:
    found = ask("VPN-1 down", house.agent.email)
    assert found.customer is None
    assert found.employee is not None
    assert found.employee.value == house.agent


def test_what_the_service_stands_on_tells_it_from_the_others(house: House) -> None:
    with attributed(ME):
        other = make_service(house.customer, "VPN-2")
    below = an_item(house, "CIR-REN-100200")
    top = an_item(house, "cpe-ren", other)
    with attributed(ME):
        Dependency.objects.create(upper=top, lower=below)
    found = ask("Perte sur CIR-REN-100200", "ana@acme.example")
    assert found.service is not None
    assert found.service.value == other
    assert found.service.evidence[0].sentence == (
        "The text mentions CIR-REN-100200, on which the service depends."
    )


def test_between_two_that_nothing_tells_apart_none_is_filled_in(house: House) -> None:
    with attributed(ME):
        make_service(house.customer, "VPN-2")
    found = ask("Panne", "ana@acme.example")
    assert found.service is None


def test_a_stranger_sees_no_customer_and_no_service(house: House) -> None:
    found = propose_classification(
        Enquiry(subject="VPN-1 down", sender="ana@acme.example"),
        seen_by=ANONYMOUS,
        at=clock.now(),
    )
    assert (found.customer, found.services) == (None, ())


def test_words_say_the_kind_once_they_were_learned(house: House) -> None:
    with attributed(ME):
        customers = [make_customer(house.calendar, f"C{n}", f"Client {n}") for n in range(3)]
    for n in range(30):
        receive_ticket(
            NewTicket(
                subject="Lien coupé" if n % 2 else "Ajout de compte",
                source=Source.MAIL,
                kind=Kind.INCIDENT if n % 2 else Kind.REQUEST,
                customer=customers[n % 3],
            ),
            by=ME,
        )
    assert triage.learn_words() > 3
    assert not WordCount.objects.filter(word="rennes").exists()
    found = ask("Notre lien est coupé")
    assert found.kind is not None
    assert found.kind.value == "incident"
    assert "coupe" in found.kind.evidence[0].sentence


def test_a_word_of_one_customer_alone_is_not_learned(house: House) -> None:
    for _ in range(9):
        make_ticket(house)
    triage.learn_words()
    assert WordCount.objects.filter(word="").exists()
    assert not WordCount.objects.filter(word__in=["rennes", "renn", "lille", "lill"]).exists()


def test_before_anything_was_learned_the_catalogue_and_the_trade_speak(house: House) -> None:
    with attributed(ME):
        for number in range(2, 5):
            make_service(house.customer, f"VPN-{number}")
        phone = Offering.objects.create(
            code="voice", family="other", name_en="Telephony trunk", name_fr="Trunk téléphonique"
        )
        trunk = sell(house.customer, "TEL-1", phone)
    assert ask("Renvoi d'appels du standard", "ana@acme.example").services == ()
    triage.learn_words()
    found = ask("Renvoi d'appels du standard", "ana@acme.example")
    assert found.service is not None
    assert found.service.value == trunk
    (why,) = found.service.evidence
    assert why.sentence == (
        "Keywords point to Telephony trunk (renvoi, appels, standard), "
        "and the customer has only one such service."
    )
    assert trunk not in [one.value for one in ask("Tunnel down", "ana@acme.example").services]


def test_a_word_learned_of_others_helps_whoever_has_no_past(house: House) -> None:
    with attributed(ME):
        hosting = Offering.objects.create(
            code="vm", family="managed_hosting", name_en="Machine", name_fr="Machine"
        )
        for n in range(3):
            other = make_customer(house.calendar, f"C{n}", f"Client {n}")
            service = sell(other, f"VPN-1{n}", hosting)
            receive_ticket(
                NewTicket(
                    subject="Zibeline encrassée, rabot voilé", source=Source.MAIL,
                    kind=Kind.INCIDENT, customer=other, service=service,
                ),
                by=ME,
            )  # fmt: skip
        mine = sell(house.customer, "VM-1", hosting)
        for number in range(2, 5):
            make_service(house.customer, f"VPN-{number}")
    triage.learn_words()
    found = ask("Les zibelines encrassées et rabots voilés", "ana@acme.example")
    assert found.service is not None
    assert found.service.value == mine


def test_of_few_services_each_is_offered_and_none_filled_in(house: House) -> None:
    with attributed(ME):
        make_service(house.customer, "VPN-2")
    found = ask("Panne", "ana@acme.example")
    assert found.service is None
    assert [evidence.sentence for one in found.services for evidence in one.evidence] == [
        "One of the customer's 2 services."
    ] * 2
    with attributed(ME):
        make_service(house.customer, "VPN-3")
        make_service(house.customer, "VPN-4")
    assert ask("Panne", "ana@acme.example").services == ()


def test_the_customers_own_name_tells_no_service_from_another(house: House) -> None:
    with attributed(ME):
        for number, name in enumerate(
            ("Réseau Acme", "Accès Brest", "Accès Dinan", "Accès Vannes")
        ):
            service = make_service(house.customer, f"VPN-{number + 2}")
            Service.objects.filter(pk=service.pk).update(name=name)
    assert ask("Acme chez vous", "ana@acme.example").services == ()
    (first, *_rest) = ask("Panne à Dinan", "ana@acme.example").services
    assert first.value.name == "Accès Dinan"


def test_what_was_sold_is_known_by_its_name_in_either_language(house: House) -> None:
    with attributed(ME):
        for number in range(2, 5):
            make_service(house.customer, f"VPN-{number}")
        remote = Offering.objects.create(
            code="remote", family="vpn", name_en="Remote access", name_fr="Accès distant"
        )
        mine = sell(house.customer, "VPN-9", remote)
    (first, *_rest) = ask("Il faudrait un accès distant", "ana@acme.example").services
    assert first.value == mine
    assert first.evidence[0].sentence == "The text mentions the product: Remote access."


def test_words_meet_in_their_stem_and_politeness_says_nothing() -> None:
    assert {stem(word) for word in ("coupe", "coupee", "coupees", "couper")} == {"coup"}
    assert (stem("tunnels"), stem("bgp")) == ("tunnel", "bgp")
    polite = [("Bonjour, merci", ["request"], customer) for customer in range(9)]
    assert "bonjour" not in learn_word_counts(polite).counts
    known = learn_word_counts([], [CatalogueName("Telephony trunk", ["other"])]).counts
    assert known[stem("telephone")] == {"other": 3}


def test_what_comes_from_monitoring_is_an_incident(house: House) -> None:
    found = ask("Link down", monitoring=True)
    assert found.kind is not None
    assert found.kind.value == "incident"


def test_the_stream_is_that_of_the_plan(house: House) -> None:
    found = ask("VPN-1 down")
    assert found.stream is not None
    assert found.stream.value == "solution"


def test_a_service_that_is_known_says_the_stream_whatever_the_text_names(house: House) -> None:
    with attributed(ME):
        for number in range(2, 6):
            make_service(house.customer, f"VPN-{number}")
        bare = Service.objects.create(
            customer=house.customer,
            offering=house.service.offering,
            reference="VPN-9",
            name="VPN-9",
            state=Service.State.ACTIVE,
        )
    new = NewTicket(
        subject="Panne", source=Source.MAIL, customer=house.customer, service=house.service
    )
    found = triage_queries.proposals_of(receive_ticket(new, by=ME), seen_by=ME)
    assert found.stream is not None
    assert [one.kind for one in found.stream.evidence] == ["plan"]
    unsold = receive_ticket(replace(new, service=bare), by=ME)
    assert triage_queries.proposals_of(unsold, seen_by=ME).stream is None


def test_accepting_classifies_and_says_who_triaged(house: House) -> None:
    ticket = receive_ticket(NewTicket(subject="VPN-1 down", source=Source.MAIL), by=ME)
    by = agent_of(house.agent)
    seen = ticket.classifications.get().pk
    found = ClassificationInput(
        kind=Kind.INCIDENT,
        impact=Grade.LOW,
        urgency=Grade.LOW,
        customer=house.customer,
        service=house.service,
    )
    told = triage.accept_proposals(ticket, found, by=by, seen=seen)
    assert (told.customer, told.stream, told.kind) == (house.customer, "solution", "incident")
    assert told.triaged_at is not None
    with pytest.raises(Conflict, match="Léa Morel"):
        triage.accept_proposals(ticket, found, by=by, seen=seen)


def test_triage_chooses_the_stream_where_no_plan_does(house: House) -> None:
    ticket = receive_ticket(NewTicket(subject="Wi-Fi", source=Source.MAIL), by=ME)
    found = ClassificationInput(
        kind=Kind.REQUEST, impact=Grade.LOW, urgency=Grade.LOW, stream="corporate"
    )
    assert classifications.classify_ticket(ticket, found, by=ME).stream == "corporate"
    assert classifications.qualify_ticket(ticket, Kind.INCIDENT, by=ME).stream == "corporate"


def test_the_reasons_are_told_in_french(house: House) -> None:
    with translation.override("fr"):
        assert reasons(ask("VPN-1 coupé")) == ["Le texte contient la référence de service VPN-1."]


def test_running_tickets_of_the_same_trouble_are_offered(house: House) -> None:
    first = make_ticket(house)
    like = TicketDraft(subject="Lien Rennes Lille coupé", customer_id=house.customer.pk)
    (found,) = similar_tickets.similar_to(like, seen_by=ME)
    assert (found.ticket, found.why, found.offer) == (first, "subject", "merge")
    assert similar_tickets.similar_to(like, seen_by=ANONYMOUS) == []
    lifecycle.resolve_ticket(first, by=ME)
    assert similar_tickets.similar_to(like, seen_by=ME) == []


def test_an_incident_on_an_item_below_is_offered_as_a_parent(house: House) -> None:
    with attributed(ME):
        other = make_customer(house.calendar, "BETA", "Beta")
        theirs = make_service(other, "VPN-9")
    below = an_item(house, "bb-1")
    with attributed(ME):
        for service in (house.service, theirs):
            Dependency.objects.create(
                upper=an_item(house, f"cpe-{service.pk}", service), lower=below
            )
    backbone = receive_ticket(
        NewTicket(subject="bb-1", source=Source.EVENT, kind=Kind.INCIDENT, item=below), by=ME
    )
    draft = TicketDraft("VPN coupé", other.pk, theirs.pk)
    (found,) = similar_tickets.similar_to(draft, seen_by=ME)
    assert (found.ticket, found.why, found.offer) == (backbone, "below", "child")


def test_what_is_of_one_family_already_is_not_proposed_again(house: House) -> None:
    parent, child, sibling = (make_ticket(house) for _ in range(3))
    (found, *_) = similar_tickets.similar_to(TicketDraft.of(child), seen_by=ME)
    assert found.ticket in (parent, sibling)
    for one in (child, sibling):
        links.link_tickets(one, TicketLink.Kind.CHILD_OF, parent, by=ME)
    for one in (parent, child, sibling):
        assert similar_tickets.similar_to(TicketDraft.of(one), seen_by=ME) == []


def test_what_was_merged_already_is_not_proposed_again(house: House) -> None:
    survivor, merged = make_ticket(house), make_ticket(house)
    merges.merge_tickets([merged], survivor, by=ME)
    for one in (survivor, Ticket.objects.get(pk=merged.pk)):
        found = [
            same.ticket for same in similar_tickets.similar_to(TicketDraft.of(one), seen_by=ME)
        ]
        assert merged not in found
    draft = TicketDraft.of(survivor)
    assert similar_tickets.similar_to(draft, seen_by=ME) == []


def test_the_parent_of_a_found_child_is_not_proposed_where_it_is_linked(house: House) -> None:
    with attributed(ME):
        other = make_customer(house.calendar, "BETA", "Beta")
        item = an_item(house, "bb-1")
    one = NewTicket(subject="bb-1", source=Source.EVENT, kind=Kind.INCIDENT, item=item)
    parent, mine = receive_ticket(one, by=ME), receive_ticket(replace(one, customer=other), by=ME)
    child = receive_ticket(replace(one, customer=house.customer), by=ME)
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, parent, by=ME)
    draft = replace(TicketDraft.of(mine), incident=True)
    assert parent in [same.ticket for same in similar_tickets.similar_to(draft, seen_by=ME)]
    links.link_tickets(mine, TicketLink.Kind.RELATED_TO, parent, by=ME)
    assert similar_tickets.similar_to(draft, seen_by=ME) == []


def test_what_was_ordered_from_the_catalogue_is_no_trouble(house: House) -> None:
    draft = TicketDraft(make_ticket(house).subject, house.customer.pk)
    assert similar_tickets.similar_to(draft, seen_by=ME)
    assert not similar_tickets.similar_to(replace(draft, ordered=True), seen_by=ME)


def test_an_outage_is_not_paired_with_what_was_ordered_nor_with_what_it_is_linked_to(
    house: House,
) -> None:
    first, second = make_ticket(house), make_ticket(house)
    draft = replace(TicketDraft.of(first), incident=True)
    assert [one.ticket for one in similar_tickets.similar_to(draft, seen_by=ME)] == [second]
    links.link_tickets(first, TicketLink.Kind.RELATED_TO, second, by=ME)
    assert similar_tickets.similar_to(draft, seen_by=ME) == []
    load()
    ordered = make_ticket(house)
    with attributed(ME):
        Ticket.objects.filter(pk=ordered.pk).update(kind=Kind.REQUEST, request_type=kind("quote"))
    assert similar_tickets.similar_to(draft, seen_by=ME) == []
    assert similar_tickets.similar_to(replace(draft, incident=False), seen_by=ME)


def test_accepting_lowers_neither_what_was_said_nor_what_is_proposed(house: House) -> None:
    """The table of docs/rules/triage.md, "Accepting"."""
    ticket, like = make_ticket(house), Evidence("like", {"count": 5, "of": 5})
    for stated, proposed, chosen, expected in table("triage.md", "Accepting", "stated"):
        held, meant = (None if one == "nothing" else pair(one) for one in (stated, proposed))
        ticket.impact, ticket.urgency = held or (Grade.LOW, Grade.LOW)
        found = Proposals()
        if meant:
            found = Proposals(
                impact=Proposal(meant[0], (like,)), urgency=Proposal(meant[1], (like,))
            )
        accepted = ClassificationInput.proposed(ticket, found)
        asked = triage_queries.unstated_grades(ticket, found, Kind.INCIDENT)
        if chosen:
            accepted = replace(accepted, impact=pair(chosen)[0], urgency=pair(chosen)[1])
        result = "asked" if asked else f"{accepted.impact:d}, {accepted.urgency:d}"
        assert result == expected


def pair(text: str) -> tuple[Grade, Grade]:
    impact, urgency = text.split(", ")
    return Grade(int(impact)), Grade(int(urgency))


def test_a_child_of_another_customer_is_offered_as_its_parent(house: House) -> None:
    with attributed(ME):
        other = make_customer(house.calendar, "BETA", "Beta")
        theirs = make_service(other, "VPN-9")
    item = an_item(house, "bb-1")
    parent, child = (
        receive_ticket(
            NewTicket(subject="x", source=Source.EVENT, kind=Kind.INCIDENT, **more),  # type: ignore[arg-type]  # one of two fields
            by=ME,
        )
        for more in ({}, {"customer": house.customer, "item": item})
    )
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, parent, by=ME)
    with attributed(ME):
        ServiceItem.objects.create(customer=other, service=theirs, item=item)
    (found,) = similar_tickets.similar_to(TicketDraft("y", other.pk, theirs.pk), seen_by=ME)
    assert (found.ticket, found.found, found.offer) == (parent, child, "child")


def test_names_and_words_are_read_from_texts() -> None:
    text = "Le lien CIR-REN-100200 (10.0.0.1) est coupé: cpe-ren.acme.example, voir ticket."
    assert extract_names(text) == ["CIR-REN-100200", "10.0.0.1", "cpe-ren.acme.example"]
    assert "coupe" in extract_words(text)
    said = [("lien coupé", ["incident"]), ("un compte", ["request"])]
    learned = learn_word_counts([(*one, customer) for one in said for customer in range(6)])
    shares = learned.shares(extract_words("Lien coupe"), ["incident", "request"])
    assert shares["incident"] > 0.9


def test_the_stream_is_proposed_first(house: House) -> None:
    assert ask("VPN-1 down").listed()[0][0] == "stream"


def test_a_team_that_triage_accepts_is_asked_once(house: House) -> None:
    ticket = receive_ticket(NewTicket(subject="VPN-1 down", source=Source.MAIL), by=ME)
    by = agent_of(house.agent)
    with attributed(ME):
        team = make_team("RUN", Team.Kind.RUN_ENGINEERING, house.other)
    found = replace(ClassificationInput.of(ticket), customer=house.customer, team=team)
    triage.accept_proposals(ticket, found, by=by, seen=None)
    classifications.classify_ticket(ticket, found, by=by)
    asked = Assignment.objects.get()
    assert (asked.team, asked.reason, asked.level) == (team, "triage", "level_2")
    desk = replace(found, team=house.desk)
    classifications.classify_ticket(ticket, desk, by=by)
    assert Assignment.objects.count() == 1


def test_where_nothing_is_sure_accepting_is_refused_and_triage_goes_on(house: House) -> None:
    ticket = receive_ticket(NewTicket(subject="Panne", source=Source.MAIL), by=ME)
    by = agent_of(house.agent)
    with pytest.raises(Invalid, match="Choose a value"):
        triage.accept_proposals(ticket, ClassificationInput.of(ticket), by=by, seen=None)
    ticket.refresh_from_db()
    assert ticket.triaged_at is None
    assert ticket.commitments.get(measure="triage").met_at is None
    chosen = replace(ClassificationInput.of(ticket), customer=house.customer, service=house.service)
    told = triage.accept_proposals(ticket, chosen, by=by, seen=None)
    assert told.triaged_at is not None
