from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights


class LetterheadQuerySet(OwnedQuerySet["Letterhead"]):
    read_right = rights.LETTERHEAD


class Letterhead(models.Model):
    """The logo and footer of mails to customers, from `at` on. Append-only: the last row counts.

    The bytes of the logo are behind the storage port under `logo_key`; "" is no logo.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    company = models.CharField(_("Company name"), max_length=100, blank=True)
    footer_fr = models.TextField(_("Footer in French"), blank=True)
    footer_en = models.TextField(_("Footer in English"), blank=True)
    logo_key = models.CharField(max_length=100, blank=True)
    logo_type = models.CharField(max_length=100, blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = LetterheadQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(logo_key="", logo_type="", logo_width=0, logo_height=0)
                | ~Q(logo_key="") & ~Q(logo_type="") & Q(logo_width__gt=0, logo_height__gt=0),
                name="letterhead_logo_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(company="") | Q(footer_fr="", footer_en="", logo_key=""),
                name="letterhead_names_company",
            ),
        )

    def __str__(self) -> str:
        return self.company
