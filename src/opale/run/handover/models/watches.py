"""Watches of the next shift."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.handover.rights import READ
from opale.run.handover.states import WatchState


class WatchItemQuerySet(OwnedQuerySet["WatchItem"]):
    read_right = READ


class WatchItem(models.Model):
    """Something to watch until a moment, and whom to page: "until 20:00, storage, above 5 min".

    With an `item`, an alert on it that lasts longer than `longest` pages by itself; else a person
    pages with one key.
    """

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    until = models.DateTimeField()
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    longest = models.DurationField(null=True)
    calls = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=WatchState.choices, default=WatchState.WATCHED)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=now)
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = WatchItemQuerySet.as_manager()

    class Meta:
        ordering = ("until", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False)
                | ~Q(state="over") & Q(ended_at=None),
                name="watch_over_is_dated",
            ),
        )
        indexes = (models.Index(fields=["until"], condition=~Q(state="over"), name="watch_until"),)

    @property
    def about(self) -> str:
        """The name by which mobilisations refer to it."""
        return f"handover.watch:{self.pk}"
