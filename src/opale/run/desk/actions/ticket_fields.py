"""The installation's own fields of tickets, and their values on a ticket.

Source: docs/rules/ticket-fields.md.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypedDict, Unpack

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.domain.catalogue.form_fields import NAME, in_language
from opale.run.desk.domain.catalogue.validation import PickedRow, check_answers
from opale.run.desk.models import Kind, Ticket, TicketField
from opale.run.desk.queries.ticket_fields import asked_at_ending, fields_of, form_of
from opale.run.desk.rights import ADMINISTER

TICKET_FIELDS: Final = "desk.ticket_fields"
"""The live topic of the list."""
MOST: Final = 40
OPTION: Final = re.compile(r"[a-z0-9_]{1,40}")


class FieldOption(TypedDict):
    value: str
    label_en: str
    label_fr: str


class TicketFieldFields(TypedDict, total=False):
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


def create_ticket_field(*, by: Actor, **fields: Unpack[TicketFieldFields]) -> TicketField:
    """Create a field of tickets. Errors: NotAllowed, Invalid."""
    require_everywhere(by, ADMINISTER)
    row = TicketField(**fields)
    _refuse_faults(row)
    if TicketField.objects.filter(retired_on=None).count() >= MOST:
        raise Invalid(_("Tickets have %(most)s fields of your own at most.") % {"most": MOST})
    with attributed(by), translate_violations(desk_ticketfield_name_key=_name_taken()):
        row.save(force_insert=True)
        live_topics.publish(TICKET_FIELDS)
    return row


def edit_ticket_field(
    field: TicketField, *, by: Actor, **fields: Unpack[TicketFieldFields]
) -> None:
    """Change a field. Its name and kind stay: tickets keep values under them.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        row = lock_row(TicketField.objects.filter(pk=field.pk), by, ADMINISTER)
        kept = {"name": row.name, "kind": row.kind}
        if wrong := {name for name, value in kept.items() if fields.get(name, value) != value}:
            sentence = _("Tickets keep values of this field: archive it, and create another.")
            raise Invalid("", **dict.fromkeys(wrong, sentence))
        _refuse_faults(TicketField(**_values(row) | fields))
        if update_changed(row, dict(fields)):
            live_topics.publish(TICKET_FIELDS)


def set_ticket_fields(ticket: Ticket, values: Mapping[str, Any], *, by: Actor) -> Ticket:
    """Write the given values of the installation's own fields; None or "" removes one.

    Errors: NotFound, NotAllowed, Invalid (with one sentence for each field).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        kept = checked_values(held, values)
        if kept != held.field_values:
            change_ticket(held, field_values=kept)
    return held


def checked_values(ticket: Ticket, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the ticket keeps once these values are written.

    Errors: Invalid, with one sentence for each field.
    """
    checked = check_answers(form_of(fields_of(ticket)), values, now=clock.now(), pick=_no_row)
    if checked.errors:
        raise Invalid("", **checked.errors)
    others = {name: said for name, said in ticket.field_values.items() if name not in values}
    return others | checked.values


def refuse_missing_fields(ticket: Ticket) -> None:
    """Refuse to resolve a ticket without the fields that are required then. Errors: Invalid."""
    missing = [
        in_language(one.label_en, one.label_fr)
        for one in asked_at_ending(ticket)
        if one.required and one.name not in ticket.field_values
    ]
    if missing:
        raise Invalid(
            _("Fill in before resolving, under Fields: %(names)s.") % {"names": ", ".join(missing)}
        )


def _no_row(_field: object, _said: object) -> PickedRow:
    raise ValueError(_("Fields of tickets name no rows."))


def _values(row: TicketField) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _name_taken() -> Invalid:
    return Invalid("", name=_("Another field already has this name."))


def _refuse_faults(row: TicketField) -> None:
    wrong: dict[str, str] = {}
    if not NAME.fullmatch(row.name):
        wrong["name"] = _("Use lower-case letters, digits and _, beginning with a letter.")
    if row.kind not in TicketField.FieldKind.values:
        wrong["kind"] = _("Unknown field type.")
    for name in ("label_en", "label_fr"):
        if not getattr(row, name).strip():
            wrong[name] = _("A label is required in both languages.")
    if fault := _fault_of_options(row):
        wrong["options"] = fault
    if set(row.ticket_kinds) - set(Kind.values):
        wrong["ticket_kinds"] = _("Unknown kind of ticket.")
    if row.required and row.asked != TicketField.Asked.ENDING:
        wrong["required"] = _("Only a field asked when resolving can be required.")
    if wrong:
        raise Invalid("", **wrong)


def _fault_of_options(row: TicketField) -> str:
    if row.kind != TicketField.FieldKind.CHOICE:
        return _("Only a choice has options.") if row.options else ""
    values = [one["value"] for one in row.options]
    if len(values) < 2:
        return _("A choice needs at least two options.")
    if len(set(values)) < len(values):
        return _("Two options have the same value.")
    if not all(OPTION.fullmatch(value) for value in values):
        return _("Values of options are lower-case letters, digits and _.")
    return ""
