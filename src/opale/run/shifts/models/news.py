from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.models.duties import Duty
from opale.run.shifts.models.timed import Timed


class RosterNewsQuerySet(OwnedQuerySet["RosterNews"]):
    read_right = rights.READ


class RosterNews(Timed, models.Model):
    """A duty that somebody else gave to a person or took away, until that person has seen it."""

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id", "person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Duty.Kind.choices)
    role = models.CharField(max_length=10, choices=Duty.Role.choices)
    period = DateTimeRangeField()
    gained = models.BooleanField()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = RosterNewsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "roster news"
        indexes = (models.Index(fields=["person", "id"], name="roster_news_of"),)
