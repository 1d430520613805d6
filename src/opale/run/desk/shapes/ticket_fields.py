"""Shapes of the installation's own fields of tickets."""

from datetime import date

from ninja import Schema

from opale.run.desk.actions.ticket_fields import FieldOption


class TicketFieldOut(Schema):
    """A field that the installation adds to its tickets. No `ticket_kinds` are all kinds."""

    id: int
    name: str
    kind: str
    label_en: str
    label_fr: str
    help_en: str
    help_fr: str
    options: list[FieldOption]
    ticket_kinds: list[str]
    asked: str
    required: bool
    shown_to_requester: bool
    position: int
    retired_on: date | None
