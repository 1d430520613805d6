"""Triage proposals for a ticket, with their evidence. Source: docs/rules/triage.md."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.lookups import services_by_references
from opale.customers.queries.parties import UNKNOWN, Party, party_of
from opale.customers.queries.plans import plan_in_force, plan_name
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.lookups import items_by_names
from opale.kernel.actor import Actor
from opale.organisation.models import Person, Team
from opale.run.desk.domain.text_classification import WordCounts, significant_words_in
from opale.run.desk.domain.triage import (
    FEW,
    LIKE,
    PLAIN,
    SURE,
    Enquiry,
    Evidence,
    PastTickets,
    Proposal,
    extract_addresses,
    extract_names,
    is_private,
    majority,
    rank_services,
)
from opale.run.desk.models import (
    Assignment,
    Classification,
    Grade,
    Kind,
    Message,
    Source,
    Ticket,
)
from opale.run.desk.queries.triage_candidates import candidates, tickets_before
from opale.run.desk.queries.word_counts import load_word_counts

MOST_ALIKE = 20
LAST = 12
SHOWN = 3
KINDS = (Kind.REQUEST.value, Kind.INCIDENT.value)


@dataclass(frozen=True, slots=True)
class Proposals:
    """The proposals of triage. `services` are the likeliest, whether or not one is sure enough to
    be filled in as `service`; a field without proposal is None."""

    customer: Proposal[Customer] | None = None
    contact: Proposal[Contact] | None = None
    employee: Proposal[Person] | None = None
    services: tuple[Proposal[Service], ...] = ()
    item: Proposal[ConfigurationItem] | None = None
    stream: Proposal[str] | None = None
    kind: Proposal[str] | None = None
    impact: Proposal[int] | None = None
    urgency: Proposal[int] | None = None
    team: Proposal[Team] | None = None
    candidates: tuple[Customer, ...] = ()

    @property
    def service(self) -> Proposal[Service] | None:
        return next((p for p in self.services[:1] if p.share >= SURE), None)

    def listed(self) -> list[tuple[str, Proposal[object]]]:
        """Return every proposal with the name of its field, the stream first, services in their
        order."""
        single = ("customer", "contact", "employee", "item", "kind", "impact", "urgency")
        found: list[tuple[str, Proposal[object]]] = []
        found += [("stream", self.stream)] if self.stream else []
        found += [("service", one) for one in self.services]
        found += [(name, one) for name in (*single, "team") if (one := getattr(self, name))]
        return found

    @property
    def nothing(self) -> bool:
        return not (self.customer or self.services or self.kind or self.item)


@dataclass(slots=True)
class _Clues:
    """The references found in the text: services by reference, items by name, and their
    customers."""

    services: dict[str, tuple[int, int]] = field(default_factory=dict)
    items: dict[str, tuple[int, int | None]] = field(default_factory=dict)

    def owners(self) -> dict[int, Evidence]:
        """Return the customers that the text refers to, each with the evidence."""
        found: dict[int, Evidence] = {}
        for name, (_item, customer) in self.items.items():
            if customer is not None and not is_private(name):
                found[customer] = Evidence("owned_item", {"name": name})
        for name, (_service, customer) in self.services.items():
            found[customer] = Evidence("reference", {"name": name})
        return found


def proposals_of(ticket: Ticket, *, seen_by: Actor) -> Proposals:
    """Return the proposals for a ticket as it is; its stated classification is taken as known."""
    first = Message.objects.filter(ticket=ticket).order_by("at", "id").first()
    sender = ticket.contact.email if ticket.contact else ""
    if not sender and ticket.employee:
        sender = ticket.employee.email
    if not sender and first and first.direction == Message.Direction.RECEIVED:
        sender = next(iter(extract_addresses(first.author)), "")
    enquiry = Enquiry(
        subject=ticket.subject,
        body=first.body if first else "",
        sender=sender,
        monitoring=ticket.source == Source.EVENT,
    )
    found = propose_classification(
        enquiry,
        seen_by=seen_by,
        at=ticket.received_at,
        customer=ticket.customer,
        apart_from=ticket.pk,
    )
    if ticket.customer and ticket.service:
        stream = _stream(ticket.customer, ticket.service, ticket.received_at)
        found = replace(found, stream=stream)
    return replace(found, team=_team_of(ticket, found.team))


def _team_of(ticket: Ticket, like: Proposal[Team] | None) -> Proposal[Team] | None:
    """Propose the team of the request type, else that of similar tickets; not one that has it
    already."""
    team = ticket.request_type.team if ticket.request_type else None
    found = Proposal(team, (Evidence("type_team"),)) if team else like
    if found is None:
        return None
    asked = Assignment.objects.running().filter(ticket=ticket, team=found.value)
    return None if asked.exists() else found


def propose_classification(
    enquiry: Enquiry,
    *,
    seen_by: Actor,
    at: datetime,
    customer: Customer | None = None,
    apart_from: int = 0,
    words: WordCounts | None = None,
) -> Proposals:
    """Return the proposals for an incoming text, learned only from tickets received before `at`.

    `customer` is the known customer, if any. `words` replaces the learned words, for measuring.
    """
    clues = _clues_of(enquiry)
    party, colleague = _sender(enquiry)
    whose = _whose(enquiry, party, clues, seen_by, colleague, customer)
    spoken = significant_words_in(enquiry.text)
    learned = words or load_word_counts(spoken)
    found = Proposals(
        customer=whose,
        contact=_contact(enquiry, party, whose),
        employee=_employee(enquiry, colleague),
        kind=_kind(enquiry, spoken, learned),
        item=_item(clues, whose, seen_by),
        candidates=party.candidates,
    )
    if whose is None:
        return found
    return _of_customer(found, whose.value, enquiry, learned, at, apart_from, seen_by)


def _of_customer(
    found: Proposals,
    customer: Customer,
    enquiry: Enquiry,
    words: WordCounts,
    at: datetime,
    apart_from: int,
    seen_by: Actor,
) -> Proposals:
    services = {
        row.pk: row
        for row in Service.objects.visible_to(seen_by)
        .filter(customer=customer)
        .exclude(state=Service.State.TERMINATED)
        .select_related("offering")
    }
    before = tickets_before(customer, enquiry.subject, at, apart_from)
    contact_id = found.contact.value.pk if found.contact else None
    alike = sorted((b for b in before if b.likeness >= LIKE), key=lambda b: -b.likeness)
    alike = alike[:MOST_ALIKE]
    past = PastTickets(
        of_contact=[b.service_id for b in before if b.contact_id == contact_id][:LAST]
        if contact_id
        else (),
        of_customer=[b.service_id for b in before][: 4 * LAST],
        alike=[b.service_id for b in alike],
    )
    ranked = rank_services(enquiry, candidates(customer, services), past, words)
    proposed = tuple(
        Proposal(services[p.value], p.evidence, p.share) for p in ranked[:SHOWN] if p.evidence
    )
    sure = next((p.value for p in proposed[:1] if p.share >= SURE), None)
    return Proposals(
        customer=found.customer,
        contact=found.contact,
        employee=found.employee,
        services=proposed,
        item=found.item,
        stream=_stream(customer, sure, at),
        kind=found.kind,
        impact=_most([b.impact for b in alike]),
        urgency=_most([b.urgency for b in alike]),
        team=_team([b.id for b in alike]),
        candidates=found.candidates,
    )


def _clues_of(enquiry: Enquiry) -> _Clues:
    names = [name.rstrip(".") for name in extract_names(enquiry.text)]
    clues = _Clues()
    for name, found in services_by_references(names).items():
        clues.services[name] = (found.service_id, found.customer_id)
    for name, match in items_by_names(names).items():
        clues.items[name] = (match.item_id, match.customer_id)
    return clues


def _sender(enquiry: Enquiry) -> tuple[Party, Person | None]:
    if not enquiry.sender:
        return UNKNOWN, None
    if "@" in enquiry.sender:
        address = enquiry.sender.strip().lower()
        colleague = Person.objects.filter(email=address, left_on=None).first()
        if colleague:
            return UNKNOWN, colleague
    return party_of(enquiry.sender), None


def _whose(
    enquiry: Enquiry,
    party: Party,
    clues: _Clues,
    seen_by: Actor,
    colleague: Person | None,
    known: Customer | None,
) -> Proposal[Customer] | None:
    """Propose the customer, on evidence only: sender and text must not contradict each other."""
    if known is not None:
        return Proposal(known, (Evidence("known"),))
    owners = {} if colleague else clues.owners()
    proof = _of_party(enquiry, party)
    if party.customer is not None and proof:
        if owners and party.customer.pk not in owners:
            return None
        evidence = [proof, *(owners[pk] for pk in owners if pk == party.customer.pk)]
        seen = Customer.objects.visible_to(seen_by).filter(pk=party.customer.pk).first()
        return Proposal(seen, tuple(evidence)) if seen else None
    if party.candidates:
        owners = {pk: why for pk, why in owners.items() if pk in {c.pk for c in party.candidates}}
    if len(owners) != 1:
        return None
    ((customer_id, why),) = owners.items()
    seen = Customer.objects.visible_to(seen_by).filter(pk=customer_id, left_on=None).first()
    return Proposal(seen, (why,)) if seen else None


def _of_party(enquiry: Enquiry, party: Party) -> Evidence | None:
    if party.contact is not None:
        return Evidence("address", {"address": enquiry.sender, "contact": party.contact.name})
    return Evidence("domain", {"address": enquiry.sender}) if party.customer else None


def _contact(
    enquiry: Enquiry, party: Party, whose: Proposal[Customer] | None
) -> Proposal[Contact] | None:
    if whose is None:
        return None
    if party.contact is not None and party.contact.customer_id == whose.value.pk:
        facts = {"address": enquiry.sender, "contact": party.contact.name}
        return Proposal(party.contact, (Evidence("address", facts),))
    addresses = [a for a in extract_addresses(enquiry.body) if a != enquiry.sender]
    if not addresses or party.customer is not None:
        return None
    rows = Contact.objects.filter(customer=whose.value, email__in=addresses, left_on=None)
    found = list(rows[:2])
    if len(found) != 1:
        return None
    facts = {"address": found[0].email, "contact": found[0].name}
    return Proposal(found[0], (Evidence("mentioned", facts),))


def _employee(enquiry: Enquiry, colleague: Person | None) -> Proposal[Person] | None:
    if colleague is None:
        return None
    facts = {"address": enquiry.sender, "name": colleague.name}
    return Proposal(colleague, (Evidence("colleague", facts),))


def _item(
    clues: _Clues, whose: Proposal[Customer] | None, seen_by: Actor
) -> Proposal[ConfigurationItem] | None:
    """Propose the one item that the text names, unless it is another customer's."""
    customer_id = whose.value.pk if whose else None
    named = {
        item: name
        for name, (item, owner) in clues.items.items()
        if owner in (None, customer_id) and not is_private(name)
    }
    if len(named) != 1:
        return None
    ((item_id, name),) = named.items()
    row = ConfigurationItem.objects.visible_to(seen_by).filter(pk=item_id).first()
    kind = "owned_item" if row and row.customer_id else "named_item"
    return Proposal(row, (Evidence(kind, {"name": name}),)) if row else None


