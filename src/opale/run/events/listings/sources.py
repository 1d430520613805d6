"""Integrations and heartbeats as lists."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New
from opale.listings.filters import Choice, Words
from opale.run.events.domain.durations import format_duration
from opale.run.events.models import Heartbeat, Integration
from opale.run.events.ports.tools import all_tools, get_tool
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries import heartbeats as heartbeat_queries
from opale.run.events.rights import ADMINISTER, READ
from opale.run.events.states import HeartbeatState, Severity
from opale.ui.components.badges import severity, state
from opale.ui.components.times import moment

TONES: Mapping[HeartbeatState, str] = {
    HeartbeatState.WELL: "done",
    HeartbeatState.LATE: "waiting",
    HeartbeatState.MISSING: "bad",
    HeartbeatState.EXPECTED: "new",
    HeartbeatState.PAUSED: "closed",
}
ACTIVITIES = (("yes", gettext_lazy("Enabled")), ("no", gettext_lazy("Disabled")))


def _tool(integration: Integration) -> str:
    tool = get_tool(integration.format)
    return str(tool.name) if tool else integration.format


def _tools(_actor: Actor) -> Iterable[tuple[Any, str | Promise]]:
    return sorted((slug, tool.name) for slug, tool in all_tools().items())


def _state_of(integration: Any) -> object:
    """Return the state of an integration, with when it last received."""
    if integration.active and integration.last_received_at is None:
        return state(_("Nothing received yet"), "new")
    if integration.active:
        return state(_("Enabled"), "active")
    return state(_("Disabled"), "closed")


def _pulse(heartbeat: Heartbeat) -> object:
    pulse = heartbeat.pulse(now())
    return state(str(pulse.label), TONES[pulse])


def _last(at: Any) -> object:
    return moment(at) if at else _("never")


def _of_integration(heartbeat: Heartbeat) -> object:
    url = reverse("events_integration", args=[heartbeat.integration_id])
    return format_html('<a href="{}">{}</a>', url, heartbeat.integration.name)


def integration_filter() -> Choice:
    """Return the filter of a list by an integration, in a menu."""
    return Choice(
        "integration", gettext_lazy("Integration"), _integrations, argument="integration_id",
        turn=int, menu=True, api="integration_id", api_type=int | None,
    )  # fmt: skip


def _integrations(actor: Actor) -> Iterable[tuple[Any, str | Promise]]:
    return alert_queries.integrations(seen_by=actor).values_list("pk", "name")


INTEGRATIONS = Listing(
    name="integrations",
    title=gettext_lazy("Integrations"),
    right=READ,
    url_name="events_integrations",
    model=Integration,
    rows=alert_queries.integrations,
    order=Order(("name", "id")),
    topic="events.integrations",
    template="events/list.html",
    new=New(gettext_lazy("New integration"), "events_integration_new", ADMINISTER),
    empty=Empty(
        "plug",
        gettext_lazy("No integration matches your filters"),
        gettext_lazy("No integrations yet"),
        gettext_lazy("An integration gives a monitoring tool a URL to post events to."),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=lambda one: reverse("events_integration", args=[one.pk]),
        ),
        Column("tool", gettext_lazy("Tool"), _tool, order="format"),
        Column(
            "last_received", gettext_lazy("Last received"), "last_received_at",
            cell=lambda one: _last(one.last_received_at), order=True, nullable=True,
        ),
        Column(
            "unreadable", gettext_lazy("Unreadable"), "unreadable_count", order=True, style="end"
        ),
        Column("state", gettext_lazy("State"), "active", cell=_state_of, order=True),
        Column("created", gettext_lazy("Created"), "created_at", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice("state", gettext_lazy("State"), ACTIVITIES, lookup="active", turn="yes".__eq__),
        Choice("tool", gettext_lazy("Tool"), _tools, lookup="format", menu=True),
    ),
)  # fmt: skip

HEARTBEATS = Listing(
    name="heartbeats",
    title=gettext_lazy("Heartbeats"),
    right=READ,
    url_name="events_heartbeats",
    model=Heartbeat,
    rows=heartbeat_queries.heartbeats,
    order=Order(
        ("-active", "missing_since", "due_at", "name", "id"),  # those that are missing, then due
        nullable=frozenset({"missing_since", "due_at"}),
    ),
    topic="events.heartbeats",
    template="events/list.html",
    new=New(gettext_lazy("New heartbeat"), "events_heartbeat_new", ADMINISTER),
    empty=Empty(
        "heartbeat",
        gettext_lazy("No heartbeat matches your filters"),
        gettext_lazy("No heartbeats yet"),
        gettext_lazy(
            "A backup or cron job calls a URL when it is done. If it does not, an alert is"
            " raised. A heartbeat is created by its first call, or here."
        ),
    ),
    line_acts=("toggle_heartbeat", "remove_heartbeat"),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=lambda one: reverse("events_edit_heartbeat", args=[one.pk]),
            link_right=ADMINISTER,
        ),
        Column(
            "state", gettext_lazy("State"), lambda one: str(one.pulse(now()).label), cell=_pulse
        ),
        Column(
            "last_beat", gettext_lazy("Last beat"), "last_beat_at",
            cell=lambda one: _last(one.last_beat_at), order=True,
        ),
        Column(
            "every", gettext_lazy("Expected every"), lambda one: format_duration(one.every),
            order="every",
        ),
        Column(
            "grace", gettext_lazy("Grace"), lambda one: format_duration(one.grace), order="grace"
        ),
        Column(
            "integration", gettext_lazy("Integration"), "integration__name", cell=_of_integration,
            order=True,
        ),
        Column("due", gettext_lazy("Due"), "due_at", order=True, shown=False),
        Column(
            "missing", gettext_lazy("Missing since"), "missing_since", order=True, shown=False
        ),
        Column(
            "severity", gettext_lazy("Severity"), "severity", order=True, shown=False,
            cell=lambda one: severity(Severity(one.severity).name.lower()),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice(
            "state", gettext_lazy("State"), HeartbeatState, argument="state", turn=HeartbeatState
        ),
        integration_filter(),
    ),
)  # fmt: skip
