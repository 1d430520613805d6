from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Language, Person, Team
from opale.run.desk.models.base import DeskQuerySet


@tracked(creation=True)
class TextModule(models.Model):
    """A text in both languages, with variables; shared, or one person's own.

    `searched` is the searchable text: names, folder, tags and texts without accents or case.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    name_fr = models.CharField(_("Name in French"), max_length=100)
    name_en = models.CharField(_("Name in English"), max_length=100)
    body_fr = models.TextField(_("Text in French"))
    body_en = models.TextField(_("Text in English"))
    folder = models.CharField(_("Folder"), max_length=60, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="text_modules"
    )
    searched = models.TextField(editable=False)
    retired_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["TextModule"].as_manager()

    class Meta:
        ordering = ("folder", "name_en", "id")
        indexes = (
            models.Index(
                fields=["person", "folder"],
                condition=Q(retired_at=None),
                name="text_module_offered",
            ),
        )

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        return self.name_fr if language == Language.FRENCH else self.name_en

    def body(self, language: str) -> str:
        return self.body_fr if language == Language.FRENCH else self.body_en


class TextModuleUse(models.Model):
    """Number of uses of a text module by a team in a month, and the last one. Who sent it is not
    stored."""

    module = models.ForeignKey(TextModule, on_delete=models.PROTECT, related_name="uses")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    month = models.DateField()
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["TextModuleUse"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["module", "team", "month"],
                nulls_distinct=False,
                name="module_use_once_a_month",
            ),
        )
