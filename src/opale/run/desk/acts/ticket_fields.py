"""Act on the values of a ticket's own fields."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import form
from opale.run.desk.actions import ticket_fields
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.forms.ticket_fields import TicketValuesForm
from opale.run.desk.rights import WORK

ACTS = (
    form(
        TICKET, ticket_fields.set_ticket_fields, "set_ticket_fields", WORK, TicketValuesForm,
        noun="fields", verb="PUT", initial=lambda ticket, _by: {"values": ticket.field_values},
        title=_("Edit fields"), submit=_("Save"), said=_("Fields saved."),
        region=lambda ticket: reverse("desk_ticket_side", args=[ticket.number]),
        text="Write the given values of the installation's own fields; null removes one.",
    ),
)  # fmt: skip
