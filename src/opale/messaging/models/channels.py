"""Channels beside mail, and the messages sent to them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights
from opale.messaging.domain.channel_delivery import CHANNEL_KINDS
from opale.messaging.states import MailState


class ChannelQuerySet(OwnedQuerySet["Channel"]):
    read_right = rights.READ


@tracked(creation=True, exclude=["address"])
class Channel(models.Model):
    """A destination beside mail: a room of a chat, a telephone, a program.

    `address` is that of apprise (`slack://...`), with its secrets, encrypted (`kernel.sealing`,
    purpose `messaging`); `scheme` is its beginning.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    name = models.CharField(_("Name"), max_length=100, unique=True)
    scheme = models.CharField(_("Kind"), max_length=20)
    address = models.TextField(_("Address"))
    is_on = models.BooleanField(_("On"), default=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        return CHANNEL_KINDS.get(self.scheme, self.scheme)


class ChannelMessageQuerySet(OwnedQuerySet["ChannelMessage"]):
    read_right = rights.READ


class ChannelMessage(models.Model):
    """The outbox of the channels: stored in the transaction that decided it, sent by a job.

    `key` names what it reports (`desk.rule:3:7:opened:`), sent only once; a test has none. While
    `claimed_until` is in the future, a sender is working on it. `answer` is the last answer
    received.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    next_attempt_at = models.DateTimeField(default=now)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = ChannelMessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="channel_told_once"),
        )
        indexes = (
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="queued"), name="channel_to_send"
            ),
            models.Index(fields=["channel", "-id"], name="channel_newest"),
            models.Index(fields=["state", "-id"], name="channel_by_state"),
        )
