from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.projects.models.projects import BY_PROJECT, Project, ProjectsQuerySet
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Person


@tracked(creation=True)
class Risk(models.Model):
    """A risk: likelihood and severity from 1 to 5, and its countermeasure."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="risks")
    title = models.CharField(pgettext_lazy("a risk", "Description"), max_length=300)
    likelihood = models.PositiveSmallIntegerField(_("Likelihood"), default=3)
    harm = models.PositiveSmallIntegerField(pgettext_lazy("a risk", "Impact"), default=3)
    response = models.TextField(pgettext_lazy("a risk", "Mitigation"), blank=True)
    owner = models.ForeignKey(
        Person, verbose_name=_("Owner"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    source = models.CharField(max_length=60, blank=True)
    raised_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["Risk"].as_manager()

    class Meta:
        ordering = ("-raised_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), harm__range=(1, 5)), name="risk_is_1_to_5"
            ),
            models.UniqueConstraint(
                fields=["project", "source"],
                condition=Q(closed_at=None) & ~Q(source=""),
                name="one_open_risk_of_a_source",
            ),
        )

    @property
    def weight(self) -> int:
        return self.likelihood * self.harm


@tracked(creation=True)
class ActionItem(models.Model):
    """An action item: something that a person does by a day."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="action_items")
    title = models.CharField(pgettext_lazy("an action", "Action"), max_length=300)
    owner = models.ForeignKey(
        Person, verbose_name=_("Owner"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    due_on = models.DateField(pgettext_lazy("an action", "Due date"), null=True, blank=True)
    made_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["ActionItem"].as_manager()

    class Meta:
        ordering = ("due_on", "id")


@tracked(creation=True)
class Minutes(models.Model):
    """The minutes of a meeting."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="minutes")
    held_on = models.DateField(pgettext_lazy("a meeting", "Date"))
    title = models.CharField(pgettext_lazy("a meeting", "Subject"), max_length=200)
    present = models.CharField(
        pgettext_lazy("a meeting", "Participants"), max_length=300, blank=True
    )
    text = models.TextField(pgettext_lazy("a meeting", "Minutes and decisions"))
    written_by = models.CharField(max_length=200)

    objects = ProjectsQuerySet["Minutes"].as_manager()

    class Meta:
        verbose_name_plural = "minutes"
        ordering = ("-held_on", "-id")
