"""Searches of the planner for a better roster, kept as proposals: the roster is not touched.

A search that is given to another planner starts anew. Source: docs/rules/roster-generator.md,
"Proposals".
"""

import time
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import import_module

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.endpoints.job_actors import actor_for_job
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.proposals import SEARCHING, DecidedLines, asked_by
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.actions.proposal_lines import (
    BATCH,
    accept_lines,
    accept_remaining_lines,
    lock_proposal,
)
from opale.run.shifts.domain.roster_generator.differences import RosterChange, roster_changes
from opale.run.shifts.domain.roster_generator.frame import Rows
from opale.run.shifts.domain.roster_generator.problem import InfeasibleProblem
from opale.run.shifts.domain.roster_generator.standby import StandbyAssignment
from opale.run.shifts.domain.roster_generator.standby import standby_changes as standby_differences
from opale.run.shifts.models import ProposalLine, RosterProposal
from opale.run.shifts.queries import roster_frames
from opale.run.shifts.queries.roster_frames import LoadedFrame

QUEUE = "planner"
JOB = "shifts.search_roster"
WEEKS = (2, 4, 8, 13, 26, 52)
SECONDS = (20, 60, 300)
CHECK_SECONDS = 1.0
"""Seconds between checks whether the search was stopped."""
MIN_SECONDS = 5.0
"""The shortest search, in seconds."""
WRITE_TIME_FACTOR = 5
"""The pause after writing the best so far, as a multiple of the time that it took."""
BATCH_SIZE = 1000
STANDBY_SHARE = 0.15
"""The share of the time for stand-by, where a team has any."""
State = RosterProposal.State


def request_proposal(
    team: Team,
    *,
    by: Actor,
    credential: str,
    first: date,
    weeks: int,
    seconds: int,
    gentle: bool,
) -> RosterProposal:
    """Start a search of the planner for a better roster of some weeks.

    Errors: NotFound, NotAllowed, Invalid (closed, days), Conflict (one is searched already).
    """
    require_team(team, by=by)
    today = clock.now().astimezone(roster_frames.zone_of_team(team)).date()
    if not today < first <= today + timedelta(weeks=52):
        raise Invalid(first=_("Choose a start between tomorrow and a year from now."))
    if weeks not in WEEKS or seconds not in SECONDS:
        raise Invalid(_("Not a valid choice."))
    with transaction.atomic():
        Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
        if RosterProposal.objects.filter(team=team, state__in=SEARCHING).exists():
            raise Conflict(_("A search is already running for this team."))
        proposal = RosterProposal.objects.create(
            team=team,
            first=first,
            days=7 * weeks,
            gentle=gentle,
            seconds=seconds,
            **asked_by(by, credential),
        )
        queue_search(proposal)
    return proposal


def queue_search(proposal: RosterProposal) -> None:
    """Queue the search: one at a time, which leaves a place for other heavy jobs."""
    lock = "roster" if proposal.state == State.WAITING else f"roster:{proposal.pk}"
    app.configure_task(JOB, queue=QUEUE, lock=lock).defer(proposal_id=proposal.pk)


def stop_search(proposal: RosterProposal, *, by: Actor) -> None:
    """Stop a search and keep its best result; one that has not begun is cancelled.

    Errors: NotFound, NotAllowed, Conflict (over already).
    """
    with transaction.atomic():
        proposal.lock(by, rights.EDIT).stop()


def run_search(proposal_id: int) -> None:
    """Run the planner's part: the search, or the acceptance of a whole proposal."""
    rows = RosterProposal.objects.select_related("team__company", "team__manager__company")
    proposal = rows.filter(pk=proposal_id, state__in=[*SEARCHING, State.ACCEPTING]).first()
    if proposal is None:
        return
    with proposal.failing_with_reason():
        by = actor_for_job(proposal.user_id, proposal.credential)
        if proposal.state == State.ACCEPTING:
            accept_remaining_lines(proposal, by=by)
        elif proposal.state == State.STOPPING:
            proposal.finish()
        else:
            _search(proposal, by)


def accept_proposal(
    proposal: RosterProposal, lines: Iterable[int] | None = None, *, by: Actor, credential: str
) -> DecidedLines | None:
    """Accept these lines, or all that are open; many are left to the planner, and None is returned.

    Errors: NotFound, NotAllowed, Invalid (closed), Conflict (it is not to be decided).
    """
    if lines is not None:
        return accept_lines(proposal, lines, by=by)
    with attributed(by):
        held = lock_proposal(proposal, by, State.READY)
        keys = list(held.open_lines().values_list("pk", flat=True))
        if len(keys) <= BATCH:
            return accept_lines(held, keys, by=by)
        held.write(state=State.ACCEPTING, user_id=by.user_id or 0, credential=credential)
        queue_search(held)
    return None


