"""Employees, their skills and absences."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models.companies import Company, WorkingCalendar
from opale.organisation.models.users import User


class PersonQuerySet(OwnedQuerySet["Person"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Person(models.Model):
    """An employee of a company of the group."""

    class Seniority(models.TextChoices):
        JUNIOR = "junior", _("Junior")
        CONFIRMED = "confirmed", _("Confirmed")
        SENIOR = "senior", _("Senior")

    reach_paths: ClassVar[dict[str, str]] = {"person": "id"}

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, related_name="person", verbose_name=_("Login")
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="people", verbose_name=_("Company")
    )
    name = models.CharField(_("Name"), max_length=100)
    email = models.EmailField(_("Email address"), unique=True)
    phone = models.CharField(_("Telephone"), max_length=32, blank=True)
    languages = models.JSONField(_("Languages"), default=list)
    seniority = models.CharField(_("Seniority"), max_length=10, choices=Seniority.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Working calendar"),
    )
    job_title = models.CharField(_("Job title"), max_length=100, blank=True)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def reading_language(self) -> str:
        """Language in which Opale writes to this person: the login's, else the company's."""
        return self.user.language if self.user else self.company.language

    @property
    def reading_zone(self) -> str:
        """Time zone of what Opale writes to this person: the login's, else that of their work."""
        return self.user.time_zone if self.user else self.time_zone

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


class SkillQuerySet(OwnedQuerySet["Skill"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Skill(models.Model):
    name = models.CharField(_("Name"), max_length=100, unique=True)
    family = models.CharField(_("Family"), max_length=100, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ("family", "name")

    def __str__(self) -> str:
        return self.name


class PersonSkillQuerySet(OwnedQuerySet["PersonSkill"]):
    read_right = "organisation.read"


@tracked(creation=True)
class PersonSkill(models.Model):
    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="skills", verbose_name=_("Person")
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, related_name="holders", verbose_name=_("Skill")
    )
    level = models.PositiveSmallIntegerField(_("Level"))
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)

    objects = PersonSkillQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1) & Q(level__lte=5), name="skill_level_is_1_to_5"
            ),
        )


class AbsenceQuerySet(OwnedQuerySet["Absence"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Absence(models.Model):
    """A time at which a person does not work; only that person and administrators see its kind."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Time off")
        SICKNESS = "sickness", _("Sickness")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="absences", verbose_name=_("Person")
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    period = DateTimeRangeField(_("Period"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        )
