"""The installation's own fields of tickets."""

from collections.abc import Iterable

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.run.desk.domain.catalogue.answer_text import Answer, readable_answers
from opale.run.desk.domain.catalogue.form_fields import Field, Option
from opale.run.desk.models import DeskQuerySet, Ticket, TicketField
from opale.run.desk.rights import CONSOLE


def ticket_fields(
    *, seen_by: Actor, text: str = "", retired: bool = False
) -> DeskQuerySet[TicketField]:
    """Return the fields by words of their labels; with `retired` also archived ones."""
    found = TicketField.objects.all() if seen_by.can(CONSOLE) else TicketField.objects.none()
    for word in text.split():
        found = found.filter(label_en__unaccent__icontains=word) | found.filter(
            label_fr__unaccent__icontains=word
        )
    return found if retired else found.filter(retired_on=None)


def get_ticket_field(field_id: int, *, seen_by: Actor) -> TicketField:
    """Return a field. Errors: NotFound, hidden and missing alike."""
    found = ticket_fields(seen_by=seen_by, retired=True).filter(pk=field_id).first()
    if found is None:
        raise NotFound
    return found


@cached(1)
def _all_fields() -> tuple[TicketField, ...]:
    return tuple(TicketField.objects.order_by("position", "id"))


def fields_of(ticket: Ticket) -> list[TicketField]:
    """Return the fields of a ticket's kind in their order; archived ones where it has a value."""
    return [
        field
        for field in _all_fields()
        if (field.retired_on is None and ticket.kind in (field.ticket_kinds or [ticket.kind]))
        or field.name in ticket.field_values
    ]


def asked_at_ending(ticket: Ticket) -> list[TicketField]:
    """Return the fields that are asked when the ticket is resolved."""
    ending = TicketField.Asked.ENDING
    return [one for one in fields_of(ticket) if one.asked == ending and one.retired_on is None]


def values_of(ticket: Ticket) -> list[Answer]:
    """Return the values that the ticket has, in the reader's language."""
    return readable_answers(form_of(fields_of(ticket)), ticket.field_values)


def values_for_requester(ticket: Ticket) -> list[Answer]:
    """Return the values that the requester may read, in the reader's language."""
    shown = [one for one in fields_of(ticket) if one.shown_to_requester]
    return readable_answers(form_of(shown), ticket.field_values)


def form_of(fields: Iterable[TicketField], *, required: bool = False) -> tuple[Field, ...]:
    """Return the fields as the request catalogue reads them, with `required` as they say it."""
    return tuple(
        Field(
            name=one.name, kind=one.kind, label_en=one.label_en, label_fr=one.label_fr,
            help_en=one.help_en, help_fr=one.help_fr, required=required and one.required,
            options=tuple(Option(**option) for option in one.options),
        )
        for one in fields
    )  # fmt: skip