def _kind(enquiry: Enquiry, spoken: Sequence[str], words: WordCounts) -> Proposal[str] | None:
    if enquiry.monitoring:
        return Proposal(KINDS[1], (Evidence("monitoring"),))
    shares = words.shares(spoken, KINDS)
    kind = max(shares, key=lambda k: shares[k], default=None)
    if kind is None or shares[kind] < PLAIN:
        return None
    telling = words.telling(spoken, kind, KINDS)
    if not telling:
        return None
    return Proposal(kind, (Evidence("kind_words", {"words": telling}),), shares[kind])


def _stream(customer: Customer, service: Service | None, at: datetime) -> Proposal[str] | None:
    plan = plan_in_force(customer, service, on=at.date())
    if plan is None:
        return None
    facts = {"plan": plan_name(plan.version.plan) + (" Premium" if plan.premium else "")}
    kind = "plan" if service else "best_plan"
    return Proposal(plan.version.stream, (Evidence(kind, facts),))


def _most(values: Sequence[int]) -> Proposal[int] | None:
    found = majority(values)
    return Proposal(found[0], (found[1],)) if found else None


def _team(alike: Sequence[int]) -> Proposal[Team] | None:
    """Propose the team to which most of the similar tickets were assigned."""
    if len(alike) < FEW:
        return None
    rows = Assignment.objects.filter(ticket__in=alike, team__isnull=False)
    given = Counter(dict(rows.values_list("ticket_id", "team_id")).values())
    for team_id, count in given.most_common(1):
        if count * 2 > len(alike):
            facts = {"count": count, "of": len(alike)}
            return Proposal(Team.objects.get(pk=team_id), (Evidence("like_team", facts),))
    return None


