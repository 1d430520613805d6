from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.notifications.domain.kinds import Pace
from opale.notifications.domain.quiet_hours import DIGEST_AT, QUIET_SINCE, QUIET_UNTIL
from opale.notifications.rights import USE
from opale.organisation.models import Person


class NotificationChoiceQuerySet(OwnedQuerySet["NotificationChoice"]):
    read_right = USE


@tracked(creation=True)
class NotificationChoice(models.Model):
    """How a person wants notifications of one kind, where that is not the kind's default."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(pgettext_lazy("of a notification", "Kind"), max_length=60)
    pace = models.CharField(_("Email"), max_length=10, choices=Pace.choices)
    push = models.BooleanField(pgettext_lazy("notifications", "On my devices"), default=False)

    objects = NotificationChoiceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "kind"], name="notification_choice_once"),
        )


class NotificationTimesQuerySet(OwnedQuerySet["NotificationTimes"]):
    read_right = USE


@tracked(creation=True, exclude=["last_mail_at"])
class NotificationTimes(models.Model):
    """A person's time of the daily digest, quiet hours, and when the last mail was sent."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    digest_at = models.TimeField(
        pgettext_lazy("notifications", "Daily digest at"), default=DIGEST_AT
    )
    quiet_since = models.TimeField(_("Quiet hours from"), default=QUIET_SINCE)
    quiet_until = models.TimeField(pgettext_lazy("quiet hours", "Until"), default=QUIET_UNTIL)
    last_mail_at = models.DateTimeField(null=True)

    objects = NotificationTimesQuerySet.as_manager()
