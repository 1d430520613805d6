"""What people are told about projects."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.projects.models import Deliverable, Gate, Project, WorkPackage
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of

GROUP = pgettext_lazy("notifications", "Projects")
MANAGER_ASSIGNED = Kind(
    name="projects.manager_assigned", label=_("A project is assigned to you"), group=GROUP,
    icon="briefcase",
    sentence=_("You now lead %(project)s “%(name)s”"), pace=Pace.AT_ONCE, push=True,
)  # fmt: skip
ASSIGNED = Kind(
    name="projects.assigned", label=_("A task is assigned to you"), group=GROUP, icon="user",
    sentence=_("%(project)s: you are assigned the task “%(task)s”"), pace=Pace.AT_ONCE,
)  # fmt: skip
TASK_MOVED = Kind(
    name="projects.task_moved", label=_("The dates of your task moved"), group=GROUP,
    icon="calendar-event",
    sentence=_("%(project)s: your task “%(task)s” is now planned %(from_on)s – %(until_on)s"),
)  # fmt: skip
END_MOVED = Kind(
    name="projects.end_moved", label=_("The end of your project moved"), group=GROUP,
    icon="calendar-event",
    sentence=_("%(project)s “%(name)s” now ends on %(new_on)s (before: %(old_on)s)"),
    pace=Pace.AT_ONCE,
)  # fmt: skip
SUBMITTED = Kind(
    name="projects.submitted", label=_("A deliverable waits for your decision"), group=GROUP,
    icon="file-check",
    sentence=_("%(project)s: “%(deliverable)s” was submitted and waits for your decision"),
    pace=Pace.AT_ONCE,
)  # fmt: skip
GATE_READY = Kind(
    name="projects.gate_ready", label=_("A gate can be passed"), group=GROUP, icon="flag",
    sentence=_("%(project)s: all evidence of the gate “%(gate)s” is there, you can pass it"),
    pace=Pace.AT_ONCE,
)  # fmt: skip
PROMISE_DUE = Kind(
    name="projects.promise_due", label=_("A promised date comes near"), group=GROUP, icon="clock",
    sentence=_("%(project)s “%(name)s” is promised to the customer for %(promised_on)s"),
)  # fmt: skip
CARRIER_DUE = Kind(
    name="projects.carrier_due", label=_("A carrier’s promise is due"), group=GROUP, icon="clock",
    sentence=_("%(project)s: “%(task)s” is promised by the carrier for %(promised_on)s"),
)  # fmt: skip
KINDS = (
    MANAGER_ASSIGNED, ASSIGNED, TASK_MOVED, END_MOVED, SUBMITTED, GATE_READY, PROMISE_DUE,
    CARRIER_DUE,
)  # fmt: skip
THINGS = {
    "projects.project": rows_of(Project),
    "projects.promise": rows_of(Project),
    "projects.package": rows_of(WorkPackage),
    "projects.deliverable": rows_of(Deliverable),
    "projects.gate": rows_of(Gate),
}