def unstated_grades(ticket: Ticket, found: Proposals, kind: str) -> list[str]:
    """Return which of impact and urgency nobody has stated and nothing proposes, of an incident: a
    new ticket has the lowest of both until somebody is asked."""
    if kind != Kind.INCIDENT or ticket.impact != Grade.LOW or ticket.urgency != Grade.LOW:
        return []
    return [name for name in ("impact", "urgency") if getattr(found, name) is None]


def customer_words(ticket: Ticket) -> Message | None:
    """Return the first message of the requester, if any."""
    rows = Message.objects.filter(ticket=ticket, direction=Message.Direction.RECEIVED)
    return rows.order_by("at", "id").first()


CLASSIFIED_COLUMNS = (
    "kind", "customer_id", "contact_id", "service_id", "item_id", "impact", "urgency", "priority",
    "stream", "plan_version_id", "premium", "triaged_at",
)  # fmt: skip
"""The columns of a ticket that a classification changes."""


def row_before_classification(ticket: Ticket) -> dict[str, Any] | None:
    """Return the classified columns as they were before they last changed; None if they never
    did."""
    former = Ticket.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    rows = former.objects.filter(pgh_obj=ticket.pk, pgh_label="update").order_by("-pgh_id")
    now = {name: getattr(ticket, name) for name in CLASSIFIED_COLUMNS}
    for row in rows.values(*CLASSIFIED_COLUMNS):
        if row != now:
            return dict(row)
    return None


def newest_classification(ticket: Ticket) -> int | None:
    """Return the key of the ticket's newest classification."""
    rows = Classification.objects.filter(ticket=ticket).order_by("-id")
    return rows.values_list("pk", flat=True).first()
