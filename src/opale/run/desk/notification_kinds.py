"""What people are told about tickets and escalations."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of
from opale.run.desk.models import Assignment, Ticket
from opale.run.desk.queries.note_readers import visible_notes

TICKETS = pgettext_lazy("notifications", "Tickets")
ESCALATIONS = pgettext_lazy("notifications", "Escalations")
ASSIGNED = Kind(
    name="desk.assigned", label=_("Somebody assigns you a ticket"), group=TICKETS,
    icon="user-check",
    sentence=_("%(ticket)s “%(subject)s” is assigned to you"), pace=Pace.AT_ONCE, push=True,
)  # fmt: skip
MANY_ASSIGNED = Kind(
    name="desk.many_assigned", label=_("Somebody assigns you many tickets at once"), group=TICKETS,
    icon="user-check", pace=Pace.AT_ONCE, push=True,
    sentence=_("%(tickets)s tickets are assigned to you, among them %(ticket)s “%(subject)s”"),
)  # fmt: skip
WORK_REQUESTED = Kind(
    name="desk.work_requested", label=_("A ticket is escalated to you or your team"),
    group=ESCALATIONS, icon="arrow-up", pace=Pace.AT_ONCE,
    sentence=_("%(ticket)s “%(subject)s” is escalated to %(resolver)s"),
)  # fmt: skip
WORK_COMPLETED = Kind(
    name="desk.work_completed", label=_("Your escalation is completed"), group=ESCALATIONS,
    icon="check", pace=Pace.AT_ONCE,
    sentence=_("%(resolver)s has completed the escalation of %(ticket)s “%(subject)s”"),
)  # fmt: skip
WORK_RETURNED = Kind(
    name="desk.work_returned", label=_("Your escalation is returned"), group=ESCALATIONS,
    icon="arrow-back-up", pace=Pace.AT_ONCE,
    sentence=_("%(resolver)s has returned the escalation of %(ticket)s “%(subject)s”"),
)  # fmt: skip
MENTIONED = Kind(
    name="desk.mentioned", label=_("Somebody mentions you in an internal note"), group=TICKETS,
    icon="at", pace=Pace.AT_ONCE, push=True,
    sentence=_("%(author)s mentioned you on %(ticket)s “%(subject)s”: %(text)s"),
)  # fmt: skip
NOTED = Kind(
    name="desk.noted", label=_("An internal note on a ticket that you watch"), group=TICKETS,
    icon="message", pace=Pace.DIGEST,
    sentence=_("%(author)s added a note to %(ticket)s “%(subject)s”"),
    bundled=_("%(count)s new notes on %(ticket)s “%(subject)s”, the last by %(author)s"),
)  # fmt: skip
KINDS = (
    *(ASSIGNED, MANY_ASSIGNED, WORK_REQUESTED, WORK_COMPLETED, WORK_RETURNED, MENTIONED),
    NOTED,
)
THINGS = {
    "desk.ticket": rows_of(Ticket),
    "desk.assignment": rows_of(Assignment),
    "desk.note": visible_notes,
}
