from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.projects.models.projects import (
    BY_PROJECT,
    Named,
    Project,
    ProjectsQuerySet,
    WorkPackage,
    name_at,
)
from opale.delivery.projects.states import DeliverableState, GateState
from opale.infrastructure.models import Site
from opale.kernel.clock import now
from opale.kernel.history import tracked


@tracked(creation=True)
class Deliverable(Named):
    """A result handed to the customer or kept as a proof, in versions that are accepted or
    refused."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="deliverables")
    package = models.ForeignKey(
        WorkPackage,
        verbose_name=_("Task"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliverables",
    )
    state = models.CharField(
        _("State"), max_length=9, choices=DeliverableState.choices, default=DeliverableState.DUE
    )
    refusals = models.PositiveSmallIntegerField(default=0)

    objects = ProjectsQuerySet["Deliverable"].as_manager()

    class Meta:
        ordering = ("id",)

    @property
    def site(self) -> Site | None:
        """Return the site of the task that it is due with."""
        return self.package.site if self.package is not None else None

    @property
    def title(self) -> str:
        """Return the name with the site, which tells it apart from the same result elsewhere."""
        return name_at(self.name, self.site)


@tracked(creation=True)
class DeliverableVersion(models.Model):
    """One submitted version and the decision about it. `place` is where it can be read."""

    reach_paths: ClassVar[dict[str, str]] = {
        "customers": "deliverable__project__customer_id",
    }

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    place = models.CharField(_("Location"), max_length=500)
    note = models.CharField(_("Changes"), max_length=500, blank=True)
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField(default=now)
    accepted = models.BooleanField(null=True)
    reason = models.CharField(_("Reason"), max_length=500, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["DeliverableVersion"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["deliverable", "number"], name="deliverable_version_once"
            ),
            models.CheckConstraint(
                condition=~Q(accepted=False) | ~Q(reason=""),
                name="deliverable_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None)
                | Q(accepted__isnull=False, decided_at__isnull=False),
                name="decision_is_dated",
            ),
        )


@tracked(creation=True)
class Gate(Named):
    """A decision point that is passed once each of its named evidences is there."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gates")
    automatic = models.BooleanField(pgettext_lazy("a gate", "Passes automatically"), default=False)
    state = models.CharField(
        _("State"), max_length=6, choices=GateState.choices, default=GateState.OPEN
    )
    passed_by = models.CharField(max_length=200, blank=True)
    passed_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["Gate"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="passed", passed_at__isnull=False)
                | Q(state="open", passed_at=None),
                name="gate_passing_is_dated",
            ),
        )


@tracked(creation=True)
class Evidence(Named):
    """One proof that a gate requires, and where it is once it was given."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "gate__project__customer_id"}

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="evidences")
    place = models.CharField(_("Location"), max_length=500, blank=True)
    given_by = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["Evidence"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(place="", given_at=None) | ~Q(place="") & Q(given_at__isnull=False),
                name="evidence_is_dated",
            ),
        )
