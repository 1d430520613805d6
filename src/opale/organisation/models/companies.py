"""Companies of the group, their languages and working calendars."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class CalendarQuerySet(OwnedQuerySet["WorkingCalendar"]):
    read_right = "organisation.read"


class CompanyQuerySet(OwnedQuerySet["Company"]):
    read_right = "organisation.read"


@tracked(creation=True)
class WorkingCalendar(models.Model):
    """Weekly intervals, public holidays and dated exceptions: read by `kernel.business_time`.

    `record` is what `business_time.Calendar.from_record` reads.
    """

    name = models.CharField(_("Name"), max_length=100, unique=True)
    record = models.JSONField(_("Hours"))

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class Company(models.Model):
    """A company of the group."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    name = models.CharField(_("Name"), max_length=100, unique=True)
    country = models.CharField(_("Country"), max_length=2)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Working calendar"),
    )
    operates = models.BooleanField(_("Operates the service"), default=False)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["operates"], condition=Q(operates=True), name="one_operating_company"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return self.State.OPEN if self.closed_on is None else self.State.CLOSED
