"""Active alerts and silences of one integration, as they are shown to its tool."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from opale.run.events.models import Alert, Silence
from opale.run.events.queries.silences import (
    ATTRIBUTE_COLUMNS,
    active_at,
    alert_attributes,
    silence_matcher,
)
from opale.run.events.states import FIRING_STATES

MAX_ALERTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An active alert, and every silence that mutes it now."""

    identity: str
    labels: Mapping[str, str]
    raw: Mapping[str, Any]
    source_url: str
    started_at: datetime
    last_received_at: datetime
    lasts_until: datetime | None
    silenced_by: tuple[UUID, ...]


def active_alerts_of_integration(integration_id: int, *, at: datetime) -> list[ActiveAlert]:
    """Return at most MAX_ALERTS, newest first, without those whose given end has passed."""
    muting = [
        (silence_matcher(one, ends_at=at), one.uuid)
        for one in Silence.objects.filter(active_at(at)).order_by("id")
    ]
    rows = Alert.objects.filter(
        Q(lasts_until=None) | Q(lasts_until__gt=at),
        integration=integration_id,
        state__in=FIRING_STATES,
    ).order_by("-id")
    own = (
        "identity",
        "raw",
        "source_url",
        "started_at",
        "last_received_at",
        "lasts_until",
    )
    found = []
    for row in rows.values_list(*own, *ATTRIBUTE_COLUMNS)[:MAX_ALERTS]:
        identity, raw, url, started_at, received_at, lasts_until, *about = row
        _pk, alert = alert_attributes(about)
        by = tuple(uuid for one, uuid in muting if one.mutes(alert))
        found.append(
            ActiveAlert(identity, alert.labels, raw, url, started_at, received_at, lasts_until, by)
        )
    return found


def silences_shown_to_tool(integration_id: int) -> list[Silence]:
    """Return the silences shown to a tool: its own, and people's that match by labels alone."""
    by_labels = Q(integration=None, item_ids=[], service_ids=[], site_ids=[], customer_ids=[])
    rows = Silence.objects.filter(Q(integration=integration_id) | by_labels)
    return list(rows.order_by("-id")[:MAX_ALERTS])
