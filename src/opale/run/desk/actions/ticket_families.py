"""Acts on a parent and its children together, previewed, and safe between customers.

Each child is updated, restored, resolved or closed as a ticket of its own: in its language, to its
own contacts, in its own thread. Nothing that names one customer goes to another.
Source: docs/rules/merge-and-links.md, "Parents and children".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions.lifecycle import close_ticket, resolve_ticket, restore_service
from opale.run.desk.actions.messages import recipients_of, write_to_customer
from opale.run.desk.actions.ticket_locks import lock_tickets
from opale.run.desk.models import Kind, Message, Ticket, TicketLink
from opale.run.desk.queries.links import children_of
from opale.run.desk.queries.official_sentences import find_name_in, identifying_names_of
from opale.run.desk.states import CLOSE, ENDED_STATES, RESOLVE

Act = Literal["update", "restore", "resolve", "close"]
ACTS: tuple[Act, ...] = ("update", "restore", "resolve", "close")


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A parent or child with the effect of the act on it; `hindrance` says why there is none."""

    ticket: Ticket
    parent: bool = False
    recipients: tuple[str, ...] = ()
    hindrance: str = ""

    @property
    def seen(self) -> str:
        """Return the ticket's mark when it was shown, to send back with the act."""
        return self.ticket.updated_at.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyActInput:
    """An act on several tickets of a family. `seen` maps each to its state when it was shown.

    `said` is the text of an update by language, to be read as `text_format` says, `at` when the
    service worked again.
    """

    act: Act
    seen: Mapping[int, datetime]
    said: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    cause: str = ""
    text_format: Message.Format = Message.Format.PLAIN


def preview_family_act(parent: Ticket, act: Act, *, seen_by: Actor) -> list[FamilyMember]:
    """Return the members of a family with the effect of the act on each, the parent first."""
    members = [(parent, True), *((child, False) for child in children_of(parent, seen_by=seen_by))]
    return [
        FamilyMember(
            ticket,
            is_parent,
            tuple(recipients_of(ticket)) if act == "update" else (),
            _hindrance(ticket, act),
        )
        for ticket, is_parent in members
    ]


def apply_family_act(parent: Ticket, what: FamilyActInput, *, by: Actor) -> list[int]:
    """Apply the act to all of them, or to none.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (nobody chosen, nothing said in a language,
    a text that names another customer), Conflict (one of them changed since it was shown, or is no
    child any more).
    """
    if not what.seen:
        raise Invalid(_("Select at least one ticket."))
    if what.act != "update" and any(map(str.strip, what.said.values())):
        raise Invalid(said=_("Only updates are sent to customers. Send this separately."))
    with attributed(by):
        held = lock_tickets({parent.pk, *what.seen}, by=by)
        chosen = [held[pk] for pk in sorted(what.seen)]
        _refuse_strangers(parent, chosen)
        for ticket in chosen:
            if ticket.updated_at != what.seen[ticket.pk]:
                raise Conflict(
                    _("%(number)s changed after this preview. Check it again; nothing was done.")
                    % {"number": ticket.reference}
                )
        for text in (*what.said.values(), what.cause):
            _refuse_names_of_others(text, parent, chosen)
        for ticket in chosen:
            _do(ticket, what, by=by)
    return [ticket.pk for ticket in chosen]


def _do(ticket: Ticket, what: FamilyActInput, *, by: Actor) -> None:
    if what.act == "update":
        text = what.said.get(ticket.language, "")
        if not text.strip():
            raise Invalid(
                **{
                    f"said_{ticket.language}": _(
                        "Required: at least one recipient reads this language."
                    )
                }
            )
        write_to_customer(ticket, text, by=by, text_format=what.text_format)
    elif what.act == "restore":
        at = what.at or clock.now()
        restore_service(ticket, by=by, at=max(at, ticket.received_at))
    elif what.act == "resolve":
        resolve_ticket(ticket, by=by, cause=what.cause)
    else:
        close_ticket(ticket, by=by)


def _hindrance(ticket: Ticket, act: Act) -> str:
    if ticket.state in ENDED_STATES:
        return _("Closed.")
    if act == "update" and not recipients_of(ticket):
        return _("No recipient.")
    if act == "restore" and ticket.kind != Kind.INCIDENT:
        return _("Not an incident.")
    if act == "restore" and ticket.restored_at is not None:
        return _("Service already restored.")
    if act == "resolve" and ticket.state not in RESOLVE.sources:
        return _("Already resolved.")
    if act == "close" and ticket.state not in CLOSE.sources:
        return _("Not resolved yet.")
    return ""


def _refuse_strangers(parent: Ticket, chosen: Sequence[Ticket]) -> None:
    links = TicketLink.objects.filter(kind=TicketLink.Kind.CHILD_OF, other=parent)
    family = {parent.pk, *links.values_list("ticket_id", flat=True)}
    for ticket in chosen:
        if ticket.pk not in family:
            raise Conflict(
                _("%(number)s is no longer a child of this ticket.") % {"number": ticket.reference}
            )


def _refuse_names_of_others(text: str, parent: Ticket, chosen: Sequence[Ticket]) -> None:
    """Refuse texts for customers that name another one of the family, or its tickets or services;
    texts for several may name none of them. The whole family counts, whether or not it is told."""
    if not text:
        return
    told = {ticket.customer_id for ticket in chosen}
    for ticket in _family(parent):
        if told == {ticket.customer_id}:
            continue
        if name := find_name_in(text, identifying_names_of(ticket)):
            raise Invalid(
                _("The text mentions %(name)s but would also go to other customers.")
                % {"name": name}
            )


def _family(parent: Ticket) -> Iterable[Ticket]:
    links = TicketLink.objects.filter(kind=TicketLink.Kind.CHILD_OF, other=parent)
    keys = [parent.pk, *links.values_list("ticket_id", flat=True)]
    rows = Ticket.objects.filter(pk__in=keys).order_by("pk")
    return rows.select_related("customer", "service", "contact")
