"""Acts on a ticket's tags, watchers, external references and confidentiality."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, remove
from opale.kernel.actor import Actor
from opale.run.desk.actions import ticket_metadata
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.ticket_metadata import (
    ConfidentialForm,
    FollowForm,
    ReferenceForm,
    TagsForm,
    WatcherForm,
)
from opale.run.desk.models import ExternalReference, Ticket, Watcher
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.ticket_metadata import ReferenceOut, WatcherOut


def get_watcher(watcher_id: int, *, seen_by: Actor, ticket: Ticket) -> Watcher:
    return ticket_metadata_queries.get_watcher(ticket, watcher_id)


def get_reference(reference_id: int, *, seen_by: Actor, ticket: Ticket) -> ExternalReference:
    return ticket_metadata_queries.get_reference(ticket, reference_id)


def region_of_marks(row: Any) -> str:
    """Return the address of the region with a ticket's tags, watchers and references."""
    ticket = row if isinstance(row, Ticket) else row.ticket
    return reverse("desk_marks", args=[ticket.number])


WATCHER = Subject(
    name="watcher", model=Watcher, get=get_watcher, within=TICKET,
    page="watchers/<int:watcher_id>/", endpoint="/tickets/{int:number}/watchers/{int:watcher_id}",
    home=lambda row: place_of(row.ticket),
)  # fmt: skip
REFERENCE = Subject(
    name="reference", model=ExternalReference, get=get_reference, within=TICKET,
    page="references/<int:reference_id>/",
    endpoint="/tickets/{int:number}/references/{int:reference_id}",
    home=lambda row: place_of(row.ticket),
)  # fmt: skip

ACTS = (
    button(
        TICKET, ticket_metadata.set_tags, "set_tags", WORK, noun="tags", verb="PUT", of=TagsForm,
        region=region_of_marks, said=_("Tags saved."),
    ),
    button(
        TICKET, ticket_metadata.set_confidential, "set_confidential", WORK, noun="confidentiality",
        verb="PUT", of=ConfidentialForm, region=region_of_marks,
        said=lambda _ticket, changed: gettext(
            "Ticket marked confidential: only the people involved can see it."
        )
        if changed.confidential
        else gettext("Ticket visible to all colleagues again."),
    ),
    button(
        TICKET, ticket_metadata.add_watcher, "watch_ticket", WORK, noun="watchers", of=FollowForm,
        body=WatcherForm, made=WatcherOut, region=region_of_marks,
        said=_("Watcher added."),
        text="Let a colleague follow the ticket, or a contact of its customer get what is written.",
    ),
    remove(
        WATCHER, ticket_metadata.remove_watcher, "unwatch_ticket", WORK, page="removal",
        label=_("Remove"), region=region_of_marks,
        said=_("Watcher removed."),
    ),
    button(
        TICKET, ticket_metadata.add_reference, "add_reference", WORK, noun="references",
        of=ReferenceForm, names={"reference": "number"}, made=ReferenceOut,
        region=region_of_marks, said=_("Reference added: the ticket can be found by it."),
    ),
    remove(
        REFERENCE, ticket_metadata.remove_reference, "remove_reference", WORK, page="removal",
        label=_("Remove"), region=region_of_marks, said=_("Reference removed."),
    ),
)  # fmt: skip
