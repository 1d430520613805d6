from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.projects.models.projects import (
    BY_PROJECT,
    Party,
    Project,
    ProjectsQuerySet,
    WorkPackage,
)
from opale.infrastructure.models import Supplier
from opale.kernel.clock import now
from opale.kernel.history import tracked


@tracked(creation=True)
class Baseline(models.Model):
    """The frozen plan as of a promise to the customer.

    `dates` are the first and last day of each work package, by its key in the table.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="baselines", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    promised_on = models.DateField(_("Customer date"))
    note = models.CharField(_("Comment"), max_length=300, blank=True)
    dates = models.JSONField()
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=now)

    objects = ProjectsQuerySet["Baseline"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["project", "number"], name="baseline_once"),)

    def dates_of(self, package_id: int) -> tuple[str, str] | None:
        found = self.dates.get(str(package_id))
        return (found[0], found[1]) if found else None


@tracked(creation=True)
class Slip(models.Model):
    """A planned end that moved to a later day, and the party that caused it."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="slips")
    package = models.ForeignKey(
        WorkPackage, verbose_name=_("Task"), on_delete=models.CASCADE, related_name="slips"
    )
    cause = models.CharField(pgettext_lazy("a slip", "Cause"), max_length=8, choices=Party.choices)
    was_on = models.DateField(pgettext_lazy("a slip", "From"))
    now_on = models.DateField(pgettext_lazy("a slip", "To"))
    days = models.PositiveSmallIntegerField(_("Working days"))
    note = models.CharField(pgettext_lazy("a slip", "What happened"), max_length=300)
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField(default=now)

    objects = ProjectsQuerySet["Slip"].as_manager()

    class Meta:
        ordering = ("-said_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(now_on__gt=models.F("was_on")), name="slip_goes_forward"
            ),
        )


@tracked(creation=True)
class CarrierPromise(models.Model):
    """A day that a carrier promised for its part; the last one counts."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "package__project__customer_id"}

    package = models.ForeignKey(WorkPackage, on_delete=models.CASCADE, related_name="promises")
    supplier = models.ForeignKey(
        Supplier, verbose_name=_("Carrier"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    reference = models.CharField(_("Their reference"), max_length=100, blank=True)
    promised_on = models.DateField(_("Promised for"))
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField(default=now)

    objects = ProjectsQuerySet["CarrierPromise"].as_manager()

    class Meta:
        ordering = ("-said_at", "-id")
