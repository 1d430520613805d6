"""What owners of scheduled reports are told."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.scheduled_reports.models import ScheduledReport

GROUP = pgettext_lazy("notifications", "Scheduled reports")
REFUSED = Kind(
    name="scheduled_reports.refused", group=GROUP, icon="lock", pace=Pace.AT_ONCE,
    label=_("A recipient of your report has no access to it"),
    sentence=_("“%(report)s” was not sent to %(reader)s, who has no access to it"),
    bundled=_("“%(report)s” was not sent to %(count)s readers without access, the last %(reader)s"),
)  # fmt: skip
FAILED = Kind(
    name="scheduled_reports.failed", group=GROUP, icon="alert-triangle", pace=Pace.AT_ONCE,
    label=_("Your scheduled report could not be sent"),
    sentence=_("“%(report)s” could not be sent to %(reader)s"),
    bundled=_("“%(report)s” could not be sent %(count)s times, the last time to %(reader)s"),
)  # fmt: skip
KINDS = (REFUSED, FAILED)
THINGS = {"scheduled_reports.report": rows_of(ScheduledReport)}
