from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Language


class WallKeyQuerySet(OwnedQuerySet["WallKey"]):
    read_right = "desk.administer"


@tracked(creation=True, exclude=["seen_at"])
class WallKey(models.Model):
    """A link by which a wall screen shows the desk, and nothing else. The key is not stored.

    Without `names` the screen shows no customer names and no ticket subjects.
    """

    class Theme(models.TextChoices):
        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    reach_paths: ClassVar[dict[str, str]] = {}

    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.DARK)
    names = models.BooleanField(_("names of customers and subjects"), default=False)
    made_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = WallKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
