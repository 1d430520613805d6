from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Stream
from opale.kernel.history import tracked
from opale.messaging.models import Channel
from opale.organisation.models import Person, Team
from opale.run.desk.models.base import DeskQuerySet


@tracked(creation=True)
class ChannelRule(models.Model):
    """A rule for a team's or a person's messages on a channel: stream, lowest priority, hours."""

    class Event(models.TextChoices):
        OPENED = "opened", _("Ticket opened")
        BREACHED_SOON = "breached_soon", _("SLA breach within 30 minutes")
        BREACHED = "breached", _("SLA breached")
        REOPENED = "reopened", _("Ticket reopened")

    reach_paths: ClassVar[dict[str, str]] = {}

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="rules")
    stream = models.CharField(_("Stream"), max_length=10, choices=Stream.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("Priority"), default=5)
    events = ArrayField(models.CharField(max_length=20), verbose_name=_("When"))

    objects = DeskQuerySet["ChannelRule"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(team__isnull=False, person=None) | Q(team=None, person__isnull=False),
                name="channel_rule_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=range(1, 6)), name="channel_rule_priority"
            ),
        )

    @property
    def whose(self) -> str:
        holder = self.team or self.person
        return holder.name if holder else ""

    @property
    def event_labels(self) -> list[str]:
        return [str(self.Event(event).label) for event in self.events if event in self.Event.values]
