"""What the parameters of the routes of shifts name: a duty, a pattern and what it drew, a need."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.shifts.actions.absence_calendars import subscribe_calendar
from opale.run.shifts.actions.feeds import create_feed
from opale.run.shifts.actions.needs import NeedTerms, create_need, create_rules
from opale.run.shifts.actions.patterns import PatternTerms, add_line, create_pattern
from opale.run.shifts.actions.swaps import offer_duty
from opale.run.shifts.domain.working_time import FRANCE
from opale.run.shifts.models import (
    Duty,
    DutyWish,
    PlannedDuty,
    ProposalLine,
    RosterNews,
    RosterProposal,
)
from opale.run.shifts.states import PlannedState


def subjects(house: Personas) -> Mapping[str, object]:
    starts = now() + timedelta(days=1)
    agent, team = house.people["desk_agent"], house.teams["desk_agent"]
    with attributed(MAKER):
        duty = Duty.objects.create(
            person=agent,
            team=team,
            kind=Duty.Kind.STAFFED,
            role=Duty.Role.LEAD,
            period=DateTimeTZRange(starts, starts + timedelta(hours=8)),
        )
    return {
        "duty_id": duty.pk,
        "duty_starts": (starts + timedelta(days=1)).isoformat(),
        "duty_ends": (starts + timedelta(days=1, hours=8)).isoformat(),
        "news_id": _news(house),
        **_planning(house),
        **_offering(house),
        **_proposing(house),
    }


def _news(house: Personas) -> int:
    starts = now() + timedelta(days=3)
    row = RosterNews.objects.create(
        person=house.people["desk_agent"],
        team=house.teams["desk_agent"],
        kind=Duty.Kind.STAFFED,
        role=Duty.Role.AGENT,
        period=DateTimeTZRange(starts, starts + timedelta(hours=8)),
        gained=True,
        by_name="Maud",
    )
    return row.pk


def _offering(house: Personas) -> Mapping[str, object]:
    """A duty that runs, and one that its holder, of another team, offers to the agent."""
    starts, team = now() - timedelta(hours=1), house.teams["desk_agent"]
    with attributed(MAKER):
        running, offered = (
            Duty.objects.create(
                person=house.people[name],
                team=team,
                kind=Duty.Kind.STANDBY,
                role=Duty.Role.AGENT,
                period=DateTimeTZRange(begins, begins + timedelta(hours=8)),
            )
            for name, begins in (
                ("desk_agent", starts),
                ("run_engineer", starts + timedelta(days=9)),
            )
        )
    offer = offer_duty(offered, by=MAKER, to=house.people["desk_agent"])
    secret = create_feed(by=house.actor("desk_agent"))
    subscribe_calendar("https://192.0.43.8/away.ics", by=house.actor("desk_agent"))
    return {"running_duty_id": running.pk, "offer_id": offer.pk, "feed_secret": secret}


def _proposing(house: Personas) -> Mapping[str, object]:
    """A proposal to be decided, one that waits for the planner, and a wish of the agent."""
    agent, starts = house.people["desk_agent"], now() + timedelta(days=30)
    waiting, ready = (
        RosterProposal.objects.create(
            team=house.teams["desk_agent"],
            first=starts.date(),
            days=14,
            seconds=20,
            user_id=0,
            actor_name="Maud",
            credential="session",
            language="en",
            state=state,
        )
        for state in (RosterProposal.State.WAITING, RosterProposal.State.READY)
    )
    lines = ProposalLine.objects.bulk_create(
        ProposalLine(
            proposal=ready,
            role=Duty.Role.AGENT,
            period=DateTimeTZRange(starts, starts + timedelta(hours=8)),
            to=agent,
            reason=ProposalLine.Reason.GAP,
        )
        for _n in range(2)
    )
    with attributed(MAKER):
        wish = DutyWish.objects.create(person=agent, day=starts.date(), wanted=DutyWish.Wanted.OFF)
    return {
        "proposal_id": ready.pk,
        "waiting_proposal_id": waiting.pk,
        "proposal_line_id": lines[0].pk,
        "wish_id": wish.pk,
    }


def _planning(house: Personas) -> Mapping[str, object]:
    agent, team, starts = house.people["desk_agent"], house.teams["desk_agent"], now()
    sheet = PatternTerms(
        name="Evenings",
        time_zone="Europe/Paris",
        first_day=starts.date(),
        days=[["14:00-22:00"]],
    )
    pattern = create_pattern(team, sheet, by=MAKER)
    line = add_line(pattern, agent, by=MAKER, since=starts.date())
    planned, kept = (
        PlannedDuty.objects.create(
            pattern=pattern,
            key=f"{line.pk}:{state}",
            person=agent,
            period=DateTimeTZRange(starts + timedelta(days=400), starts + timedelta(days=401)),
            state=state,
        )
        for state in (PlannedState.DRAFT, PlannedState.KEPT)
    )
    rules = create_rules(
        house.company, by=MAKER, name="Law", since=starts.date(), record=FRANCE.to_record()
    )
    return {
        "pattern_id": pattern.pk,
        "pattern_line_id": line.pk,
        "planned_id": planned.pk,
        "kept_planned_id": kept.pk,
        "staffing_need_id": create_need(
            team, NeedTerms(name="Two on shift", minimum=2), by=MAKER
        ).pk,
        "rules_id": rules.pk,
    }
