"""Saved views of the desk: a named address, and the view that opens first."""

from typing import Self

from django.db import models
from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Membership, Person, Team


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, actor: Actor) -> Self:
        """Return one's own views and those shared with a team of which one is a member now."""
        if actor.person_id is None:
            return self.none()
        places = Membership.objects.filter(person_id=actor.person_id, period__contains=now())
        shared = Q(team__in=places.values("team_id"))
        return self.filter(Q(person_id=actor.person_id) | shared, removed_at=None)


@tracked()
class SavedView(models.Model):
    """A saved list of tickets, as filters of an address. Its content depends on the reader.

    `view` is the list that it filters, `query` the filters as in the address. With a `team`, all of
    the team have it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    view = models.CharField(max_length=10)
    query = models.CharField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        indexes = (
            models.Index(
                fields=["person", "position", "id"],
                condition=Q(removed_at=None),
                name="saved_view_person",
            ),
            models.Index(
                fields=["team", "position", "id"],
                condition=Q(removed_at=None, team__isnull=False),
                name="saved_view_team",
            ),
        )

    def __str__(self) -> str:
        return self.name


@tracked()
class FirstView(models.Model):
    """The list that opens first for a person, where it is not triage."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="first_view")
    view = models.CharField(max_length=10)
    query = models.CharField(max_length=1000, blank=True)

    objects = models.Manager["FirstView"]()
