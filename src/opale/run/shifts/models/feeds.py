from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Absence, Person, Team
from opale.run.shifts import rights


class CalendarFeedQuerySet(OwnedQuerySet["CalendarFeed"]):
    read_right = rights.SWAP


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads a person's or a team's roster.

    Only the hash of the secret is kept. It ends when it is renewed, or its person leaves.
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


class AbsenceCalendarQuerySet(OwnedQuerySet["AbsenceCalendar"]):
    read_right = rights.SWAP


class AbsenceCalendar(models.Model):
    """An address at which another program tells when a person is away, read every hour.

    `address` is sealed, as it gives access to the calendar; `host` is the part that people see.
    `error` is why the last attempt read nothing.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    address = models.TextField(_("Address"))
    host = models.CharField(max_length=260)
    made_at = models.DateTimeField(default=now)
    next_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects = AbsenceCalendarQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["next_at"], name="absence_calendar_due"),)


class ToldAbsence(models.Model):
    """An absence recorded from a calendar: cancelled when it is gone from there."""

    calendar = models.ForeignKey(AbsenceCalendar, on_delete=models.CASCADE, related_name="told")
    absence = models.OneToOneField(Absence, on_delete=models.CASCADE, related_name="+")

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.absence.period.lower, self.absence.period.upper
