"""The conditions of a policy in words."""

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from opale.customers.models import Stream
from opale.run.paging.plans import Conditions
from opale.run.paging.states import Trigger
from opale.run.paging.wording import SEVERITIES


def conditions_of(said: Conditions) -> list[str]:
    """One short sentence for each; none where the policy serves for everything."""
    found = []
    if said.triggers:
        found.append(", ".join(str(Trigger(one).label) for one in said.triggers))
    if said.min_severity:
        found.append(_("Alerts from: %(severity)s") % {"severity": SEVERITIES[said.min_severity]})
    if said.max_priority:
        found.append(_("Tickets up to P%(priority)s") % {"priority": said.max_priority})
    if said.streams:
        found.append(", ".join(str(Stream(one).label) for one in said.streams))
    if said.customer_ids:
        found.append(_("Some customers alone"))
    if said.team_ids:
        found.append(_("Work of some teams alone"))
    if said.weekdays:
        found.append(", ".join(str(WEEKDAYS_ABBR[day]) for day in said.weekdays))
    if said.since:
        found.append(_("From %(since)s to %(until)s") % {"since": said.since, "until": said.until})
    return found
