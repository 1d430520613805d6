from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Company, Language, Person, Skill, Team, WorkingCalendar
from opale.run.shifts import rights
from opale.run.shifts.domain.working_time import RuleSet
from opale.run.shifts.models.duties import Duty


class StaffingNeedQuerySet(OwnedQuerySet["StaffingNeed"]):
    read_right = rights.READ


@tracked(creation=True)
class StaffingNeed(models.Model):
    """How many people of a kind a team needs on duty at a time, while a calendar is open.

    Without a calendar they are needed at all hours.
    """

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="needs")
    name = models.CharField(_("Name"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=10, choices=Duty.Kind.choices, blank=True)
    role = models.CharField(_("Role"), max_length=10, choices=Duty.Role.choices, blank=True)
    minimum = models.PositiveSmallIntegerField(_("Minimum staff"), default=1)
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Working calendar"),
    )
    skill = models.ForeignKey(
        Skill,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Skill"),
    )
    level = models.PositiveSmallIntegerField(_("Level"), default=1)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, blank=True)

    objects = StaffingNeedQuerySet.as_manager()

    class Meta:
        ordering = ("team", "name")
        constraints = (
            models.UniqueConstraint(fields=["team", "name"], name="need_named_once_in_a_team"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1) & Q(level__gte=1) & Q(level__lte=5),
                name="need_of_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.name


class WorkingTimeRulesQuerySet(OwnedQuerySet["WorkingTimeRules"]):
    read_right = rights.READ


@tracked(creation=True)
class WorkingTimeRules(models.Model):
    """The rules of a company's rosters from a day on: the law, or an agreement."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("Company")
    )
    name = models.CharField(_("Agreement"), max_length=100)
    since = models.DateField(_("In force from"))
    record = models.JSONField(_("Limits"))

    objects = WorkingTimeRulesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "working-time rules"
        ordering = ("company", "since")
        constraints = (
            models.UniqueConstraint(fields=["company", "since"], name="rules_once_a_day"),
        )

    def rules(self) -> RuleSet:
        return RuleSet.from_record(self.name, self.record)


class CallOutQuerySet(OwnedQuerySet["CallOut"]):
    read_right = rights.READ


@tracked(creation=True)
class CallOut(models.Model):
    """Work to which a person on stand-by was called: rest counts anew from its end."""

    reach_paths: ClassVar[dict[str, str]] = {"teams": "duty__team_id", "person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="call_outs")
    duty = models.ForeignKey(Duty, on_delete=models.SET_NULL, null=True, related_name="call_outs")
    period = DateTimeRangeField()

    objects = CallOutQuerySet.as_manager()
