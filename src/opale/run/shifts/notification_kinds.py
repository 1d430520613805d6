"""What people are told about their shifts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.organisation.models import Team
from opale.run.shifts.models import Duty, SwapRequest

GROUP = pgettext_lazy("notifications", "Shifts")
PUBLISHED = Kind(
    name="shifts.published", label=_("Shifts are published for you"), group=GROUP,
    icon="calendar-event", pace=Pace.AT_ONCE,
    sentence=_("New shifts for you in the %(team)s roster: %(from_on)s – %(until_on)s"),
    bundled=_(
        "New shifts for you in the %(team)s roster, published %(count)s times, the last:"
        " %(from_on)s – %(until_on)s"
    ),
)  # fmt: skip
WITHDRAWN = Kind(
    name="shifts.withdrawn", label=_("Your shifts are unpublished"), group=GROUP,
    icon="calendar-event", pace=Pace.AT_ONCE,
    sentence=_(
        "Your shifts from %(from_on)s to %(until_on)s in the %(team)s roster were unpublished"
    ),
)  # fmt: skip
CHANGED = Kind(
    name="shifts.changed", label=_("Your shifts are changed by the planner"), group=GROUP,
    icon="calendar-event", pace=Pace.AT_ONCE,
    sentence=_("Your shifts in the %(team)s roster have changed: %(from_on)s – %(until_on)s"),
)  # fmt: skip
OFFERED = Kind(
    name="shifts.offered", label=_("A shift is offered to you"), group=GROUP,
    icon="arrows-exchange",
    sentence=_("%(name)s offers you a shift: %(team)s, %(starts_at)s – %(ends_at)s"),
    pace=Pace.AT_ONCE, push=True,
)  # fmt: skip
ACCEPTED = Kind(
    name="shifts.accepted", label=_("A shift has changed hands"), group=GROUP,
    icon="arrows-exchange", pace=Pace.AT_ONCE,
    sentence=_("%(taker)s takes the shift of %(name)s: %(team)s, %(starts_at)s – %(ends_at)s"),
)  # fmt: skip
REFUSED = Kind(
    name="shifts.refused", label=_("Your offer was refused"), group=GROUP, icon="arrows-exchange",
    sentence=_(
        "Your offer was refused, the shift stays yours: %(team)s, %(starts_at)s – %(ends_at)s"
    ),
    pace=Pace.AT_ONCE,
)  # fmt: skip
TAKEN_OVER = Kind(
    name="shifts.taken_over", label=_("A shift was taken over"), group=GROUP,
    icon="arrows-exchange", pace=Pace.AT_ONCE, push=True,
    sentence=_(
        "%(taker)s takes over the rest of the shift of %(name)s: %(team)s, %(starts_at)s –"
        " %(ends_at)s"
    ),
)  # fmt: skip
KINDS = (PUBLISHED, WITHDRAWN, CHANGED, OFFERED, ACCEPTED, REFUSED, TAKEN_OVER)
THINGS = {
    "shifts.roster": rows_of(Team),
    "shifts.offer": rows_of(SwapRequest),
    "shifts.duty": rows_of(Duty),
}
