"""What people are told of automations."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.run.automations.models import Automation, RecurringTicket

GROUP = pgettext_lazy("notifications", "Automations")
STOPPED = Kind(
    name="automations.stopped", label=_("Automation disabled by Opale"), group=GROUP,
    icon="player-stop", pace=Pace.AT_ONCE,
    sentence=_("Automation “%(name)s” was disabled: %(reason)s"),
)  # fmt: skip
RECURRING_STOPPED = Kind(
    name="automations.recurring_stopped", label=_("Recurring ticket disabled by Opale"),
    group=GROUP, icon="player-stop", pace=Pace.AT_ONCE,
    sentence=_("Recurring ticket “%(name)s” was disabled: %(reason)s"),
)  # fmt: skip
KINDS = (STOPPED, RECURRING_STOPPED)
THINGS = {
    "automations.automation": rows_of(Automation),
    "automations.recurringticket": rows_of(RecurringTicket),
}
