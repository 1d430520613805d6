"""The official sentence of an incident, and its versions.

Source: docs/rules/official-sentence.md.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.run.desk.models import (
    DeskQuerySet,
    Kind,
    OfficialSentence,
    Ticket,
    TicketLink,
)
from opale.run.desk.rights import CONSOLE
from opale.run.desk.states import ENDED_STATES, OPEN_STATES

L = TicketLink.Kind
CONCERNING_KINDS = (L.CHILD_OF, L.CAUSED_BY, L.DUPLICATE_OF)
"""The links by which an incident concerns another ticket, the nearest first."""
AFFECTED = Coalesce(
    Subquery(
        TicketLink.objects.filter(other=OuterRef("pk"), kind__in=CONCERNING_KINDS)
        .order_by()
        .values("other")
        .annotate(n=Count("pk"))
        .values("n")
    ),
    0,
)


@dataclass(frozen=True, slots=True)
class LocalizedSentence:
    """An official sentence in one language, as it may be read out or sent."""

    row: OfficialSentence
    text: str
    at: datetime
    author: str
    next_update_at: datetime | None
    incident: Ticket


def sentence_of(ticket: Ticket, language: str) -> LocalizedSentence | None:
    """Return the official sentence of the ticket's incident, in one language."""
    row = sentence_in_force(ticket)
    return localize_sentence(row, language) if row else None


def localize_sentence(row: OfficialSentence, language: str) -> LocalizedSentence:
    return LocalizedSentence(
        row, row.text(language), row.at, row.author, row.next_update_at, row.ticket
    )


def sentence_in_force(ticket: Ticket) -> OfficialSentence | None:
    return sentences_for([ticket]).get(ticket.pk)


def sentence_for(ticket: Ticket, *, seen_by: Actor) -> OfficialSentence:
    """Return the official sentence for a reader of the ticket, even if the incident is another's.

    A contact's own database role sees no links and no ticket of others, so this text, written for
    everybody concerned, is read with the provider's role.

    Errors: NotFound (no sentence).
    """
    if seen_by.can(CONSOLE):
        found = sentence_in_force(ticket)
    else:
        with as_application():
            found = sentence_in_force(ticket)
    if found is None:
        raise NotFound
    return found


def sentences_for(tickets: Collection[Ticket]) -> dict[int, OfficialSentence]:
    """Return the official sentence by ticket key: its own, else that of the incident behind it.

    An ended incident has none; nor has a confidential one for outsiders. A sentence that names a
    customer is not offered to another.
    """
    own = {ticket.pk: ticket for ticket in tickets}
    concerned: dict[int, list[int]] = {pk: [pk] for pk in own}
    links = TicketLink.objects.filter(ticket__in=own, kind__in=CONCERNING_KINDS)
    rows = list(links.values_list("kind", "ticket_id", "other_id"))
    for _kind, ticket_id, other_id in sorted(
        rows, key=lambda row: CONCERNING_KINDS.index(L(row[0]))
    ):
        concerned[ticket_id].append(other_id)
    newest = _newest({pk for keys in concerned.values() for pk in keys})
    found = {}
    for pk, keys in concerned.items():
        offered = (newest[key] for key in keys if key in newest)
        said = next((row for row in offered if _may_be_said(row, own[pk])), None)
        if said is not None:
            found[pk] = said
    return found


def _newest(tickets: Collection[int]) -> Mapping[int, OfficialSentence]:
    rows = OfficialSentence.objects.filter(ticket__in=tickets).order_by("ticket_id", "-id")
    rows = rows.distinct("ticket_id")
    rows = rows.select_related("ticket__customer", "ticket__service", "ticket__contact")
    return {row.ticket_id: row for row in rows if not row.withdrawn}


def _may_be_said(row: OfficialSentence, ticket: Ticket) -> bool:
    incident = row.ticket
    if incident.state in ENDED_STATES:
        return False
    if incident.pk == ticket.pk:
        return True
    if incident.confidential or incident.kind != Kind.INCIDENT:
        return False
    same = incident.customer_id == ticket.customer_id
    return (
        same or find_name_in(f"{row.french}\n{row.english}", identifying_names_of(incident)) is None
    )


def identifying_names_of(ticket: Ticket) -> list[str]:
    """Return the names that would reveal to another customer whose ticket it is."""
    customer, service, contact = ticket.customer, ticket.service, ticket.contact
    return [
        ticket.reference,
        *([customer.name, customer.code] if customer else []),
        *([service.reference] if service else []),
        *([contact.name] if contact else []),
    ]


def find_name_in(text: str, names: Iterable[str]) -> str | None:
    """Return the first of these names that appears in the text as a whole word."""
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
            return name
    return None


def sentence_versions(ticket: Ticket, *, seen_by: Actor) -> DeskQuerySet[OfficialSentence]:
    """Return all versions of the incident's sentence, the newest first, withdrawals included."""
    rows = OfficialSentence.objects.visible_to(seen_by).filter(ticket=ticket).order_by("-id")
    return rows if seen_by.can(CONSOLE) else rows.none()


def version_before(version: OfficialSentence) -> OfficialSentence | None:
    versions = OfficialSentence.objects.filter(ticket=version.ticket_id, pk__lt=version.pk)
    return versions.order_by("-id").first()


def get_sentence_version(ticket: Ticket, version_id: int, *, seen_by: Actor) -> OfficialSentence:
    """Errors: NotFound."""
    found = sentence_versions(ticket, seen_by=seen_by).filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def running_incidents(*, seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Return the unrestored incidents, each with the number of tickets that it concerns."""
    rows = Ticket.objects.visible_to(seen_by).filter(
        kind=Kind.INCIDENT, state__in=OPEN_STATES, restored_at=None
    )
    rows = rows.select_related("customer", "service", "owner").annotate(affected=AFFECTED)
    return rows if seen_by.can(CONSOLE) else rows.none()


def incident_of(ticket: Ticket) -> Ticket | None:
    """Return the running incident that concerns the ticket, where that is another ticket."""
    links = TicketLink.objects.filter(
        ticket=ticket, kind__in=CONCERNING_KINDS, other__kind=Kind.INCIDENT
    )
    links = links.exclude(other__state__in=ENDED_STATES).select_related("other")
    found = sorted(links, key=lambda link: CONCERNING_KINDS.index(L(link.kind)))
    return found[0].other if found else None
