from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person
from opale.run.shifts import rights
from opale.run.shifts.models.duties import Duty
from opale.run.shifts.states import SwapState


class SwapRequestQuerySet(OwnedQuerySet["SwapRequest"]):
    read_right = rights.READ

    def open(self) -> "SwapRequestQuerySet":
        return self.filter(state=SwapState.OFFERED)


@tracked(creation=True)
class SwapRequest(models.Model):
    """A holder's offer of a duty to one person or to the team, for another duty or for none."""

    reach_paths: ClassVar[dict[str, str]] = {
        "teams": "duty__team_id",
        "person": "offered_by_id",
    }

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="offers")
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("To"),
    )
    in_return = models.ForeignKey(Duty, on_delete=models.CASCADE, null=True, related_name="+")
    note = models.CharField(_("Note"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.OFFERED)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)

    objects = SwapRequestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["duty"], condition=Q(state="offered"), name="offered_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_by__isnull=False)
                | (~Q(state="accepted") & Q(accepted_by=None)),
                name="accepted_by_somebody",
            ),
        )
