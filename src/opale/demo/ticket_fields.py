"""A field of its own that the demo company adds to its incidents: the closing code."""

from typing import Final

from opale.run.desk.models import Kind, Ticket, TicketField
from opale.run.desk.states import TicketState

CODES: Final = (
    ("carrier", "Carrier fault", "Panne opérateur"),
    ("configuration", "Configuration corrected", "Configuration corrigée"),
    ("hardware", "Hardware replaced", "Matériel remplacé"),
    ("customer_site", "Cause on the customer's site", "Cause sur le site du client"),
    ("not_reproduced", "Not reproduced", "Non reproduit"),
)
"""Value, then its English and French label."""
ANSWERED: Final = 200
"""Newest ended incidents that say how they were closed."""


def create_ticket_fields() -> None:
    TicketField.objects.create(
        name="closing_code",
        kind=TicketField.FieldKind.CHOICE,
        label_en="Closing code",
        label_fr="Code de clôture",
        help_en="What the incident came down to, for the monthly review.",
        help_fr="Ce à quoi tenait l’incident, pour la revue mensuelle.",
        options=[{"value": value, "label_en": en, "label_fr": fr} for value, en, fr in CODES],
        ticket_kinds=[Kind.INCIDENT],
        asked=TicketField.Asked.ENDING,
    )
    ended = Ticket.objects.filter(
        kind=Kind.INCIDENT, state__in=(TicketState.RESOLVED, TicketState.CLOSED)
    )
    numbers = list(ended.order_by("-number").values_list("number", flat=True)[:ANSWERED])
    for place, (code, _en, _fr) in enumerate(CODES):
        of_code = Ticket.objects.filter(number__in=numbers[place :: len(CODES)])
        of_code.update(field_values={"closing_code": code})
