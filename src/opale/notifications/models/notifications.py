from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from opale.kernel.owned import OwnedQuerySet
from opale.notifications.domain.kinds import Kind, kind_of
from opale.notifications.rights import USE
from opale.organisation.models import Person


class NotificationQuerySet(OwnedQuerySet["Notification"]):
    read_right = USE


class Notification(models.Model):
    """Something that a person is told: a kind, the thing it is about and the values of its text.

    `thing` names the record (`project:12`), `url` its page. While it is unread, more of the same
    kind about the same thing are bundled into it, and counted. `mail_due_at` is when it is mailed,
    None where it is not; `mailed_at` when it was, `pushed_at` when it was sent to devices.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(pgettext_lazy("of a notification", "Kind"), max_length=60)
    thing = models.CharField(max_length=100)
    url = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=1)
    by_name = models.CharField(pgettext_lazy("a notification", "From"), max_length=200, blank=True)
    made_at = models.DateTimeField(pgettext_lazy("a notification", "Received"))
    read_at = models.DateTimeField(pgettext_lazy("a notification", "Read"), null=True)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    hidden = False
    """Whether its reader has lost sight of the thing: then it names its kind alone."""

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind", "thing"],
                condition=Q(read_at=None),
                name="notification_bundle",
            ),
        )
        indexes = (
            models.Index(fields=["person", "-made_at", "-id"], name="notification_inbox"),
            models.Index(fields=["thing", "kind"], name="notification_of_thing"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="notification_due",
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def declared(self) -> Kind | None:
        return kind_of(self.kind)

    @property
    def text(self) -> str:
        """The sentence, in the language in force."""
        kind = self.declared
        if self.hidden:
            return str(self.label)
        return kind.text(self.values, self.count) if kind else self.kind

    @property
    def label(self) -> str | Promise:
        kind = self.declared
        return kind.label if kind else self.kind

    @property
    def icon(self) -> str:
        kind = self.declared
        return kind.icon if kind else "bell"
