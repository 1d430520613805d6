"""Links between tickets: parents and children, causes, duplicates, relations.

Source: docs/rules/merge-and-links.md, "Links".
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.kernel.facts import announce
from opale.run.desk.actions.ticket_locks import lock_tickets, touch_ticket
from opale.run.desk.facts import TicketsLinked
from opale.run.desk.models import Ticket, TicketLink
from opale.run.desk.states import TicketState

CHILD_OF = TicketLink.Kind.CHILD_OF


def link_tickets(ticket: Ticket, kind: TicketLink.Kind, other: Ticket, *, by: Actor) -> TicketLink:
    """Record that `ticket` is `kind` `other`. Parents and children are of one level.

    Errors: NotFound, NotAllowed, Invalid (itself, a merged ticket, two levels, a second parent),
    Conflict (linked so already).
    """
    with attributed(by):
        held = lock_tickets({ticket.pk, other.pk}, by=by)
        left, right = held[ticket.pk], held[other.pk]
        _refuse_senseless(left, kind, right)
        try:
            with transaction.atomic():
                link = TicketLink.objects.create(
                    ticket=left,
                    customer_id=left.customer_id,
                    kind=kind,
                    other=right,
                    actor=by.key,
                    at=clock.now(),
                )
        except IntegrityError as refusal:
            raise Conflict(_("These tickets are already linked this way.")) from refusal
        touch_ticket(left)
        touch_ticket(right)
        fact = TicketsLinked(ticket_id=left.pk, kind=kind.value, other_id=right.pk, at=clock.now())
        announce(fact, by=by)
    return link


def unlink_tickets(link: TicketLink, *, by: Actor) -> None:
    """Remove a link.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        held = lock_tickets({link.ticket_id, link.other_id}, by=by)
        count, _by_model = TicketLink.objects.filter(pk=link.pk).delete()
        if not count:
            raise NotFound
        for ticket in held.values():
            touch_ticket(ticket)


def _refuse_senseless(left: Ticket, kind: TicketLink.Kind, right: Ticket) -> None:
    if left.pk == right.pk:
        raise Invalid(other=_("A ticket cannot be linked to itself."))
    for ticket in (left, right):
        if ticket.state == TicketState.MERGED and ticket.merged_into is not None:
            raise Invalid(
                other=_("%(number)s was merged into %(into)s.")
                % {"number": ticket.reference, "into": ticket.merged_into.reference}
            )
    if kind != CHILD_OF:
        return
    family = TicketLink.objects.filter(kind=CHILD_OF)
    if family.filter(other=left).exists():
        raise Invalid(other=_("%(number)s has child tickets.") % {"number": left.reference})
    parent = family.filter(ticket=right).select_related("other").first()
    if parent is not None:
        raise Invalid(
            other=_("%(number)s is already a child of %(parent)s.")
            % {"number": right.reference, "parent": parent.other.reference}
        )
    present = family.filter(ticket=left).exclude(other=right).select_related("other").first()
    if present is not None:
        raise Invalid(
            other=_("%(number)s is already linked as a child of %(parent)s.")
            % {"number": left.reference, "parent": present.other.reference}
        )
