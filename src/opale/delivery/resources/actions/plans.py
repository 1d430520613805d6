"""Search for a better plan of people's hours, stored as a proposal.

Nothing is reserved; a search that is handed to another planner process starts again. Source:
docs/rules/planner.md.
"""

from datetime import timedelta
from importlib import import_module
from time import monotonic
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.delivery.resources.actions.requests import LIST
from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.delivery.resources.models.plans import stretches_record
from opale.delivery.resources.queries import planner_input
from opale.delivery.resources.queries.planner_input import PlannerInput
from opale.delivery.resources.rights import PLAN
from opale.endpoints.job_actors import actor_for_job
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.proposals import SEARCHING, asked_by
from opale.organisation.models import Team
from opale.organisation.queries.reference import home_day

QUEUE: Final = "planner"
JOB: Final = "resources.search_plan"
WEEKS: Final = (4, 8, 13, 26)
SECONDS: Final = (10, 30, 120)
State = PlanProposal.State


def request_plan(
    *, by: Actor, credential: str, weeks: int, seconds: int, team: Team | None = None
) -> PlanProposal:
    """Request a better plan of some weeks from today on, for a team or for everybody.

    Errors: NotAllowed, Invalid, Conflict (a search is in progress).
    """
    if not by.can(PLAN):
        raise NotAllowed
    if weeks not in WEEKS or seconds not in SECONDS:
        raise Invalid(_("Not a valid choice."))
    with transaction.atomic():
        if PlanProposal.objects.select_for_update().filter(state__in=SEARCHING).exists():
            raise Conflict(_("An optimisation is already running."))
        proposal = PlanProposal.objects.create(
            team=team,
            first=home_day(clock.now()) + timedelta(days=1),
            weeks=weeks,
            seconds=seconds,
            **asked_by(by, credential),
        )
        app.configure_task(JOB, queue=QUEUE, lock="resources.plan").defer(proposal_id=proposal.pk)
        live_topics.publish(LIST)
    return proposal


def stop_plan(proposal: PlanProposal, *, by: Actor) -> None:
    """Stop a search. Its best result so far is kept; a search that has not begun is cancelled.

    Errors: NotFound, NotAllowed, Conflict (over already).
    """
    with transaction.atomic():
        proposal.lock(by, PLAN).stop()


def run_plan(proposal_id: int) -> None:
    """Run the search, in the planner's process. If that process is killed, the search runs
    again."""
    rows = PlanProposal.objects.select_related("team")
    proposal = rows.filter(pk=proposal_id, state__in=SEARCHING).first()
    if proposal is None:
        return
    with proposal.failing_with_reason():
        by = actor_for_job(proposal.user_id, proposal.credential)
        if proposal.state == State.STOPPING:
            proposal.finish()
        else:
            _search(proposal, by)


def _search(proposal: PlanProposal, by: Actor) -> None:
    if not proposal.begin():
        return
    if not by.can(PLAN):
        raise NotAllowed
    began = monotonic()
    # Only the planner's process loads CP-SAT; pages do without it.
    staffing = import_module("opale.planning.staffing")
    framed = planner_input.build_planner_input(
        seen_by=by, first=proposal.first, weeks=proposal.weeks, team=proposal.team
    )
    proposal.write(pieces=len(framed.problem.pieces))
    watch = _Watch(proposal, framed, began)
    # Reading the present plan counts towards the requested time.
    left = proposal.seconds - (monotonic() - began)
    found = staffing.plan(framed.problem, seconds=left, tell=watch.tell)
    with transaction.atomic():
        watch.write(found)
        proposal.finish()


class _Watch:
    """Watches a search: stores the best result so far, and ends the search on request."""

    def __init__(self, proposal: PlanProposal, framed: PlannerInput, began: float) -> None:
        self.proposal, self.framed, self.began = proposal, framed, began

    def tell(self, found: Any) -> bool:
        searched = min(int(monotonic() - self.began), self.proposal.seconds)
        running = PlanProposal.objects.filter(pk=self.proposal.pk, state=State.RUNNING)
        if not running.update(searched=searched):
            return False
        self.write(found)
        live_topics.publish(self.proposal.topic)
        return True

    def write(self, found: Any) -> None:
        """Store the differences to the present plan, replacing the earlier result."""
        lines = planner_input.plan_changes(self.framed, found)
        with transaction.atomic():
            self.proposal.lines.all().delete()
            PlanLine.objects.bulk_create(
                PlanLine(
                    proposal=self.proposal,
                    key=line.key,
                    purpose=line.purpose[:200],
                    was_id=line.was,
                    was_days=stretches_record(line.was_days),
                    to_id=line.to,
                    to_days=stretches_record(line.to_days),
                    reason=line.reason,
                    late=line.late,
                )
                for line in lines
            )
