"""The list of handovers."""

from collections.abc import Mapping
from typing import Literal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from opale.endpoints.http import ActorRequest
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Words
from opale.run.handover.actions.records import BOARD_TOPIC
from opale.run.handover.models import Handover
from opale.run.handover.queries import records
from opale.run.handover.rights import READ
from opale.run.handover.states import HandoverState
from opale.ui.components.badges import state

PEOPLE = "organisation.read"


def to_take_back(request: ActorRequest) -> Mapping[str, object]:
    return {"back": records.count_to_take_back(seen_by=request.actor)}


def _ended(held: Handover) -> str:
    return date_format(localtime(held.ends_at), "SHORT_DATETIME_FORMAT")


HANDOVERS = Listing(
    name="handovers",
    title=_("Handovers"),
    right=READ,
    url_name="handover_list",
    model=Handover,
    rows=records.handovers,
    order=Order(("-ends_at", "-id")),
    topic=BOARD_TOPIC,
    buttons="handover/_buttons.html",
    above="handover/_take_back.html",
    figures=to_take_back,
    empty=Empty(
        "clipboard-list", _("No record holds these words"), _("No handover yet"),
        _("Half an hour before a shift of the desk ends, its record stands here."),
    ),
    columns=(
        Column(
            "ends_at", _("Handover"), "ends_at", cell=_ended, order=True, fixed=True, style="fill",
            link=lambda held: reverse("handover_show", args=[held.pk]),
        ),
        Column("kind", _("Kind"), "kind"),
        Column(
            "state", _("State"), "state",
            cell=lambda held: state(held.get_state_display(), "active" if held.is_open else "done"),
        ),
        Column("leaving", _("Leaving"), "leaving_lead__name", order=True, right=PEOPLE),
        Column("arriving", _("Arriving"), "arriving_lead__name", order=True, right=PEOPLE),
    ),
    filters=(
        Words(label=_("Search the records")),
        Choice(
            "state", _("State"), HandoverState.choices, lookup="state",
            api_type=Literal["open", "signed"] | None,
        ),
    ),
)  # fmt: skip
