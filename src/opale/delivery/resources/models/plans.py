from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.resources.rights import PLAN
from opale.kernel.owned import OwnedQuerySet
from opale.kernel.proposals import ProposedLine, SearchProposal
from opale.organisation.models import Person, Team

Stretches = list[tuple[date, date, float]]


class PlanProposalQuerySet(OwnedQuerySet["PlanProposal"]):
    read_right = PLAN


class PlanProposal(SearchProposal):
    """A search for a better plan of people's hours, and its result; nothing is reserved.

    `pieces` counts the pieces of work in the plan.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("proposal of a plan", "Waiting")
        RUNNING = "running", pgettext_lazy("proposal of a plan", "Searching")
        STOPPING = "stopping", pgettext_lazy("proposal of a plan", "Stopping")
        READY = "ready", pgettext_lazy("proposal of a plan", "To be decided")
        DONE = "done", pgettext_lazy("proposal of a plan", "Decided")
        DROPPED = "dropped", pgettext_lazy("proposal of a plan", "Abandoned")
        FAILED = "failed", pgettext_lazy("proposal of a plan", "Failed")

    reach_paths: ClassVar[dict[str, str]] = {}

    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    weeks = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    pieces = models.PositiveIntegerField(default=0)

    objects = PlanProposalQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="plan_proposal_age"),)

    @property
    def last(self) -> date:
        return self.first + timedelta(weeks=self.weeks, days=-1)


class PlanLineQuerySet(OwnedQuerySet["PlanLine"]):
    read_right = PLAN


class PlanLine(ProposedLine):
    """One piece of work that `to` would do on other days, or that nobody would do any more.

    `key` names the piece by its source; `was_days` and `to_days` are lists of
    `{"since", "last", "hours"}`. `late` counts days of work after what is wished.
    """

    class Reason(models.TextChoices):
        AWAY = "away", _("is absent on some of these days")
        LEFT = "left", _("has left the company by then")
        OVER = "over", _("is overbooked on some of these days")
        NEW = "new", _("nobody reserved yet")
        ROOM = "room", _("makes room for another task")
        EARLY = "early", _("predecessor now ends later")

    reach_paths: ClassVar[dict[str, str]] = {}

    proposal = models.ForeignKey(PlanProposal, on_delete=models.CASCADE, related_name="lines")
    was = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200)
    was_days: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    to_days: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    late = models.PositiveSmallIntegerField(default=0)

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
