"""What waits in the settings for whoever looks after Opale: failed mails and jobs, quarantine."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import ngettext

from opale.kernel.actor import Actor
from opale.organisation.rights import F
from opale.ui import navigation
from opale.ui.navigation import Area
from opale.ui.work_items import Source, Urgency, WorkItem

CARETAKERS: Final = frozenset({F.ADMINISTRATOR, F.TOOLS_ENGINEER})


def settings_to_look_at(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return each page of settings on which something failed or waits."""
    if actor.functions.isdisjoint(CARETAKERS):
        return
    for entry, count in navigation.counted_entries(actor, Area.SETTINGS):
        yield WorkItem(
            thing=f"settings:{entry.url_name}",
            kind=str(entry.group),
            icon=entry.icon,
            name=str(entry.label),
            url=entry.url(),
            urgency=Urgency.ANSWER,
            reason=ngettext("%(n)d waiting", "%(n)d waiting", count) % {"n": count},
        )


SOURCES = (Source("settings", "", settings_to_look_at),)
