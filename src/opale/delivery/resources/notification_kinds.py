"""What people are told about resource requests."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.resources.models import ResourceRequest
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of

GROUP = pgettext_lazy("notifications", "Resource requests")
REQUESTED = Kind(
    name="resources.requested", label=_("A request arrives for your team"), group=GROUP,
    icon="user-search", pace=Pace.AT_ONCE,
    sentence=_("%(hours)s hours requested from %(team)s: %(purpose)s (answer due %(answer_at)s)"),
)  # fmt: skip
ANSWERED = Kind(
    name="resources.answered", label=_("Your request is answered"), group=GROUP,
    icon="message-reply", pace=Pace.AT_ONCE,
    sentence=_("%(team)s has answered your request “%(purpose)s”"),
)  # fmt: skip
STAFFED = Kind(
    name="resources.staffed", label=_("Your hours are reserved"), group=GROUP,
    icon="calendar-check", pace=Pace.AT_ONCE,
    sentence=_("You are reserved for %(purpose)s, from %(first_on)s to %(last_on)s"),
)  # fmt: skip
KINDS = (REQUESTED, ANSWERED, STAFFED)
THINGS = {"resources.request": rows_of(ResourceRequest)}
