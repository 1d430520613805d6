"""The installation's own fields of tickets, as a reference table."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.acts.declarations import Subject
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Flag, Words
from opale.reference_tables.declarations import ReferenceTable
from opale.run.desk.actions import ticket_fields as actions
from opale.run.desk.domain.catalogue.form_fields import in_language
from opale.run.desk.forms.ticket_fields import TicketFieldForm
from opale.run.desk.models import Kind, TicketField
from opale.run.desk.queries import ticket_fields as queries
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.run.desk.shapes.ticket_fields import TicketFieldOut


def _label(field: TicketField) -> str:
    return in_language(field.label_en, field.label_fr)


def _kinds(field: TicketField) -> str:
    known = dict(Kind.choices)
    named = [str(known[kind]) for kind in field.ticket_kinds if kind in known]
    return ", ".join(named) or _("Any ticket")


TICKET_FIELDS = ReferenceTable(
    listing=Listing(
        name="ticket-fields",
        title=gettext_lazy("Ticket fields"),
        right=CONSOLE,
        url_name="desk_ticket_fields",
        model=TicketField,
        rows=queries.ticket_fields,
        order=Order(("position", "id")),
        row_flags=lambda field: {"stale": field.retired_on is not None},
        empty=Empty(
            "forms", gettext_lazy("No field matches your filters"),
            gettext_lazy("No fields of your own yet"),
            gettext_lazy("Add what your tickets should say, such as a closing code."),
        ),
        columns=(
            Column(
                "label", gettext_lazy("Field"), _label, fixed=True, style="fill",
                link=lambda field: reverse("desk_ticket_field", args=[field.pk]),
            ),
            Column("name", gettext_lazy("Short name"), "name", order=True),
            Column("kind", pgettext_lazy("a field", "Kind"), "kind", order=True),
            Column("ticket_kinds", gettext_lazy("Kinds of ticket"), _kinds),
            Column("asked", gettext_lazy("Asked"), "asked", order=True),
            Column("required", gettext_lazy("Required"), "required", order=True),
            Column("position", gettext_lazy("Position"), "position", order=True, style="end"),
            Column("retired_on", gettext_lazy("Archived on"), "retired_on", shown=False),
        ),
        filters=(
            Words(label=gettext_lazy("Name of the field")),
            Flag("retired", gettext_lazy("Include archived fields"), argument="retired"),
        ),
    ),
    subject=Subject(
        name="ticket_field", model=TicketField, get=queries.get_ticket_field,
        rows=queries.ticket_fields, shape=TicketFieldOut,
        page="desk/ticket-fields/<int:field_id>/", endpoint="/desk/ticket-fields/{int:field_id}",
        home=lambda field: (reverse("desk_ticket_field", args=[field.pk]), _label(field)),
    ),
    form=TicketFieldForm,
    create=actions.create_ticket_field,
    change=actions.edit_ticket_field,
    right=ADMINISTER,
    new=gettext_lazy("New field"),
    made=gettext_lazy("Field created."),
    changed=gettext_lazy("Field saved."),
    creating={"optional": {"asked", "position"}},
)  # fmt: skip
