"""What people are told about handovers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.run.handover.models import Handover

GROUP = pgettext_lazy("notifications", "Handovers")
PROPOSED = Kind(
    name="handover.proposed", label=_("Tickets are proposed to you in a handover"), group=GROUP,
    icon="arrows-exchange", pace=Pace.INBOX,
    sentence=_("Handover of %(ends_at)s: tickets proposed to you: %(tickets)s"),
)  # fmt: skip
ACCEPTED = Kind(
    name="handover.accepted", label=_("Your tickets are accepted in a handover"), group=GROUP,
    icon="circle-check", pace=Pace.INBOX,
    sentence=_("Handover of %(ends_at)s: %(taker)s accepted %(tickets)s"),
    bundled=_("Handover of %(ends_at)s: your tickets are accepted, the last by %(taker)s"),
)  # fmt: skip
REFUSED = Kind(
    name="handover.refused", label=_("A ticket is refused in a handover"), group=GROUP,
    icon="arrows-exchange", pace=Pace.AT_ONCE,
    sentence=_("Handover of %(ends_at)s: %(person)s refused %(ticket)s"),
)  # fmt: skip
SIGNED = Kind(
    name="handover.signed", label=_("A handover is signed"), group=GROUP, icon="writing",
    pace=Pace.INBOX, sentence=_("%(person)s signed the handover of %(ends_at)s"),
)  # fmt: skip
KINDS = (PROPOSED, ACCEPTED, REFUSED, SIGNED)
THINGS = {"handover.record": rows_of(Handover)}
