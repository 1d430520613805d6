"""Credentials for programs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models.users import User


class ApiTokenQuerySet(OwnedQuerySet["ApiToken"]):
    read_right = "organisation.tokens"


class ApiToken(models.Model):
    """A credential for programs. Only its hash is kept; `scopes` narrow the user's own rights.

    `made_by` is the token that made it, with which it ends.
    """

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    reach_paths: ClassVar[dict[str, str]] = {"user": "user_id"}

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    made_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="made")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_later"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.VALID if self.expires_at > now() else self.State.EXPIRED
