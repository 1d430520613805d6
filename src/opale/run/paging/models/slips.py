from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.paging import rights
from opale.run.paging.models.mobilisations import Mobilisation
from opale.run.shifts.models import Duty


class SlipQuerySet(OwnedQuerySet["Slip"]):
    read_right = rights.SLIPS


@tracked(creation=True)
class Slip(models.Model):
    """The stand-by slip: a call-out of a person who was on no shift, from the answer to its end.

    `travel` counts as work and lies within the span or around it; `worth` is the person's verdict
    the next morning on whether the call-out was worth it.
    """

    class Worth(models.TextChoices):
        YES = "yes", pgettext_lazy("worth waking", "Yes")
        NO = "no", pgettext_lazy("worth waking", "No")

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id", "teams": "team_id"}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    mobilisation = models.ForeignKey(Mobilisation, on_delete=models.CASCADE, related_name="slips")
    duty = models.ForeignKey(Duty, on_delete=models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField(_("Paged at"))
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    travel = models.DurationField(_("Travel"), default=timedelta)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    worth = models.CharField(max_length=3, choices=Worth.choices, blank=True)

    objects = SlipQuerySet.as_manager()

    class Meta:
        ordering = ("-began_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="slip_ends_later"
            ),
            models.UniqueConstraint(
                fields=["mobilisation", "person", "began_at"], name="slip_once"
            ),
        )
        indexes = (models.Index(fields=["person", "-began_at"], name="slip_of_person"),)

    def __str__(self) -> str:
        return self.mobilisation.title


class RuleFixQuerySet(OwnedQuerySet["RuleFix"]):
    read_right = rights.READ


@tracked(creation=True)
class RuleFix(models.Model):
    """A correction owed, by an owner until a date, because somebody was woken needlessly."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("rule fix", "To do")
        DONE = "done", pgettext_lazy("rule fix", "Done")

    reach_paths: ClassVar[dict[str, str]] = {"person": "owner_id", "teams": "slip__team_id"}

    slip = models.OneToOneField(Slip, on_delete=models.CASCADE, related_name="fix")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("Until"))
    what = models.CharField(_("What to change"), max_length=500, blank=True)
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)

    objects = RuleFixQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["due_on"], condition=Q(state="open"), name="fix_to_do"),)
