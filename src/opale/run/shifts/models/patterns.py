from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team, WorkingCalendar
from opale.run.shifts import rights
from opale.run.shifts.domain.cycles import Cycle, parse_days
from opale.run.shifts.models.duties import Duty
from opale.run.shifts.models.timed import Timed
from opale.run.shifts.states import PlannedState


class ShiftPatternQuerySet(OwnedQuerySet["ShiftPattern"]):
    read_right = rights.READ


@tracked(creation=True)
class ShiftPattern(models.Model):
    """Hours repeated in a cycle of days on the wall clock of a place, for one team."""

    class Within(models.TextChoices):
        """Which of its hours count, by a working calendar."""

        ALL = "all", _("All hours")
        OPEN = "open", _("Only within calendar hours")
        CLOSED = "closed", _("Only outside calendar hours")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="patterns")
    name = models.CharField(_("Name"), max_length=100)
    kind = models.CharField(
        _("Kind"), max_length=10, choices=Duty.Kind.choices, default=Duty.Kind.STAFFED
    )
    role = models.CharField(
        _("Role"), max_length=10, choices=Duty.Role.choices, default=Duty.Role.AGENT
    )
    time_zone = models.CharField(_("Time zone"), max_length=64)
    first_day = models.DateField(_("First day of the cycle"))
    last_day = models.DateField(_("Last day"), null=True, blank=True)
    days = models.JSONField(_("Days of the cycle"))
    repeats = models.BooleanField(_("Repeats"), default=True)
    layer = models.PositiveSmallIntegerField(_("Layer"), default=0)
    within = models.CharField(_("Hours"), max_length=10, choices=Within.choices, default=Within.ALL)
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Working calendar"),
    )

    objects = ShiftPatternQuerySet.as_manager()

    class Meta:
        ordering = ("team", "layer", "name")
        constraints = (
            models.UniqueConstraint(fields=["team", "name"], name="pattern_named_once_in_a_team"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="pattern_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(within="all") | Q(calendar__isnull=False),
                name="pattern_within_a_calendar",
            ),
            models.CheckConstraint(
                condition=~Q(role="triage") | Q(kind="staffed"), name="pattern_of_triage_is_staffed"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def cycle(self) -> Cycle:
        return Cycle(parse_days(self.days), self.first_day, ZoneInfo(self.time_zone), self.repeats)


class PatternLineQuerySet(OwnedQuerySet["PatternLine"]):
    read_right = rights.READ


@tracked(creation=True)
class PatternLine(models.Model):
    """A person's place in a pattern, some days ahead in the cycle, from one day to another."""

    reach_paths: ClassVar[dict[str, str]] = {
        "teams": "pattern__team_id",
        "person": "person_id",
    }

    pattern = models.ForeignKey(ShiftPattern, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    offset = models.PositiveSmallIntegerField(_("Offset in the cycle (days)"), default=0)
    since = models.DateField(_("Valid from"))
    until = models.DateField(_("Valid until"), null=True, blank=True)

    objects = PatternLineQuerySet.as_manager()

    class Meta:
        ordering = ("pattern", "offset", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="line_ends_after_it_begins",
            ),
        )


class PlannedDutyQuerySet(OwnedQuerySet["PlannedDuty"]):
    read_right = rights.EDIT

    def awaiting(self) -> "PlannedDutyQuerySet":
        """Return the planned duties that publication would put into the roster."""
        return self.filter(state__in=(PlannedState.DRAFT, PlannedState.KEPT))


class PlannedDuty(Timed, models.Model):
    """A duty that a pattern draws ahead of the roster: nobody is on duty by it.

    `key` is the same whenever the pattern is drawn again, so that changes by hand are found.
    Once published it records what was published, whatever became of the duty.
    """

    reach_paths: ClassVar[dict[str, str]] = {
        "teams": "pattern__team_id",
        "person": "person_id",
    }

    pattern = models.ForeignKey(ShiftPattern, on_delete=models.CASCADE, related_name="planned")
    key = models.CharField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    state = models.CharField(
        max_length=10, choices=PlannedState.choices, default=PlannedState.DRAFT
    )
    duty = models.OneToOneField(Duty, on_delete=models.SET_NULL, null=True, related_name="planned")

    objects = PlannedDutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "planned duties"
        constraints = (
            models.UniqueConstraint(fields=["pattern", "key"], name="planned_once"),
            models.CheckConstraint(
                condition=Q(duty=None) | Q(state="published"), name="only_the_published_have_a_duty"
            ),
        )
        indexes = (GistIndex(fields=["period"], name="planned_period"),)
