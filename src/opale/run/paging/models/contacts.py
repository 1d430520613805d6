from datetime import time, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person
from opale.run.paging import rights


class GatewayQuerySet(OwnedQuerySet["Gateway"]):
    read_right = rights.READ


@tracked(creation=True, exclude=["template"])
class Gateway(models.Model):
    """An SMS or voice gateway of the provider: an apprise address in which `{to}` stands for the
    number, encrypted (`kernel.sealing`, purpose `paging`).
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    name = models.CharField(_("Name"), max_length=60, unique=True)
    template = models.TextField(_("Address"))
    is_on = models.BooleanField(_("Enabled"), default=True)

    objects = GatewayQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ContactMethodQuerySet(OwnedQuerySet["ContactMethod"]):
    read_right = rights.OWN


@tracked(creation=True, exclude=["address", "code_until", "code_tries", "told_at", "told_answer"])
class ContactMethod(models.Model):
    """A way to reach a person, `after` so long from the page: verified by a code sent there.

    `address` is sealed; `label` is what people see of it.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        GATEWAY = "gateway", _("Telephone")
        CHANNEL = "channel", _("Chat or app")
        PUSH = "push", _("This browser")

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.TextField(_("Address"))
    label = models.CharField(_("Name"), max_length=150)
    after = models.DurationField(_("After"), default=timedelta)
    verified_at = models.DateTimeField(null=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    told_answer = models.CharField(max_length=500, blank=True)

    objects = ContactMethodQuerySet.as_manager()

    class Meta:
        ordering = ("after", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="gateway", gateway__isnull=False)
                | ~Q(kind="gateway") & Q(gateway=None),
                name="gateway_of_telephones",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        return f"m{self.pk}"


class QuietHoursQuerySet(OwnedQuerySet["QuietHours"]):
    read_right = rights.OWN


@tracked(creation=True)
class QuietHours(models.Model):
    """Hours in which only urgent pages reach a person, in that person's time zone."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    since = models.TimeField(_("From"), default=time(22))
    until = models.TimeField(_("Until"), default=time(7))

    objects = QuietHoursQuerySet.as_manager()


class PushKey(models.Model):
    """The key pair by which this installation signs pushes to browsers (RFC 8292).

    One row; `private` is sealed (purpose `paging`), `public` is given to browsers.
    """

    private = models.TextField()
    public = models.CharField(max_length=100)
