"""Whether work may be counted by person."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.rights import ADMINISTER


class PersonFiguresQuerySet(OwnedQuerySet["PersonFigures"]):
    read_right = ADMINISTER


class PersonFigures(models.Model):
    """Whether lists and reports may be counted by person, from `at` on, and on which ground.

    Append-only: the last row counts. Without a row, they may not.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    allowed = models.BooleanField(_("Allow figures by person"))
    reason = models.CharField(_("Reason"), max_length=500)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = PersonFiguresQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.reason
