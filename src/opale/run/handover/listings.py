"""Handovers, and what the next shift watches, as lists."""

from collections.abc import Mapping
from typing import Literal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.endpoints.http import ActorRequest
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Parameter, Span, Words
from opale.run.handover.actions import watches
from opale.run.handover.actions.records import BOARD_TOPIC
from opale.run.handover.models import Handover, WatchItem
from opale.run.handover.queries import permissions, records
from opale.run.handover.rights import READ, WORK
from opale.run.handover.states import END_WATCH, HandoverState, WatchState
from opale.ui.components.badges import state
from opale.ui.components.times import moment, span

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
        "clipboard-list", _("No handover matches your filters"), _("No handovers yet"),
        _("A handover appears here 30 minutes before a shift of the service desk ends."),
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
        Column("leaving", _("Outgoing shift"), "leaving_lead__name", order=True, right=PEOPLE),
        Column("arriving", _("Incoming shift"), "arriving_lead__name", order=True, right=PEOPLE),
    ),
    filters=(
        Words(label=_("Search handovers")),
        Choice(
            "state", _("State"), HandoverState.choices, lookup="state",
            api_type=Literal["open", "signed"] | None,
        ),
    ),
)  # fmt: skip


def _watch_state(watch: WatchItem) -> object:
    tones = {WatchState.CALLED: "bad", WatchState.WATCHED: "active"}
    return state(watch.get_state_display(), tones.get(WatchState(watch.state), "closed"))


WATCHES = Listing(
    name="watches",
    title=_("Watch list"),
    right=READ,
    url_name="handover_watches",
    model=WatchItem,
    rows=permissions.list_watches,
    named=lambda watch: watch.text,
    order=Order(("until", "id")),
    orders={"view=over": Order(("-ended_at", "id"), nullable=frozenset({"ended_at"}))},
    topic=BOARD_TOPIC,
    template="handover/watches.html",
    new=New(_("New watch item"), "handover_watch_for", WORK, "w"),
    empty=Empty(
        "eye",
        _("No watch item matches your filters"),
        _("No watch items"),
        _(
            "For example: until 20:00, page storage if the delay exceeds 5 minutes. Watches appear"
            " here and in the handover."
        ),
    ),
    empties={"view=over": Empty("eye", "", _("No ended watch items"))},
    columns=(
        Column("text", _("What to watch"), "text", fixed=True, style="fill"),
        Column("state", _("State"), "state", cell=_watch_state),
        Column(
            "until", _("Until"), "until", order=True,
            cell=lambda watch: moment(watch.until, "full"),
        ),
        Column("item", _("Item"), "item__name", right="infrastructure.read"),
        Column(
            "longest", _("Alert longer than"), "longest",
            cell=lambda watch: span(watch.longest) if watch.longest else "",
        ),
        Column("calls", _("Team to page"), "calls__name", right=PEOPLE),
        Column("made_by", _("By"), "made_by__name", right=PEOPLE, shown=False),
        Column("ended", pgettext_lazy("watch", "Ended"), "ended_at", shown=False),
    ),
    filters=(
        Words(label=_("What to watch")),
        Choice(
            "view", _("Watch list"),
            (
                ("watched", pgettext_lazy("watch", "Active")),
                ("over", pgettext_lazy("watch", "Ended")),
            ),
            argument="view", api="", default="watched", tabs=True,
        ),
        Span("until", _("Until"), lookup="until", moment=True),
        Parameter(
            "state", argument="state", api_type=Literal["watched", "called", "over"] | None
        ),
    ),
    acts=(
        RowAct(
            "end", END_WATCH.label, WORK, icon="check",
            run=watches.end_watch,
        ),
    ),
    line_acts=("call_about_watch", "end_watch"),
)  # fmt: skip
