"""Tags, watchers, external references and confidentiality of tickets."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils.translation import gettext as _

from opale.customers.models import Contact
from opale.infrastructure.models import Supplier
from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.organisation.models import Person, Team
from opale.run.desk.actions.paging import hide_subject_in_pages
from opale.run.desk.actions.ticket_locks import (
    Refusals,
    change_ticket,
    change_tickets,
    lock_permitted_tickets,
    lock_ticket,
    touch_ticket,
    without_refused,
)
from opale.run.desk.models import ExternalReference, Ticket, Watcher

MOST_TAGS = 20
TAG_LENGTH = 40
URL_LENGTH = 500


def set_tags(ticket: Ticket, tags: Iterable[str], *, by: Actor) -> Ticket:
    """Replace the tags of a ticket: lower case, each once, in order.

    Errors: NotFound, NotAllowed, Invalid (too many, or too long).
    """
    wanted = _tags(tags)
    _refuse_tags(wanted)
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if wanted != held.tags:
            change_ticket(held, tags=wanted)
    return held


def change_tags(
    tickets: Iterable[Ticket],
    *,
    by: Actor,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    refused: Refusals | None = None,
) -> list[Ticket]:
    """Add tags to many tickets and remove others; return the tickets changed.

    Errors: without `refused` NotFound, NotAllowed, Invalid (too many, or too long).
    """
    more, fewer = {*_tags(add)}, {*_tags(remove)}

    def wanted(ticket: Ticket) -> list[str]:
        return sorted({*ticket.tags, *more} - fewer)

    with attributed(by):
        held = lock_permitted_tickets(tickets, by=by, refused=refused)
        held = without_refused(held, lambda ticket: _refuse_tags(wanted(ticket)), refused)
        changed = [ticket for ticket in held if wanted(ticket) != ticket.tags]
        change_tickets(changed, lambda ticket: {"tags": wanted(ticket)})
    return changed


def _tags(said: Iterable[str]) -> list[str]:
    return sorted({" ".join(tag.lower().split()) for tag in said} - {""})


def _refuse_tags(wanted: list[str]) -> None:
    if len(wanted) > MOST_TAGS:
        raise Invalid(tags=_("A ticket can have at most %(most)s tags.") % {"most": MOST_TAGS})
    if long := next((tag for tag in wanted if len(tag) > TAG_LENGTH), None):
        limit = {"tag": long, "length": TAG_LENGTH}
        raise Invalid(tags=_("“%(tag)s” is longer than %(length)s characters.") % limit)


def set_confidential(ticket: Ticket, confidential: bool, *, by: Actor, reason: str = "") -> Ticket:
    """Hide a ticket from all but its owner, watchers, assigned workers and its contact; or show it
    again. Source: docs/rules/ticket-life-cycle.md, "Confidential".

    Errors: NotFound, NotAllowed.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        before = held.live_topic
        change_ticket(held, confidential=confidential)
        # Pages that are open were drawn with the topic before.
        live_topics.publish(before, customer_id=held.customer_id)
        if confidential:
            hide_subject_in_pages(held)
        if confidential and by.person_id not in (None, held.owner_id):
            # The actor keeps access to the ticket as a watcher.
            _watch(held, by, person_id=by.person_id)
    return held


def add_watcher(
    ticket: Ticket, *, by: Actor, person: Person | None = None, contact: Contact | None = None
) -> Watcher:
    """Add a watcher: a colleague, or another contact of the customer, who gets the messages.

    Errors: NotFound, NotAllowed, Invalid (nobody, or somebody else's contact).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if (person is None) == (contact is None):
            raise Invalid(person=_("Choose a colleague or a contact."))
        if contact is not None:
            if contact.customer_id != held.customer_id:
                raise Invalid(contact=_("This contact belongs to another customer."))
            if contact.left_on is not None:
                raise Invalid(contact=_("This contact is no longer active."))
        return _watch(
            held,
            by,
            person_id=person.pk if person else None,
            contact_id=contact.pk if contact else None,
        )


def remove_watcher(watcher: Watcher, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = lock_ticket(watcher.ticket, by=by)
        gone, _rows = Watcher.objects.filter(pk=watcher.pk, ticket=held).delete()
        if not gone:
            raise NotFound
        touch_ticket(held)


def add_reference(
    ticket: Ticket,
    party: str,
    number: str,
    *,
    by: Actor,
    url: str = "",
    supplier: Supplier | None = None,
    team: Team | None = None,
) -> ExternalReference:
    """Add the ticket's number in another system, by which it can be found.

    Errors: NotFound, NotAllowed, Invalid (nothing said, or an address that leads nowhere), Conflict
    (it is there).
    """
    party = " ".join(party.split()) or (supplier.name if supplier else team.name if team else "")
    number = " ".join(number.split())
    if not party or not number:
        raise Invalid(number=_("Enter the organisation and its reference."))
    if url and not _leads_somewhere(url):
        raise Invalid(url=_("Enter a web address starting with http:// or https://."))
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        reference, made = ExternalReference.objects.get_or_create(
            ticket=held,
            party=party,
            number=number,
            defaults={
                "customer_id": held.customer_id,
                "url": url,
                "supplier": supplier,
                "team": team,
                "actor": by.key,
            },
        )
        if not made:
            raise Conflict(_("This reference has already been added."))
        touch_ticket(held)
    return reference


def remove_reference(reference: ExternalReference, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = lock_ticket(reference.ticket, by=by)
        gone, _rows = ExternalReference.objects.filter(pk=reference.pk, ticket=held).delete()
        if not gone:
            raise NotFound
        touch_ticket(held)


def _leads_somewhere(url: str) -> bool:
    """Return whether it is a web address: pages link it, so no script address may pass."""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return len(url) <= URL_LENGTH


def _watch(
    held: Ticket, by: Actor, *, person_id: int | None = None, contact_id: int | None = None
) -> Watcher:
    who = Watcher(
        ticket=held, customer_id=held.customer_id, person_id=person_id, contact_id=contact_id
    )
    same = Q(person=person_id) if person_id else Q(contact=contact_id)
    known = Watcher.objects.filter(same, ticket=held).first()
    if known is not None:
        return known
    who.save(force_insert=True)
    touch_ticket(held)
    return who
