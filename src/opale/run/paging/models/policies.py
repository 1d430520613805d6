from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Team
from opale.run.paging import rights


class PolicyQuerySet(OwnedQuerySet["EscalationPolicy"]):
    read_right = rights.READ


@tracked(creation=True, exclude=["turns"])
class EscalationPolicy(models.Model):
    """Whom to page one after the other until somebody answers, for a team. Its content is in
    its versions, of which `version` is the present one. The first enabled policy that matches is
    used, in the order of `position`. `turns` counts its mobilisations, for people paged in turn.
    """

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}

    name = models.CharField(_("Name"), max_length=100, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(_("Place"), default=100)
    is_on = models.BooleanField(_("Enabled"), default=True)
    version = models.PositiveIntegerField(default=1)
    turns = models.PositiveIntegerField(default=0)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "escalation policies"
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """The content of a policy from a moment on. Append-only: what began by it keeps it."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField(default=now)
    made_by = models.CharField(max_length=100)
    made_by_name = models.CharField(max_length=150)

    class Meta:
        ordering = ("policy", "-number")
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
        )
