"""A notification of whoever asks, as the routes name it."""

from collections.abc import Mapping
from datetime import time

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.notifications.actions.choices import choose_kind, set_times
from opale.notifications.domain.kinds import Pace, all_kinds
from opale.notifications.models import Notification


def subjects(house: Personas) -> Mapping[str, object]:
    kind = all_kinds()[0]
    made = {
        name: Notification.objects.create(
            person=house.people[name],
            kind=kind.name,
            thing="customer:1",
            url="/customers/",
            values={"purpose": "VPN of three sites"},
            by_name=MAKER.name,
            made_at=now(),
        )
        for name in ("desk_agent", "administrator")
    }
    by = house.actor("desk_agent")
    choose_kind(kind.name, pace=Pace.DIGEST, by=by)
    set_times(digest_at=time(8), quiet_since=time(20), quiet_until=time(7), by=by)
    return {"notification_id": made["desk_agent"].pk, "notification_kind": kind.name}
