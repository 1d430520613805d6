"""Rules: what is done about alerts that fit a condition."""

from django.db import models
from django.db.models import Q

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Team
from opale.run.events.models.integrations import Integration
from opale.run.events.states import RuleEffect


@tracked(creation=True, exclude=["position"])
class EventRule(models.Model):
    """A rule for alerts that fit `condition`: for each effect the first rule that fits counts.

    `hold_for` is how long an alert has to last before it calls, `team` whose the alert is. A rule
    that is `broken` is not tried until somebody changes it: `slow` (it took too long) or
    `unreadable` (the language knows it no more). A removed rule can be restored. Moving a rule
    changes the places of others that nobody touched: history tells of `moved_at` alone.
    Source: docs/rules/rules.md.
    """

    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    condition = models.TextField()
    effect = models.CharField(max_length=10, choices=RuleEffect.choices)
    hold_for = models.DurationField(null=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, null=True, related_name="event_rules"
    )
    active = models.BooleanField(default=False)
    broken = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at=None), name="event_rule_name_once"
            ),
            models.CheckConstraint(
                condition=Q(effect="hold", hold_for__isnull=False)
                | ~Q(effect="hold") & Q(hold_for=None),
                name="event_rule_holds_for",
            ),
            models.CheckConstraint(
                condition=Q(effect="route", team__isnull=False) | ~Q(effect="route") & Q(team=None),
                name="event_rule_routes_to",
            ),
        )
        indexes = (
            models.Index(
                fields=["position", "id"], condition=Q(removed_at=None), name="event_rule_order"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_tried(self) -> bool:
        """Return whether the rule is tried on alerts at present."""
        return self.active and not self.broken and self.removed_at is None


class RuleTrial(models.Model):
    """A trial that takes too long for a request: its progress, and its result.

    `terms` and `result` are those of `queries.rule_trials`. It is deleted after a day.
    """

    terms = models.JSONField()
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)

    @property
    def topic(self) -> str:
        return f"events.trial:{self.pk}"
