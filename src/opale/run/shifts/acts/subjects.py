"""Subjects of shifts' acts, and the pages that show them."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, place
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.organisation.models import Team
from opale.organisation.queries.teams import get_team
from opale.run.shifts.actions.duties import DutyPlan
from opale.run.shifts.models import (
    Duty,
    DutyWish,
    PatternLine,
    PlannedDuty,
    ProposalLine,
    RosterProposal,
    ShiftPattern,
    StaffingNeed,
    SwapRequest,
    WorkingTimeRules,
)
from opale.run.shifts.queries import breaches, duties, needs, patterns, proposals, swaps, wishes
from opale.run.shifts.queries.roster import DAYS
from opale.run.shifts.shapes.duties import DutyOut
from opale.run.shifts.shapes.planning import OfferOut, PatternOut
from opale.run.shifts.shapes.proposals import DutyWishOut, RosterProposalOut

MONTH: Final = "month"


def roster_url(team_id: int, first: date, *, by_month: bool = False) -> str:
    asked = {"team": team_id, "from": first.isoformat()} | ({"span": MONTH} if by_month else {})
    return f"{reverse('shifts_roster')}?{urlencode(asked)}"


def week_url(duty: Duty | DutyPlan) -> str:
    """Return the address of the week in which the duty begins, or of the present one."""
    team_id = duty.team_id if isinstance(duty, Duty) else duty.team.pk
    today, begins = timezone.localdate(clock.now()), day_of(duty.starts)
    inside = today <= begins < today + timedelta(days=DAYS)
    return roster_url(team_id, today if inside or begins < today else begins)


def day_of(at: datetime) -> date:
    return timezone.localtime(at).date()


def planned_team(team_id: int, *, seen_by: Actor) -> Team:
    """Return a team whose roster the actor plans: others are shown no form.

    Errors: NotFound, NotAllowed.
    """
    return for_planner(get_team(team_id, seen_by=seen_by), seen_by)


def get_pattern(pattern_id: int, *, seen_by: Actor) -> ShiftPattern:
    """Return a pattern of a team whose roster the actor plans. Errors: NotFound, NotAllowed."""
    pattern = patterns.get_pattern(pattern_id, seen_by=seen_by)
    for_planner(pattern.team, seen_by)
    return pattern


def for_planner(team: Team, actor: Actor) -> Team:
    if not duties.may_plan(team, actor):
        raise NotAllowed
    return team


def place_of_patterns(team: Team) -> Place:
    return f"{reverse('shifts_patterns')}?team={team.pk}", team.name


def place_of_pattern(pattern: ShiftPattern) -> Place:
    return reverse("shifts_pattern", args=[pattern.pk]), pattern.name


def place_of_proposal(proposal: RosterProposal) -> Place:
    return reverse("shifts_proposal", args=[proposal.pk]), _("Roster proposal")


place_of_own_duties = place("shifts_mine", _("My shifts"))


def place_of_week(duty: Duty) -> Place:
    return week_url(duty), _("Shifts")


def place_of_planned(planned: PlannedDuty) -> Place:
    return roster_url(planned.pattern.team_id, day_of(planned.starts)), _("Shifts")


TEAM: Subject[Any] = Subject(
    name="team", get=planned_team, page="shifts/teams/<int:team_id>/",
    endpoint="/teams/{int:team_id}", home=place_of_patterns,
)  # fmt: skip
PATTERN = Subject(
    name="pattern", model=ShiftPattern, get=get_pattern, shape=PatternOut,
    page="shifts/patterns/<int:pattern_id>/", endpoint="/shift-patterns/{int:pattern_id}",
    home=place_of_pattern,
)  # fmt: skip
LINE = Subject(
    name="line", model=PatternLine, get=patterns.get_line,
    page="shifts/lines/<int:pattern_line_id>/", home=lambda line: place_of_pattern(line.pattern),
)  # fmt: skip
PLANNED = Subject(
    name="planned", model=PlannedDuty, get=patterns.get_planned,
    page="shifts/planned/<int:planned_id>/", home=place_of_planned,
)  # fmt: skip
NEED = Subject(
    name="need", model=StaffingNeed, get=needs.get_need, page="shifts/needs/<int:need_id>/",
    endpoint="/staffing-needs/{int:need_id}", home=lambda need: place_of_patterns(need.team),
)  # fmt: skip
RULES = Subject(
    name="rules", model=WorkingTimeRules, get=breaches.get_rules,
    page="shifts/rules/<int:rules_id>/",
    home=place("shifts_rules", _("Working-time rules")),
)  # fmt: skip
DUTIES: Subject[Duty] = Subject(
    name="duties", page="shifts/", endpoint="/duties", home=place_of_own_duties
)
DUTY = Subject(
    name="duty", model=Duty, get=duties.get_duty, rows=duties.duties, shape=DutyOut,
    page="shifts/<int:duty_id>/",
    endpoint="/duties/{int:duty_id}", home=place_of_own_duties,
)  # fmt: skip
OFFER = Subject(
    name="offer", model=SwapRequest, get=swaps.get_offer, shape=OfferOut,
    page="shifts/offers/<int:offer_id>/", endpoint="/duty-offers/{int:offer_id}",
    home=place_of_own_duties,
)  # fmt: skip
PROPOSAL = Subject(
    name="proposal", model=RosterProposal, get=proposals.get_proposal, shape=RosterProposalOut,
    page="shifts/proposals/<int:proposal_id>/", endpoint="/roster-proposals/{int:proposal_id}",
    home=place_of_proposal,
)  # fmt: skip
PROPOSAL_LINE = Subject(
    name="proposal_line", model=ProposalLine, get=proposals.get_proposal_line,
    page="shifts/proposal-lines/<int:proposal_line_id>/",
    home=lambda line: place_of_proposal(line.proposal),
)  # fmt: skip
WISHES: Subject[DutyWish] = Subject(
    name="wishes", page="shifts/wishes/", endpoint="/duty-wishes",
    home=place("shifts_wishes", _("My wishes")),
)  # fmt: skip
WISH = Subject(
    name="wish", model=DutyWish, get=wishes.get_wish, shape=DutyWishOut,
    page="shifts/wishes/<int:wish_id>/", endpoint="/duty-wishes/{int:wish_id}", home=WISHES.home,
)  # fmt: skip
NEWS: Subject[Any] = Subject(
    name="news", page="shifts/news/", endpoint="/roster-news", home=place_of_own_duties
)
CALENDARS: Subject[Any] = Subject(
    name="own_calendars", page="shifts/calendars/", endpoint="/absence-calendar",
    home=place("shifts_calendars", _("Calendars")),
)  # fmt: skip
