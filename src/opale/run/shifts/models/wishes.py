from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person
from opale.run.shifts import rights


class DutyWishQuerySet(OwnedQuerySet["DutyWish"]):
    read_right = rights.EDIT


@tracked(creation=True)
class DutyWish(models.Model):
    """A person's wish for a day: to be free, to stand by, or to work at some time of it."""

    class Wanted(models.TextChoices):
        OFF = "off", pgettext_lazy("wish", "Day off")
        ANY = "any", pgettext_lazy("wish", "Any shift")
        MORNING = "morning", pgettext_lazy("wish", "Morning shift")
        AFTERNOON = "afternoon", pgettext_lazy("wish", "Afternoon shift")
        NIGHT = "night", pgettext_lazy("wish", "Night shift")
        STANDBY = "standby", pgettext_lazy("wish", "On-call")

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    wanted = models.CharField(max_length=10, choices=Wanted.choices)

    objects = DutyWishQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duty wishes"
        constraints = (
            models.UniqueConstraint(fields=["person", "day"], name="one_wish_for_a_day"),
        )