def _search(proposal: RosterProposal, by: Actor) -> None:
    """Search. Errors: Conflict (nothing can be proposed), and those of the reading."""
    if not proposal.begin():
        return
    began, team = time.monotonic(), proposal.team
    require_team(team, by=by)
    asked = roster_frames.load_frame(
        team, proposal.first, proposal.days, seen_by=by, gentle=proposal.gentle
    )
    bare = roster_frames.uncovered_time(team, asked.entries, asked.span, seen_by=by)
    proposal.write(bare_before=bare)
    watch = SearchWatcher(proposal, asked, by)
    # Only the planner loads numpy and HiGHS: pages do not need them.
    planning = import_module("opale.run.shifts.domain.roster_generator.planner")
    try:
        # Reading the roster counts towards the time that was asked for.
        seconds = max(MIN_SECONDS, proposal.seconds - (time.monotonic() - began))
        share = STANDBY_SHARE if asked.standby.callers and asked.standby.wanted() else 0.0
        found = planning.plan_roster(
            asked.frame, seconds=(1 - share) * seconds, tell=watch.tell, stop=watch.stop
        )
        given = _stand_by(asked, found.rows, share * seconds, watch) if share else None
    except InfeasibleProblem as who:
        name = Person.objects.filter(pk=int(who.worker)).values_list("name", flat=True).first()
        raise Conflict(_("No roster respects the rules for %(name)s.") % {"name": name}) from None
    with transaction.atomic():
        watch.write(found.rows, given)
        proposal.finish()


def _stand_by(
    asked: LoadedFrame, rows: Rows, seconds: float, watch: "SearchWatcher"
) -> StandbyAssignment:
    """Assign stand-by to people whom the shifts leave free."""
    standby = import_module("opale.run.shifts.domain.roster_generator.standby_solver")
    work = {
        person: [asked.frame.span(day, code) for day, code in enumerate(row) if code]
        for person, row in rows.items()
    }
    given: StandbyAssignment = standby.assign_standby(
        asked.standby.working(work), seconds=seconds, stop=watch.stop
    )
    return given


class SearchWatcher:
    """Follows a search: keeps the best result so far, and stops the search on request."""

    def __init__(self, proposal: RosterProposal, asked: LoadedFrame, by: Actor) -> None:
        self.proposal, self.asked, self.by = proposal, asked, by
        self.began = self.looked = time.monotonic()
        self.best: Rows | None = None
        self.free_from = 0.0
        self.stopped = False

    def tell(self, planned: object) -> None:
        self.best = getattr(planned, "rows", None)

    def stop(self) -> bool:
        at = time.monotonic()
        if self.stopped or at - self.looked < CHECK_SECONDS:
            return self.stopped
        self.looked = at
        searched = min(int(at - self.began), self.proposal.seconds)
        running = RosterProposal.objects.filter(pk=self.proposal.pk, state=State.RUNNING)
        self.stopped = not running.update(searched=searched)
        if not self.stopped and self.best is not None and at >= self.free_from:
            self.write(self.best)
            self.best = None
            self.free_from = at + WRITE_TIME_FACTOR * (time.monotonic() - at)
        live_topics.publish(self.proposal.topic)
        return self.stopped

    def write(self, rows: Rows, given: StandbyAssignment | None = None) -> None:
        """Write the lines for these rows and stand-by, replacing those found before."""
        found = roster_changes(self.asked.frame, rows)
        if given is not None:
            found += standby_differences(self.asked.standby, given)
            found.sort(key=lambda line: line.day)
        team = self.proposal.team
        after = roster_frames.entries_with_lines(self.asked, team, found)
        bare = roster_frames.uncovered_time(team, after, self.asked.span, seen_by=self.by)
        with transaction.atomic():
            self.proposal.lines.all().delete()
            ProposalLine.objects.bulk_create(self._lines(found), batch_size=BATCH_SIZE)
            self.proposal.write(bare_after=bare)

    def _lines(self, found: Iterable[RosterChange]) -> list[ProposalLine]:
        shifts = self.asked.frame.shifts
        return [
            ProposalLine(
                proposal=self.proposal,
                key=line.key,
                kind=line.kind,
                role=line.role or shifts[line.shift].role,
                period=DateTimeTZRange(line.span.starts, line.span.ends),
                was_id=line.was,
                to_id=line.to,
                reason=line.reason,
            )
            for line in found
        ]
