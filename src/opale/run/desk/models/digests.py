from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Contact, Customer
from opale.kernel.history import tracked
from opale.organisation.models import Person
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet


@tracked(exclude=["sent_at"])
class Following(models.Model):
    """A follower's choice of how often to hear of followed tickets; without a row, `DEFAULTS`
    applies.

    `hour` is that of the daily digest, in the reader's time zone. `sent_at` is when the last digest
    was written, or found to be empty.
    """

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", _("Immediately")
        HOURLY = "hourly", _("At most hourly")
        DAILY = "daily", _("Daily")
        OFF = "off", pgettext_lazy("a digest", "Never")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {
        "person": "person_id",
        "contact": "contact_id",
    }

    person = models.OneToOneField(Person, on_delete=models.CASCADE, null=True, related_name="+")
    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    pace = models.CharField(_("Frequency"), max_length=10, choices=Pace.choices)
    hour = models.PositiveSmallIntegerField(
        _("Hour"), default=8, validators=[MaxValueValidator(23)]
    )
    sent_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["Following"].as_manager()

    class Meta:
        verbose_name_plural = "following"
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, contact=None, customer=None)
                | Q(person=None, contact__isnull=False, customer__isnull=False),
                name="following_is_somebody",
            ),
            models.CheckConstraint(condition=Q(hour__lt=24), name="following_hour_of_day"),
        )


class Default:
    """The pace where nothing was chosen: digests for a colleague, a copy of each answer for a
    contact."""

    PERSON = Following.Pace.HOURLY
    CONTACT = Following.Pace.AT_ONCE
