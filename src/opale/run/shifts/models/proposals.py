from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.owned import OwnedQuerySet
from opale.kernel.proposals import ProposedLine, SearchProposal
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.models.duties import Duty
from opale.run.shifts.models.timed import Timed


class RosterProposalQuerySet(OwnedQuerySet["RosterProposal"]):
    read_right = rights.EDIT


class RosterProposal(SearchProposal):
    """A search for a better roster of a team, and its result: nothing of it is in the roster.

    `gentle`: little is to change. Uncovered time is given as it is now (`bare_before`) and with all
    lines (`bare_after`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("proposal of a roster", "Waiting")
        RUNNING = "running", pgettext_lazy("proposal of a roster", "Searching")
        STOPPING = "stopping", pgettext_lazy("proposal of a roster", "Stopping")
        READY = "ready", pgettext_lazy("proposal of a roster", "To review")
        ACCEPTING = "accepting", pgettext_lazy("proposal of a roster", "Applying")
        DONE = "done", pgettext_lazy("proposal of a roster", "Reviewed")
        DROPPED = "dropped", pgettext_lazy("proposal of a roster", "Abandoned")
        FAILED = "failed", pgettext_lazy("proposal of a roster", "Failed")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    gentle = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    bare_before = models.DurationField(null=True)
    bare_after = models.DurationField(null=True)

    objects = RosterProposalQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="roster_proposal_age"),)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


class ProposalLineQuerySet(OwnedQuerySet["ProposalLine"]):
    read_right = rights.EDIT


class ProposalLine(Timed, ProposedLine):
    """A duty that would change hands (`was`, `to`), be created (`was` nobody) or lose its holder.

    `key` is the duty ("d7") or the planned duty ("p7") that it is about; `told` whether its people
    were notified, once it is accepted.
    """

    class Reason(models.TextChoices):
        GAP = "gap", _("Was not staffed")
        AWAY = "away", _("Is away")
        WISH = "wish", _("Wished this day off")
        ABLE = "able", _("Lacks a required skill or language")
        OTHER = "other", _("Takes another shift that day")
        FAIR = "fair", _("Others had fewer nights or weekends")
        RULE = "rule", _("Would break a rule")
        BESIDE = "beside", _("Has another shift that conflicts with on-call")
        BURDEN = "burden", _("Was on call more than others")
        TURN = "turn", _("Takes another on-call shift")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "proposal__team_id"}

    proposal = models.ForeignKey(RosterProposal, on_delete=models.CASCADE, related_name="lines")
    was = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=Duty.Kind.choices, default=Duty.Kind.STAFFED)
    role = models.CharField(max_length=10, choices=Duty.Role.choices)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    told = models.BooleanField(default=False)

    objects = ProposalLineQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["proposal", "state", "id"], name="proposal_line_state"),
            models.Index(
                fields=["id"],
                condition=Q(state="accepted", told=False),
                name="proposal_line_to_tell",
            ),
        )

    @property
    def standby(self) -> bool:
        return self.kind == Duty.Kind.STANDBY
