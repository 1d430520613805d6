"""Acts of heartbeats: create, change, pause and remove."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, create, place, remove
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.events.actions import heartbeats
from opale.run.events.forms.heartbeats import (
    HeartbeatChangesForm,
    HeartbeatForm,
    PostedHeartbeatForm,
)
from opale.run.events.models import Heartbeat
from opale.run.events.queries import heartbeats as queries
from opale.run.events.queries.alerts import get_integration
from opale.run.events.rights import ADMINISTER
from opale.run.events.shapes.heartbeats import HeartbeatOut

IN_SECONDS = {"every": "every_seconds", "grace": "grace_seconds"}


place_of_heartbeats = place("events_heartbeats", _("Heartbeats"))


def create_heartbeat(*, by: Actor, integration_id: int, **terms: Any) -> Heartbeat:
    """Create a heartbeat of an integration, which is expected from its first beat on."""
    if not by.can(ADMINISTER):
        raise NotAllowed
    of = get_integration(integration_id, seen_by=by)
    return heartbeats.create_heartbeat(of, by=by, **terms)


def toggle(heartbeat: Heartbeat, *, by: Actor, at: datetime) -> bool:
    """Expect a heartbeat no more for now, or again; return whether it is expected."""
    active = not heartbeat.active
    heartbeats.edit_heartbeat(heartbeat, active=active, by=by, at=at)
    return active


HEARTBEATS: Subject[Heartbeat] = Subject(
    name="heartbeats", page="alerts/heartbeats/", endpoint="/heartbeats", home=place_of_heartbeats
)
HEARTBEAT = Subject(
    name="heartbeat", model=Heartbeat, get=queries.get_heartbeat, rows=queries.heartbeats,
    shape=HeartbeatOut, page="alerts/heartbeats/<int:heartbeat_id>/",
    endpoint="/heartbeats/{int:heartbeat_id}", home=place_of_heartbeats,
)  # fmt: skip
ACTS = (
    create(
        HEARTBEATS, create_heartbeat, "create_heartbeat", ADMINISTER, PostedHeartbeatForm,
        made=HEARTBEAT, noun="", page=None, names=IN_SECONDS,
    ),
    change(
        HEARTBEAT, heartbeats.edit_heartbeat, "edit_heartbeat", ADMINISTER, HeartbeatForm,
        body=HeartbeatChangesForm, page="", names=IN_SECONDS, title="%(name)s", said=_("Saved."),
    ),
    button(
        HEARTBEAT, toggle, "toggle_heartbeat", ADMINISTER, noun=None, page="activity",
        label=lambda heartbeat: _("Pause") if heartbeat.active else _("Resume"), tone="ghost",
        undo="toggle_heartbeat",
        said=lambda _row, active: gettext("Heartbeat resumed.")
        if active
        else gettext("Heartbeat paused."),
    ),
    remove(
        HEARTBEAT, heartbeats.remove_heartbeat, "remove_heartbeat", ADMINISTER,
        page="removal", label=_("Delete"), tone="ghost", said=_("Heartbeat deleted."),
    ),
)  # fmt: skip
