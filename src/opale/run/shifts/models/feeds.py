from typing import ClassVar

from django.db import models

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.shifts import rights


class CalendarFeedQuerySet(OwnedQuerySet["CalendarFeed"]):
    read_right = rights.SWAP


class CalendarFeed(models.Model):
    """A secret address at which a person's calendar program reads that person's or a team's roster.

    Only the hash of the secret is kept. It ends when it is made anew, or its person leaves.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "team"], nulls_distinct=False, name="one_feed_of_each"
            ),
        )
