"""Tags and attributes that outside tools write on alerts beside their events."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.run.events.actions.alert_changes import lock_alerts
from opale.run.events.actions.announcements import touch_alerts
from opale.run.events.domain.clean_events import without_nul
from opale.run.events.models import Alert, AlertsQuerySet

MAX_ATTRIBUTES_BYTES: Final = 65_536
"""For each alert."""


def annotate_alerts(
    alerts: AlertsQuerySet[Alert],
    *,
    tags: Sequence[str] = (),
    without: Sequence[str] = (),
    attributes: Mapping[str, Any] | None = None,
    by: Actor,
) -> list[int]:
    """Add tags, take some off, set attributes (null takes one off): they outlive the next event.

    Errors: NotFound, NotAllowed, Invalid(marks).
    """
    with attributed(by):
        held = lock_alerts(alerts, by=by)
        for alert in held:
            alert.marks = _marked(alert.marks or {}, tags, without, attributes or {})
            if len(msgspec.json.encode(alert.marks)) > MAX_ATTRIBUTES_BYTES:
                raise Invalid(marks=_("At most 64 KB of tags and attributes."))
        Alert.objects.bulk_update(held, ["marks"])
        touch_alerts([alert.pk for alert in held])
    return [alert.pk for alert in held]


def _marked(
    marks: Mapping[str, Any],
    tags: Sequence[str],
    without: Sequence[str],
    attributes: Mapping[str, Any],
) -> dict[str, Any]:
    gone = {*marks.get("without", ()), *without} - set(tags)
    kept = {*marks.get("tags", ()), *tags} - gone
    found = {
        "tags": sorted(kept),
        "without": sorted(gone),
        "attributes": {**marks.get("attributes", {}), **attributes},
    }
    marked: dict[str, Any] = without_nul(found)
    return marked
