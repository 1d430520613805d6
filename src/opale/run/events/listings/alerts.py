"""All alerts as a table, standing and past, beside the board."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.infrastructure.queries.items import plain_items
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Listing
from opale.listings.filters import Choice, Flag, Pick, Words, mine
from opale.organisation.queries.people import people
from opale.run.events.acts.marked_alerts import MARKED_ACTS
from opale.run.events.listings.sources import integration_filter
from opale.run.events.models import Alert, Silence
from opale.run.events.ports.marked_acts import OFFERED
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.alerts import ACTIVE_STATES, AlertFilters
from opale.run.events.rights import READ
from opale.run.events.shapes.alerts import StateName
from opale.run.events.states import AlertState, Severity, SeverityName
from opale.ui.components.badges import severity, state

TONES = {
    AlertState.OPEN: "bad",
    AlertState.ACKNOWLEDGED: "active",
    AlertState.SHELVED: "waiting",
    AlertState.CLEARED: "done",
    AlertState.CLOSED: "closed",
}
STANDING = ("standing", pgettext_lazy("alerts", "Active"))


def _rows(*, seen_by: Actor, **said: Any) -> QuerySet[Alert]:
    return alert_queries.alerts(AlertFilters(**said), seen_by=seen_by)


def _silences(actor: Actor) -> QuerySet[Silence]:
    return Silence.objects.all() if actor.can(READ) else Silence.objects.none()


# The table of alerts is sorted by their arrival alone: no index of all of them sorts otherwise.
ALERTS = Listing(
    name="alerts",
    title=gettext_lazy("All alerts"),
    right=READ,
    url_name="events_alerts",
    model=Alert,
    rows=_rows,
    order=Order(("-id",)),
    topic="events.board",
    template="events/list.html",
    empty=Empty(
        "bell",
        gettext_lazy("No alert matches your filters"),
        gettext_lazy("There are no alerts in this view."),
    ),
    columns=(
        Column(
            "severity", gettext_lazy("Severity"), "severity",
            cell=lambda alert: severity(alert.severity_code),
            group=Group("severity", linked=False),
        ),
        Column(
            "alert", gettext_lazy("Alert"), "title", fixed=True, style="fill",
            link=lambda alert: reverse("events_alert", args=[alert.pk]),
        ),
        Column(
            "state", gettext_lazy("State"), "state",
            cell=lambda alert: state(alert.get_state_display(), TONES[AlertState(alert.state)]),
            group=Group("state"),
        ),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", right="customers.read",
            group=Group("customer"),
        ),
        Column(
            "item", gettext_lazy("Item"), "item__name", right="infrastructure.read",
            group=Group("item"),
        ),
        Column(
            "integration", gettext_lazy("Integration"), "integration__name", shown=False,
            group=Group("integration"),
        ),
        Column("owner", pgettext_lazy("alert", "Owner"), "owner__name"),
        Column("started", gettext_lazy("Started"), "started_at"),
        Column("received", gettext_lazy("Received"), "first_received_at", order="id"),
        Column("last_received", gettext_lazy("Last received"), "last_received_at", shown=False),
        Column("cleared", pgettext_lazy("alerts", "Cleared"), "cleared_at", shown=False),
        Column("closed", pgettext_lazy("alerts", "Closed"), "closed_at", shown=False),
        Column("count", gettext_lazy("Occurrences"), "count", style="end", shown=False),
        Column(
            "service", gettext_lazy("Service"), "service__name", right="customers.read",
            shown=False,
        ),
        Column("team", gettext_lazy("Team"), "team__name", shown=False),
        Column("muted", pgettext_lazy("alerts", "Muted"), "is_muted", shown=False),
        Column(
            "flapping", gettext_lazy("Flapping"), lambda alert: alert.flapping_since is not None,
            shown=False,
        ),
        Column("identity", gettext_lazy("Identity"), "identity", style="wrap", shown=False),
        Column(
            "labels", gettext_lazy("Labels"),
            lambda alert: [f"{name}={value}" for name, value in sorted(alert.labels.items())],
            style="wrap", shown=False,
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Title, label or identity")),
        Choice(
            "state", gettext_lazy("State"), (STANDING, *AlertState.choices), argument="states",
            turn=lambda value: ACTIVE_STATES if value == STANDING[0] else (value,),
            api_type=StateName | None,
        ),
        mine("owner_id", pgettext_lazy("alerts", "Mine")),
        Flag("flapping", gettext_lazy("Flapping"), argument="flapping"),
        Choice(
            "severity", gettext_lazy("At least"),
            [(one.name.lower(), one.label) for one in reversed(Severity) if one > Severity.CLEAR],
            more=[(Severity.CLEAR.name.lower(), Severity.CLEAR.label)],
            argument="minimum_severity", turn=lambda name: Severity[name.upper()], menu=True,
            api="minimum_severity", api_type=SeverityName | None,
        ),
        Choice(
            "muted", pgettext_lazy("alerts", "Muted"),
            (("yes", pgettext_lazy("alerts", "Muted")), ("no", gettext_lazy("Not muted"))),
            argument="muted", turn=lambda value: value in ("yes", "True"), menu=True,
            api_type=bool | None,
        ),
        integration_filter(),
        customer_filter(argument="customer_id"),
        Pick(
            "item", gettext_lazy("Item"), argument="item_id", api="item_id",
            picker="infrastructure_pick_item", right="infrastructure.read",
            rows=lambda actor: plain_items(seen_by=actor),
        ),
        Pick(
            "owner", pgettext_lazy("alert", "Owner"), argument="owner_id", api="owner_id",
            picker="organisation_people_pick", rows=lambda actor: people(seen_by=actor, left=True),
        ),
        Pick(
            "silence", gettext_lazy("Silence"), argument="silence_id", api="silence_id",
            rows=_silences,
        ),
    ),
    acts=MARKED_ACTS,
    further_acts=OFFERED,
)  # fmt: skip
