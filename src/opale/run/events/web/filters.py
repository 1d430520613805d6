"""Filters of the board: always in the address, so that a URL is a place."""

from collections.abc import Mapping
from typing import Final

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opale.kernel.actor import Actor
from opale.run.events.queries import alerts
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.states import AlertState, Severity
from opale.ui.components.lists import Chip, Tab

S = AlertState
VIEWS: Final[Mapping[str, tuple[str | Promise, tuple[AlertState, ...]]]] = {
    "standing": (pgettext_lazy("alerts", "Active"), (S.OPEN, S.ACKNOWLEDGED)),
    "open": (gettext_lazy("Unacknowledged"), (S.OPEN,)),
    "acknowledged": (pgettext_lazy("alerts", "Acknowledged"), (S.ACKNOWLEDGED,)),
    "shelved": (pgettext_lazy("alerts", "Snoozed"), (S.SHELVED,)),
    "muted": (pgettext_lazy("alerts", "Muted"), (S.OPEN, S.ACKNOWLEDGED)),
    "cleared": (pgettext_lazy("alerts", "Cleared"), (S.CLEARED,)),
    "closed": (pgettext_lazy("alerts", "Closed"), (S.CLOSED,)),
}
MUTED: Final[Mapping[str, bool]] = {"standing": False, "open": False, "muted": True}
"""Whether a view shows muted alerts or the others; both, where it is not listed."""

QUIET: Final = ("muted", "shelved")
"""Views of bad alerts that call for nobody."""


def filters_of(query: QueryDict, actor: Actor) -> AlertFilters:
    """Return the filters in the address; invalid ones are left out."""
    view = query.get("view", "") if query.get("view", "") in VIEWS else "standing"
    _label, states = VIEWS[view]
    severity = query.get("severity", "").upper()
    return AlertFilters(
        states=states,
        minimum_severity=Severity[severity] if severity in Severity.names else 0,
        integration_id=number_in(query, "integration"),
        item_id=number_in(query, "item"),
        service_id=number_in(query, "service"),
        customer_id=number_in(query, "customer"),
        muted=MUTED.get(view),
        text=query.get("q", "")[:200],
        owner_id=actor.person_id if query.get("owner") == "me" else None,
        flapping=query.get("flapping") == "yes",
    )


def tabs_of(query: QueryDict, actor: Actor) -> list[Tab]:
    here = query.get("view", "") if query.get("view", "") in VIEWS else "standing"
    return [
        Tab(label, changed(query, view=view), view == here, None)
        for view, (label, _states) in VIEWS.items()
    ]


def quiet_views(query: QueryDict, actor: Actor) -> list[Tab]:
    """Return the views of quiet alerts that match, for when no active alert does."""
    if query.get("view", "") in set(VIEWS) - {"standing", "open"}:
        return []
    found = []
    for view in QUIET:
        there = query.copy()
        there["view"] = view
        if alerts.alerts(filters_of(there, actor), seen_by=actor).order_by().exists():
            found.append(Tab(VIEWS[view][0], changed(query, view=view)))
    return found


def severities_of(query: QueryDict, actor: Actor) -> list[Chip]:
    """Return the active alerts by severity: a press narrows the board to it and worse."""
    chosen = query.get("severity", "")
    return [
        Chip(
            _("%(severity)s: %(count)s") % {"severity": severity.label, "count": grouped(count)},
            changed(query, severity="" if chosen == name else name),
            chosen == name,
            False,
        )
        for severity, count in alerts.count_by_severity(actor).items()
        for name in (severity.name.lower(),)
    ]


def chips_of(query: QueryDict, actor: Actor) -> list[Chip]:
    """Return the filters for the reader's own alerts, flapping ones, and integrations."""
    mine, flapping = query.get("owner", "") == "me", query.get("flapping", "") == "yes"
    own = Chip(pgettext("alerts", "Mine"), changed(query, owner="" if mine else "me"), mine, False)
    unsteady = Chip(
        _("Flapping"), changed(query, flapping="" if flapping else "yes"), flapping, False
    )
    chosen = query.get("integration", "")
    found = [
        Chip(
            one.name,
            changed(query, integration="" if chosen == str(one.pk) else str(one.pk)),
            chosen == str(one.pk),
            False,
        )
        for one in alerts.integrations_with_active_alerts(seen_by=actor)[:10]
    ]
    narrowing = [own, unsteady] if actor.person_id else [unsteady]
    return narrowing + (found if len(found) > 1 else [])


def grouped(number: int) -> str:
    """Return a large number in groups of three figures."""
    return number_format(number, force_grouping=True)


def changed(query: QueryDict, **changes: str) -> str:
    """Return the address with these changes, at the first page."""
    kept = query.copy()
    for name in ("before", "after", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value:
            kept[name] = value
    return f"?{kept.urlencode()}"


def number_in(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
