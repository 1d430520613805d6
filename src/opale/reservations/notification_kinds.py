"""What people are told about reservations."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.reservations.models import Reservation

GROUP = pgettext_lazy("notifications", "Reservations")
EXPIRING = Kind(
    name="reservations.expiring", label=_("A reservation of yours expires soon"), group=GROUP,
    icon="clock-hour-4", pace=Pace.AT_ONCE,
    sentence=_("The reservation “%(purpose)s” expires %(expires_at)s: confirm or extend it"),
)  # fmt: skip
EXPIRED = Kind(
    name="reservations.expired", label=_("A reservation of yours has expired"), group=GROUP,
    icon="clock-off", pace=Pace.AT_ONCE,
    sentence=_("The reservation “%(purpose)s” has expired: nothing is held any more"),
)  # fmt: skip
KINDS = (EXPIRING, EXPIRED)
THINGS = {"reservations.reservation": rows_of(Reservation)}
