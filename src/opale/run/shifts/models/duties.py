from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.models.timed import Timed


class DutyQuerySet(OwnedQuerySet["Duty"]):
    read_right = rights.READ


@tracked(creation=True)
class Duty(Timed, models.Model):
    """A person on a staffed shift (present) or on stand-by (reachable), for a team and a period."""

    class Kind(models.TextChoices):
        STAFFED = "staffed", _("On shift")
        STANDBY = "standby", _("On call")

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        TRIAGE = "triage", pgettext_lazy("role of a duty", "Triage")
        LEAD = "lead", _("Shift lead")
        MANAGER = "manager", _("On-call manager")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id", "person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    period = DateTimeRangeField()

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        constraints = (
            ExclusionConstraint(
                name="one_staffed_duty_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="staffed"),
            ),
            ExclusionConstraint(
                name="one_holder_of_triage_at_a_time",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(role="triage"),
            ),
        )
        indexes = (models.Index(fields=["team", "role"], name="duty_team_role"),)
