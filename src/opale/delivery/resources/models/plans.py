from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.resources.rights import PLAN
from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team

Stretches = list[tuple[date, date, float]]


class PlanProposalQuerySet(OwnedQuerySet["PlanProposal"]):
    read_right = PLAN


class PlanProposal(models.Model):
    """A search for a better plan of people's hours, and its result; nothing is reserved.

    `user_id` and `credential` say who asked (`endpoints.askers`), `language` is that of the
    sentences. `pieces` counts the pieces of work in the plan, `searched` seconds of at most
    `seconds`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("proposal of a plan", "Waiting")
        RUNNING = "running", pgettext_lazy("proposal of a plan", "Being searched")
        STOPPING = "stopping", pgettext_lazy("proposal of a plan", "Being ended")
        READY = "ready", pgettext_lazy("proposal of a plan", "To be decided")
        DONE = "done", pgettext_lazy("proposal of a plan", "Decided")
        DROPPED = "dropped", pgettext_lazy("proposal of a plan", "Given up")
        FAILED = "failed", pgettext_lazy("proposal of a plan", "Failed")

    reach_paths: ClassVar[dict[str, str]] = {}

    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    first = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    seconds = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    credential = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    searched = models.PositiveSmallIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=0)
    sentence = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)

    objects = PlanProposalQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="plan_proposal_age"),)

    @property
    def topic(self) -> str:
        return f"resources.planproposal:{self.pk}"


class PlanLineQuerySet(OwnedQuerySet["PlanLine"]):
    read_right = PLAN


class PlanLine(models.Model):
    """One piece of work that `to` would do on other days, or that nobody would do any more.

    `key` names the piece by its source; `was_days` and `to_days` are lists of
    `{"since", "last", "hours"}`. `late` counts days of work after what is wished.
    """

    class Reason(models.TextChoices):
        AWAY = "away", _("is away on some of these days")
        LEFT = "left", _("does not work here any more by then")
        OVER = "over", _("has more than there is on some of these days")
        NEW = "new", _("nobody is reserved yet")
        ROOM = "room", _("makes room for something else")
        EARLY = "early", _("something before it ends later, or it may not be done then")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("line of a proposal", "To be decided")
        ACCEPTED = "accepted", pgettext_lazy("line of a proposal", "Accepted")
        REFUSED = "refused", pgettext_lazy("line of a proposal", "Refused")
        STALE = "stale", pgettext_lazy("line of a proposal", "Out of date")

    reach_paths: ClassVar[dict[str, str]] = {}

    proposal = models.ForeignKey(PlanProposal, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200)
    was = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    was_days: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    to_days: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    late = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    sentence = models.TextField(blank=True, default="")

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["proposal", "state", "id"], name="plan_line_state"),)

    @property
    def was_stretches(self) -> Stretches:
        return parse_stretches(self.was_days)

    @property
    def to_stretches(self) -> Stretches:
        return parse_stretches(self.to_days)


def parse_stretches(told: list[dict[str, Any]]) -> Stretches:
    return [
        (date.fromisoformat(one["since"]), date.fromisoformat(one["last"]), float(one["hours"]))
        for one in told
    ]


def stretches_record(found: Stretches) -> list[dict[str, Any]]:
    """Return stretches as they are stored: `{"since", "last", "hours"}`."""
    return [
        {"since": since.isoformat(), "last": last.isoformat(), "hours": hours}
        for since, last, hours in found
    ]
